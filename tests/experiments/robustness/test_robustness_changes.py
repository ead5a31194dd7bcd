"""What happens to a face before a detector sees it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.experiments.robustness.changes import (
    CHANGES,
    add_noise,
    bend_tones,
    blur,
    compress,
    reduce_resolution,
    rescale_crop,
    shift_crop,
)

BY_KEY = {change.key: change for change in CHANGES}
EXACT = [change for change in CHANGES if change.key != "jpeg"]


def rng():
    return np.random.default_rng(0)


def textured(size=256, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)


def ramp(size=256):
    """Red grows to the right, green downwards."""
    y, x = np.mgrid[0:size, 0:size]
    return np.stack([x, y, np.full_like(x, 7)], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("change", EXACT, ids=lambda change: change.key)
def test_the_neutral_strength_changes_nothing(change):
    image = textured()
    np.testing.assert_array_equal(change.apply(image, change.neutral, rng()), image)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.key)
def test_every_strength_is_repeatable_and_keeps_the_shape(change):
    image = textured()
    assert change.neutral in change.strengths
    assert list(change.strengths) in (sorted(change.strengths), sorted(change.strengths)[::-1])
    for strength in set(change.strengths) - {change.neutral}:
        first, again = change.at(strength, 3)(image), change.at(strength, 3)(image.copy())
        np.testing.assert_array_equal(first, again)
        assert (first.shape, first.dtype) == (image.shape, np.uint8)
        assert (first != image).any()


def test_two_faces_are_shifted_differently():
    shift = BY_KEY["crop-shift"].at(0.1, 0)
    moved = [shift(ramp() ^ np.uint8(flip)) ^ np.uint8(flip) for flip in (0, 255)]
    assert (moved[0] != moved[1]).any()


def test_a_larger_crop_shows_the_middle_smaller():
    """Around the middle 127.5: a pixel d away looks 1.25 d away."""
    wide = rescale_crop(ramp(), 1.25, rng()).astype(int)
    for x in (60, 100, 140, 200):
        assert wide[127, x, 0] == pytest.approx(127.5 + 1.25 * (x - 127.5), abs=1)
    narrow = rescale_crop(ramp(), 0.8, rng()).astype(int)
    assert narrow[0, 0, 0] == pytest.approx(127.5 - 0.8 * 127.5, abs=1)


def test_what_lies_beyond_the_crop_is_mirrored():
    wide = rescale_crop(ramp(), 1.25, rng()).astype(int)
    beyond = 127.5 + 1.25 * (0 - 127.5)
    assert wide[127, 0, 0] == pytest.approx(-beyond, abs=1)


@given(st.integers(0, 10_000))
def test_a_shift_has_the_length_asked_for(seed):
    moved = shift_crop(ramp(), 0.1, np.random.default_rng(seed)).astype(float)
    dx, dy = moved[128, 128, 0] - 128, moved[128, 128, 1] - 128
    assert np.hypot(dx, dy) == pytest.approx(25.6, abs=1.5)


def test_jpeg_loses_more_at_lower_quality():
    y, x = np.mgrid[0:256, 0:256]
    image = np.stack([127 + 100 * np.sin(x / k) * np.cos(y / 9) for k in (5, 8, 11)], -1)
    image = image.astype(np.uint8)
    losses = [np.abs(compress(image, q, rng()).astype(int) - image).mean() for q in (95, 50, 15)]
    assert losses == sorted(losses)
    assert losses[0] < 6 < losses[-1]


def test_blur_spreads_a_point():
    image = np.zeros((65, 65, 3), np.uint8)
    image[32, 32] = 255
    spread = blur(image, 1.5, rng())[..., 0].astype(float)
    assert spread[32, 32] == pytest.approx(255 / (2 * np.pi * 1.5**2), rel=0.05)
    np.testing.assert_array_equal(spread, spread.T)


def test_noise_has_the_deviation_asked_for():
    grey = np.full((256, 256, 3), 128, np.uint8)
    noise = add_noise(grey, 10, rng()).astype(float) - 128
    assert noise.std() == pytest.approx(10, rel=0.02)
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.02


def test_gamma_by_hand():
    image = np.full((4, 4, 3), 51, np.uint8)  # 0.2
    assert bend_tones(image, 2.0, rng())[0, 0, 0] == 10  # 0.04 x 255 = 10.2
    assert bend_tones(image, 0.5, rng())[0, 0, 0] == 114  # 0.4472 x 255 = 114.04


def test_resolution_takes_fine_detail_away():
    y, x = np.mgrid[0:256, 0:256]
    board = np.repeat((((x + y) % 2) * 255)[..., None], 3, axis=2).astype(np.uint8)
    assert np.ptp(reduce_resolution(board, 128, rng())) <= 1
