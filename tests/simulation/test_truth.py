"""The true trace: exact both ways, taken apart by least squares, its touched pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spooftrace.data.sample import without_trace
from spooftrace.simulation.truth import decompose, touched, trace_of

PICTURES = arrays(np.uint8, (6, 5, 3))


@given(PICTURES, PICTURES)
def test_live_is_restored_exactly_from_spoof_and_trace(spoof, live):
    np.testing.assert_array_equal(without_trace(spoof, trace_of(spoof, live)), live)


def test_every_pair_of_grey_levels_survives_half_precision():
    levels = np.arange(256, dtype=np.uint8)
    spoof, live = np.meshgrid(levels, levels)
    np.testing.assert_array_equal(without_trace(spoof, trace_of(spoof, live)), live)


@given(st.integers(0, 2**31))
def test_the_elements_compose_to_the_trace(seed):
    rng = np.random.default_rng(seed)
    spoof = rng.random((128, 128, 3))
    trace = rng.normal(0, 0.1, (128, 128, 3))
    np.testing.assert_allclose(decompose(trace, spoof).compose(spoof), trace, atol=1e-6)


def test_a_gain_and_a_cast_are_all_s_and_b():
    spoof = np.random.default_rng(0).random((128, 128, 3))
    trace = np.array([0.2, -0.1, 0.0]) * spoof + np.array([0.0, 0.05, -0.03])
    found = decompose(trace, spoof)
    np.testing.assert_allclose(found.range_bias, [0.2, -0.1, 0.0], atol=1e-9)
    np.testing.assert_allclose(found.balance_bias, [0.0, 0.05, -0.03], atol=1e-9)
    assert np.abs(found.content).max() < 1e-8
    assert np.abs(found.texture).max() < 1e-8


def test_a_smooth_bump_is_content_and_a_checkerboard_is_texture():
    y, x = np.mgrid[:256, :256]
    bump = 0.2 * np.exp(-((x - 128) ** 2 + (y - 128) ** 2) / (2 * 40**2))[..., None]
    fine = 0.1 * ((-1.0) ** (x + y))[..., None]
    flat = np.full((256, 256, 3), 0.5)
    smooth = decompose(np.broadcast_to(bump, (256, 256, 3)), flat)
    assert (smooth.texture**2).mean() < 1e-3 * (bump**2).mean()
    sharp = decompose(np.broadcast_to(fine, (256, 256, 3)), flat)
    assert (sharp.content**2).mean() < 1e-12
    assert (sharp.texture**2).mean() == pytest.approx(0.01, rel=1e-6)


def test_touched_is_where_the_trace_is_visible_without_specks():
    trace = np.zeros((20, 20, 3))
    trace[5:15, 5:15, 1] = 3 / 255
    trace[2, 2] = 0.5
    trace[18] = 2 / 255
    marks = touched(trace)
    assert marks[6:14, 6:14].all()
    assert not marks[2, 2]
    assert not marks[17:].any()
    assert marks.sum() == 100 - 4  # a median rounds the four corners off
