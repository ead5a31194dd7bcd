import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv
from scipy.stats import binom

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.intervals import clopper_pearson, rule_of_three

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


@given(case=counts, level=levels)
def test_it_is_that_of_the_incomplete_beta_function(case, level):
    events, trials = case
    found, tail = clopper_pearson(*case, level), (1 - level) / 2
    low = 0.0 if events == 0 else betaincinv(events, trials - events + 1, tail)
    high = 1.0 if events == trials else betaincinv(events + 1, trials - events, 1 - tail)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


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


@pytest.mark.parametrize("trials", [1, 20, 150, 3000])
def test_no_error_seen(trials):
    bound = 1 - 0.05 ** (1 / trials)
    assert f"up to {bound:.2%} is" in rule_of_three(trials)
    assert bound == pytest.approx(clopper_pearson(0, trials, 0.9).high)


def test_the_rule_of_three_as_a_sentence():
    assert rule_of_three(150, "missed attack") == (
        "no missed attack in 150 independent trials: a rate of up to 1.98% is compatible with "
        "that (0.95 confidence, one-sided; rule of three)"
    )
    assert rule_of_three(80, clusters=40, unit="subject") == (
        "no error in 80 trials of 40 x subject, each taken as one independent trial: a rate of up "
        "to 7.22% is compatible with that (0.95 confidence, one-sided; rule of three)"
    )
    assert rule_of_three(80, clusters=80) == rule_of_three(80, clusters=90) == rule_of_three(80)
    with pytest.raises(NoSamplesError, match="at least one trial"):
        rule_of_three(0)
    with pytest.raises(ConfigError, match="confidence level"):
        rule_of_three(10, level=1)


def test_errors():
    with pytest.raises(NoSamplesError, match="at least one trial, got 0"):
        clopper_pearson(0, 0)
    with pytest.raises(ConfigError, match="expected 0 to 3 events, got 4"):
        clopper_pearson(4, 3)
    with pytest.raises(ConfigError, match="expected 0 to 3 events, got -1"):
        clopper_pearson(-1, 3)
    with pytest.raises(
        ConfigError, match=r"confidence level: expected a number in \(0, 1\), got 95"
    ):
        clopper_pearson(1, 3, 95)
