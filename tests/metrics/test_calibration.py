import numpy as np
import pytest
import slow_rates
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.calibration import _sigmoid_calibration, calibration_curve

from spooftrace.errors import ConfigError, NoSamplesError, ScoreFileError
from spooftrace.metrics.calibration import fit_calibration
from spooftrace.metrics.reliability import ece_statistics, reliability

rows = st.lists(
    st.tuples(st.integers(0, 20).map(lambda x: x / 20), st.booleans()), min_size=1, max_size=60
)


def ece(probabilities, is_attack, **more):
    """With every row drawn once."""
    codes = np.arange(len(probabilities))
    found = ece_statistics(probabilities, np.array(is_attack, bool), codes, **more)
    return float(found(np.ones((1, codes.size)))[0, 0])


def drawn(seed, size=400):
    rng = np.random.default_rng(seed)
    return rng.normal(1.5, 1, size), rng.normal(0, 2, size // 2)


@pytest.mark.parametrize("seed", range(5))
def test_platt_is_that_of_scikit_learn(seed):
    attacks, live = drawn(seed)
    found = fit_calibration(attacks, live, split="dev")
    scores, label = np.concatenate([attacks, live]), np.repeat([1, 0], [400, 200])
    a, b = _sigmoid_calibration(scores, label)
    assert (found.slope, found.offset) == pytest.approx((-a, -b), abs=2e-3)
    assert (found.split, found.attack_share) == ("dev", pytest.approx(2 / 3))


def test_the_fit_is_where_the_gradient_vanishes():
    attacks, live = drawn(9)
    found = fit_calibration(attacks, live, split="dev")
    scores = np.concatenate([attacks, live])
    targets = np.repeat([401 / 402, 1 / 202], [400, 200])
    error = expit(found.slope * scores + found.offset) - targets
    assert (error.mean(), (error * scores).mean()) == pytest.approx((0, 0), abs=1e-8)


def test_the_unit_of_the_score_does_not_matter():
    attacks, live = drawn(2)
    plain = fit_calibration(attacks, live, split="dev")
    moved = fit_calibration(1e6 * attacks - 3e7, 1e6 * live - 3e7, split="dev")
    assert moved.probability(1e6 * live - 3e7) == pytest.approx(plain.probability(live), abs=1e-7)


def test_separated_and_constant_scores():
    apart = fit_calibration([10.0, 11.0], [0.0, 1.0], split="dev")
    # Platt's targets of two rows: 3/4 and 1/4 in the mean of each class.
    assert apart.probability([10.5, 0.5]) == pytest.approx([0.75, 0.25], abs=0.02)
    same = fit_calibration([1.0, 1.0], [1.0, 1.0], split="dev")
    assert same.probability([1.0]) == pytest.approx([0.5])
    assert fit_calibration([0.0, 0.1], [1.0, 1.1], split="dev").slope < 0


def test_a_calibrated_score_is_reliable_on_other_rows():
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 2, 20_000)
    spoof = rng.random(20_000) < expit(3 * scores - 1)
    dev = np.arange(20_000) < 10_000
    found = fit_calibration(scores[dev & spoof], scores[dev & ~spoof], split="dev")
    assert (found.slope, found.offset) == pytest.approx((3, -1), abs=0.15)
    assert ece(found.probability(scores[~dev]), spoof[~dev]) < 0.01


def test_reliability_worked_by_hand():
    found = reliability([0.0, 0.1, 0.5, 0.9, 1.0, 1.0], [0, 1, 0, 1, 1, 0], bins=2)
    assert found.count.tolist() == [3, 3]
    assert found.attacks.tolist() == [1, 2]
    assert found.stated == pytest.approx([0.2, 2.9 / 3])
    assert found.observed == pytest.approx([1 / 3, 2 / 3])
    gaps = [1 / 3 - 0.2, 2.9 / 3 - 2 / 3]
    assert ece([0.0, 0.1, 0.5, 0.9, 1.0, 1.0], [0, 1, 0, 1, 1, 0], bins=2) == pytest.approx(
        sum(gaps) / 2
    )


def test_empty_bins():
    found = reliability([0.05, 0.95], [0, 1], bins=10)
    assert found.count.tolist() == [1, *[0] * 8, 1]
    assert np.isnan(found.observed[1:-1]).all()
    assert ece([0.05, 0.95], [0, 1]) == pytest.approx(0.05)


@given(rows=rows, bins=st.integers(1, 12))
def test_reliability_is_that_of_scikit_learn(rows, bins):
    stated, spoof = map(np.array, zip(*rows, strict=True))
    found = reliability(stated, spoof, bins=bins)
    full = found.count > 0
    assert found.count.sum() == len(rows)
    if spoof.any() and not spoof.all():  # scikit-learn refuses a single class
        observed, mean = calibration_curve(spoof, stated, n_bins=bins)
        assert found.observed[full] == pytest.approx(observed)
        assert found.stated[full] == pytest.approx(mean)


def test_ece_of_drawn_clusters_is_that_of_their_rows_repeated():
    rng = np.random.default_rng(0)
    stated, spoof, codes = rng.random(80), rng.random(80) < 0.4, np.arange(80) % 8
    draws = rng.multinomial(8, [1 / 8] * 8, size=10).astype(float)
    found = ece_statistics(stated, spoof, codes)(draws)[:, 0]
    for draw, value in zip(draws.astype(int), found, strict=True):
        times = draw[codes]
        assert value == pytest.approx(slow_rates.ece(stated.repeat(times), spoof.repeat(times)))


def test_errors():
    with pytest.raises(ScoreFileError, match=r"in \[0, 1\], got 1.5 at index 1; .*fit_calibration"):
        reliability([0.5, 1.5], [0, 1])
    with pytest.raises(ScoreFileError, match="one label each"):
        reliability([0.5], [0, 1])
    with pytest.raises(NoSamplesError, match="probability scores"):
        reliability([], [])
    with pytest.raises(ScoreFileError, match="finite"):
        reliability([np.nan], [0])
    with pytest.raises(ConfigError, match="bins: expected 1 or more"):
        reliability([0.5], [0], bins=0)
    with pytest.raises(NoSamplesError, match="live scores"):
        fit_calibration([1.0], [], split="dev")
