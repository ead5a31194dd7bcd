import numpy as np
import pytest
import slow_rates

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.bands import GRID, apcer_within, roc_band
from spooftrace.metrics.curve import rank


def drawn(seed, clusters=40, size=10):
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(clusters), size)
    spoof = codes % 2 == 0
    return 1.5 * spoof + rng.normal(0, 1, clusters * size), spoof, codes


def test_the_curve_is_tdr_for_every_fdr():
    scores, spoof, codes = drawn(0)
    grid = [0.0, 0.005, 0.05, 0.3, 0.9]
    band = roc_band(scores, spoof, codes, np.random.default_rng(0), grid=grid, rounds=50)
    expected = [1 - slow_rates.tdr(scores[spoof], scores[~spoof], fdr) for fdr in grid]
    assert band.apcer == pytest.approx(expected)


def test_a_band_holds_its_curve_and_falls():
    scores, spoof, codes = drawn(1)
    band = roc_band(scores, spoof, codes, np.random.default_rng(0), rounds=300)
    assert (band.bpcer == GRID).all()
    for line in (band.apcer, band.low, band.high):
        assert (np.diff(line) <= 0).all()
        assert line[-1] == 0  # everybody refused
    middle = (band.bpcer > 0.02) & (band.bpcer < 0.98)
    assert (band.low <= band.apcer)[middle].all()
    assert (band.apcer <= band.high)[middle].all()
    assert band.reason is None


def test_a_band_by_the_slow_way():
    scores, spoof, codes = drawn(2, clusters=12, size=4)
    grid = np.array([0.0, 0.1, 0.5])
    band = roc_band(scores, spoof, codes, np.random.default_rng(7), grid=grid, rounds=60)
    rng, rows = np.random.default_rng(7), []
    picks = rng.integers(12, size=(60, 12))
    for pick in picks:
        taken = np.concatenate([np.flatnonzero(codes == cluster) for cluster in pick])
        attacks, live = scores[taken][spoof[taken]], scores[taken][~spoof[taken]]
        if attacks.size and live.size:
            rows.append([1 - slow_rates.tdr(attacks, live, budget) for budget in grid])
    low, high = np.quantile(rows, [0.025, 0.975], axis=0)
    assert band.low == pytest.approx(low)
    assert band.high == pytest.approx(high)


def test_a_band_covers_as_it_claims():
    # Independent rows: the true APCER at BPCER 20 % is norm.cdf(norm.ppf(0.8) - 1.5) = 0.2552.
    held = 0
    for seed in range(100):
        scores, spoof, codes = drawn(seed, clusters=200, size=1)
        rng = np.random.default_rng(seed)
        band = roc_band(scores, spoof, codes, rng, grid=[0.2], rounds=200)
        held += band.low[0] <= 0.2552 <= band.high[0]
    assert 87 <= held <= 99


def test_few_clusters_have_a_curve_and_no_band():
    scores, spoof, codes = drawn(0, clusters=8)
    band = roc_band(scores, spoof, codes, np.random.default_rng(0), grid=[0.1])
    assert np.isnan(band.low).all()
    assert np.isfinite(band.apcer).all()
    assert band.reason == "only 4 to resample of the rarer class"


def test_a_draw_without_a_class_has_no_curve():
    curve = rank([1.0, 2.0], [0.0]).curve(np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]))
    assert np.isnan(apcer_within(curve, 0.5)).all()


@pytest.mark.parametrize("grid", [[-0.1, 0.5], [0.5, 1.1], [0.5, 0.5], [[0.1]]])
def test_grids(grid):
    scores, spoof, codes = drawn(0)
    with pytest.raises(ConfigError, match="grid of a band"):
        roc_band(scores, spoof, codes, np.random.default_rng(0), grid=grid)


def test_both_classes_are_needed():
    with pytest.raises(NoSamplesError, match="live scores"):
        roc_band([1.0], np.array([True]), np.array([0]), np.random.default_rng(0))
