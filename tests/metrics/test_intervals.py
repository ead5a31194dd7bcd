import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.intervals import clopper_pearson, wilson

counts = st.integers(1, 400).flatmap(
    lambda trials: st.tuples(st.integers(0, trials), st.just(trials))
)
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@pytest.mark.parametrize(
    ("events", "trials", "level", "low", "high"),
    [
        (5, 10, 0.95, 0.1871, 0.8129),
        (1, 20, 0.95, 0.0013, 0.2487),
        (0, 10, 0.95, 0.0, 0.3085),
        (10, 10, 0.95, 0.6915, 1.0),
        # One-sided 95 % bounds are the ends of two-sided 90 % intervals.
        (0, 150, 0.9, 0.0, 0.0198),
        (0, 750, 0.9, 0.0, 0.0040),
        (7, 750, 0.9, 0.0044, 0.0175),
        (0, 20, 0.9, 0.0, 0.1391),
    ],
)
def test_clopper_pearson_as_in_the_tables(events, trials, level, low, high):
    found = clopper_pearson(events, trials, level)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)
    assert (found.level, found.method) == (level, "Clopper-Pearson")


def test_wilson_worked_by_hand():
    # z^2 = 3.8415; centre (0.5 + 0.19207) / 1.38415 = 0.5; half width 0.2634.
    found = wilson(5, 10)
    assert (found.low, found.high) == pytest.approx((0.2366, 0.7634), abs=5e-5)
    assert wilson(0, 10).low == 0
    assert wilson(0, 10).high == pytest.approx(0.2775, abs=5e-5)
    assert wilson(10, 10).high == 1


@given(case=counts, level=levels)
def test_both_agree_with_scipy(case, level):
    test = binomtest(*case)
    for method, function in (("exact", clopper_pearson), ("wilson", wilson)):
        expected = test.proportion_ci(confidence_level=level, method=method)
        found = function(*case, level)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(case=counts, level=levels)
def test_the_exact_interval_holds_the_share_and_contains_its_level(case, level):
    events, trials = case
    found = clopper_pearson(events, trials, level)
    assert 0 <= found.low <= events / trials <= found.high <= 1


def test_the_exact_interval_covers_at_least_its_level():
    for share in (0.01, 0.1, 0.5):
        covered = sum(
            binom.pmf(k, 40, share)
            for k in range(41)
            if clopper_pearson(k, 40).low <= share <= clopper_pearson(k, 40).high
        )
        assert covered >= 0.95


@pytest.mark.parametrize("interval", [clopper_pearson, wilson])
def test_errors(interval):
    with pytest.raises(NoSamplesError, match="at least one trial, got 0"):
        interval(0, 0)
    with pytest.raises(ConfigError, match="expected 0 to 3 events, got 4"):
        interval(4, 3)
    with pytest.raises(ConfigError, match="expected 0 to 3 events, got -1"):
        interval(-1, 3)
    with pytest.raises(
        ConfigError, match=r"confidence level: expected a number in \(0, 1\), got 95"
    ):
        interval(1, 3, 95)
