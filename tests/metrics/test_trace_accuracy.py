"""How near an estimated trace comes to the true one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from sklearn.metrics import roc_auc_score

from spooftrace.errors import ConfigError
from spooftrace.metrics.trace_accuracy import (
    MOST_PSNR_DB,
    correlation,
    energy,
    localisation,
    psnr,
    ssim,
    strength,
    trace_accuracy,
)

SHAPE = (48, 40, 3)


def pictures(seed, shape=SHAPE, noise=0.1):
    """A smooth picture, and the same with noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    smooth = 0.5 + 0.3 * np.sin(x / 7)[..., None] * np.cos(y[..., None] / rng.uniform(5, 9, 3))
    return smooth, np.clip(smooth + rng.normal(0, noise, shape), 0, 1)


def test_psnr_by_hand():
    truth = np.full(SHAPE, 0.25)
    assert psnr(truth + 0.1, truth) == pytest.approx(20.0, abs=1e-4)
    assert psnr(truth - 0.01, truth) == pytest.approx(40.0, abs=1e-3)
    assert psnr(truth, truth) == MOST_PSNR_DB


def test_psnr_as_skimage():
    picture, truth = pictures(0)
    assert psnr(picture, truth) == pytest.approx(
        peak_signal_noise_ratio(truth, picture, data_range=1), abs=1e-4
    )


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.05, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_ssim_as_skimage(seed, noise):
    picture, truth = pictures(seed, noise=noise)
    expected = structural_similarity(
        picture,
        truth,
        data_range=1,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert ssim(picture, truth) == pytest.approx(expected, abs=2e-5)


def test_ssim_of_two_greys_is_the_luminance_term():
    low, high = np.full(SHAPE, 0.2), np.full(SHAPE, 0.6)
    assert ssim(low, high) == pytest.approx((2 * 0.12 + 1e-4) / (0.04 + 0.36 + 1e-4), abs=1e-5)


def test_correlation_by_hand():
    rng = np.random.default_rng(1)
    trace = rng.normal(0, 0.1, SHAPE)
    other = rng.normal(0, 0.1, SHAPE)
    assert correlation(0.3 * trace + 0.2, trace) == pytest.approx(1)
    assert correlation(-trace, trace) == pytest.approx(-1)
    assert correlation(other, trace) == pytest.approx(
        np.corrcoef(other.ravel(), trace.ravel())[0, 1], abs=1e-9
    )
    assert math.isnan(correlation(np.zeros(SHAPE), trace))
    assert math.isnan(correlation(trace, np.full(SHAPE, 0.3)))


def test_energy_by_hand():
    trace = np.zeros((2, 2, 3), np.float16)
    trace[0, 0] = (0.5, -0.5, 0)
    assert energy(trace) == 0.5 / 12


def test_strength_is_the_mean_size_over_colours():
    trace = np.array([[[0.1, -0.2, 0.3], [0, 0, 0]]])
    np.testing.assert_allclose(strength(trace), [[0.2, 0]], atol=1e-7)


def test_localisation_by_hand():
    touched = np.array([[True, True, False, False]])
    found = np.array([0.3, 0.1, 0.2, 0.0])[None, :, None] * np.ones(3)
    assert localisation(found, touched) == 0.75  # of four pairs one is the wrong way round
    assert localisation(-found, touched) == 0.75
    assert localisation(np.zeros((1, 4, 3)), touched) == 0.5
    assert localisation(touched[..., None] * np.ones(3), touched) == 1
    assert math.isnan(localisation(found, np.ones((1, 4), bool)))
    assert math.isnan(localisation(found, np.zeros((1, 4), bool)))


@given(st.integers(0, 1000), st.integers(2, 6), st.floats(0.05, 0.95))
def test_localisation_as_sklearn(seed, levels, share):
    """Few levels, so that there are many ties."""
    rng = np.random.default_rng(seed)
    trace = np.repeat(rng.integers(0, levels, (9, 9, 1)) / levels, 3, axis=2)
    touched = rng.random((9, 9)) < share
    touched[0, :2] = True, False
    expected = roc_auc_score(touched.ravel(), strength(trace).ravel())
    assert localisation(trace, touched) == pytest.approx(expected, abs=1e-9)


def test_the_true_trace_is_perfect_and_none_does_nothing():
    live, _ = pictures(2)
    trace = np.zeros(SHAPE)
    trace[10:20, 5:30] = (0.2, -0.1, 0.1)
    spoof, touched = live + trace, np.abs(trace).sum(axis=-1) > 0
    perfect = trace_accuracy(spoof, trace, trace, touched)
    assert perfect.psnr == MOST_PSNR_DB
    assert (perfect.ssim, perfect.correlation) == (pytest.approx(1), pytest.approx(1))
    assert perfect.localisation == 1
    assert perfect.energy == pytest.approx(np.square(trace).mean())
    nothing = trace_accuracy(spoof, trace, np.zeros(SHAPE), touched)
    assert nothing.psnr == pytest.approx(-10 * np.log10(np.square(trace).mean()), abs=1e-3)
    assert nothing.ssim == pytest.approx(ssim(spoof, live), abs=1e-6)
    assert math.isnan(nothing.correlation)
    assert (nothing.localisation, nothing.energy) == (0.5, 0)


def test_live_faces_are_clipped_before_they_are_compared():
    """An estimate that goes beyond black is as good as one that stops there."""
    spoof, trace = np.full(SHAPE, 0.3), np.full(SHAPE, 0.3)
    measured = trace_accuracy(spoof, trace, np.full(SHAPE, 0.9), np.ones(SHAPE[:2], bool))
    assert measured.psnr == MOST_PSNR_DB


def test_wrong_shapes_are_refused():
    with pytest.raises(ConfigError, match=r"PSNR: expected two pictures of one shape"):
        psnr(np.zeros(SHAPE), np.zeros((1, *SHAPE[1:])))
    with pytest.raises(ConfigError, match=r"at least 11 px a side, got \(8, 40\)"):
        ssim(np.zeros((8, 40, 3)), np.zeros((8, 40, 3)))
    with pytest.raises(ConfigError, match=r"a mask of \(48, 40\), got \(40, 48\)"):
        localisation(np.zeros(SHAPE), np.zeros((40, 48), bool))
