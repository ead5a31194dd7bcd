import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from spooftrace.errors import ConfigError, NoSamplesError, ScoreFileError
from spooftrace.metrics.bootstrap import MIN_CLUSTERS
from spooftrace.metrics.clustered import Reading, ranking_statistics, share_statistics
from spooftrace.metrics.delong import delong
from spooftrace.metrics.paired import McNemar, mcnemar, paired_intervals
from spooftrace.metrics.ranking import auc, auc_of

tied = st.lists(st.integers(-4, 4).map(float), min_size=2, max_size=12)


def test_mcnemar_worked_by_hand():
    found = mcnemar([1, 1, 1, 1, 0, 0, 0], [1, 0, 0, 0, 1, 0, 0])
    assert found == McNemar(both=1, only_a=3, only_b=1, neither=2)
    # 4 discordant rows, 1 on the smaller side: 2 * (1 + 4) / 16, less 4 / 16 for the mid-p.
    assert (found.exact, found.mid_p) == (0.625, 0.375)


@given(only_a=st.integers(0, 60), only_b=st.integers(0, 60))
def test_mcnemar_is_the_binomial_test(only_a, only_b):
    found = McNemar(both=3, only_a=only_a, only_b=only_b, neither=4)
    swapped = McNemar(both=3, only_a=only_b, only_b=only_a, neither=4)
    n = only_a + only_b
    assert found.exact == pytest.approx(binomtest(only_a, n).pvalue if n else 1)
    assert 0 < found.mid_p <= found.exact
    assert (found.exact, found.mid_p) == (swapped.exact, swapped.mid_p)


def test_errors_of_mcnemar():
    with pytest.raises(ScoreFileError, match=r"the same rows of both systems.*\(2,\) and \(1,\)"):
        mcnemar([0, 1], [0])
    with pytest.raises(NoSamplesError, match="at least one row"):
        mcnemar([], [])


def slow_delong(a, live_a, b, live_b):
    """The covariance written out over all pairs (DeLong et al. 1988, Eqs. 4-7)."""

    def wins(x, y):
        return (np.sign(np.subtract.outer(np.array(x), np.array(y))) + 1) / 2

    one, other = wins(a, live_a), wins(b, live_b)
    s10 = np.cov(one.mean(1), other.mean(1))
    s01 = np.cov(one.mean(0), other.mean(0))
    s = s10 / one.shape[0] + s01 / one.shape[1]
    return one.mean(), other.mean(), np.sqrt(max(s[0, 0] + s[1, 1] - 2 * s[0, 1], 0))


@given(data=st.data(), attacks=tied, live=tied)
def test_delong_is_that_of_all_pairs(data, attacks, live):
    def again(rows):
        return data.draw(
            st.lists(st.integers(-4, 4).map(float), min_size=len(rows), max_size=len(rows))
        )

    other = again(attacks), again(live)
    found = delong(attacks, live, *other)
    area_a, area_b, error = slow_delong(attacks, live, *other)
    assert (found.auc_a, found.auc_b) == pytest.approx((area_a, area_b))
    assert found.standard_error == pytest.approx(error, abs=1e-7)
    assert found.auc_a == pytest.approx(auc(attacks, live))
    assert 0 <= found.p <= 1


def test_delong_numbers():
    rng = np.random.default_rng(0)
    attacks, live = rng.normal(1, 1, 200), rng.normal(0, 1, 150)
    worse = attacks + rng.normal(0, 1, 200), live + rng.normal(0, 1, 150)
    found = delong(attacks, live, *worse)
    z = found.difference / found.standard_error
    assert found.p == pytest.approx(2 * norm.sf(abs(z)))
    half = 1.959964 * found.standard_error
    interval = found.interval()
    assert (interval.low, interval.high) == pytest.approx(
        (found.difference - half, found.difference + half)
    )
    assert delong(attacks, live, attacks, live).p == 1
    assert delong([3.0, 4.0], [1.0, 2.0], [1.0, 2.0], [3.0, 4.0]).p == 0  # no variance to see


def test_errors_of_delong():
    with pytest.raises(ScoreFileError, match="the same attack rows of both systems, got 2 and 3"):
        delong([1.0, 2.0], [0.0, 1.0], [1.0, 2.0, 3.0], [0.0, 1.0])
    with pytest.raises(NoSamplesError, match="at least two live rows"):
        delong([1.0, 2.0], [0.0], [1.0, 2.0], [0.0])
    with pytest.raises(ConfigError, match="confidence level"):
        delong([1.0, 2.0], [0.0, 3.0], [1.0, 2.0], [0.0, 3.0]).interval(95)


def errors_of(rng, clusters, share):
    return rng.random((clusters, 1)) < share


def test_what_is_hard_for_both_cancels():
    rng = np.random.default_rng(1)
    hard = rng.random((200, 1)) < 0.4
    a, b = hard.copy(), hard.copy()
    a[:6] = ~a[:6] | True
    b[:6] = False
    codes, trials = np.arange(200), np.ones((200, 1))
    statistics = [share_statistics(errors, trials, codes) for errors in (a, b)]
    (found,) = paired_intervals(*statistics, [200], 200, np.random.default_rng(0))
    assert found.value == pytest.approx(0.03)
    # The difference is 6 of 200 with its own spread, not that of two rates of 40 %.
    assert found.interval.interval.low == pytest.approx(0.015, abs=0.01)
    assert found.interval.interval.high == pytest.approx(0.06, abs=0.015)
    assert found.p < 0.02


def test_the_same_system_twice():
    errors = share_statistics(np.eye(20)[:, :1], np.ones((20, 1)), np.arange(20))
    (found,) = paired_intervals(errors, errors, [20], 20, np.random.default_rng(0))
    assert (found.value, found.interval.interval, found.p) == (0, None, None)
    assert found.interval.reason.startswith("every draw of clusters gives the same value")
    (few,) = paired_intervals(errors, errors, [MIN_CLUSTERS - 1], 20, np.random.default_rng(0))
    assert few.interval.reason.startswith("only 4 to resample")


def test_the_bootstrap_agrees_with_delong_on_independent_rows():
    rng = np.random.default_rng(3)
    spoof = np.arange(400) < 200
    scores = spoof + rng.normal(0, 1, 400)
    other = scores + rng.normal(0, 1, 400)
    statistics = [
        ranking_statistics(s, spoof, np.arange(400), [Reading(auc_of)]) for s in (scores, other)
    ]
    (found,) = paired_intervals(*statistics, [200], 400, np.random.default_rng(0))
    expected = delong(scores[spoof], scores[~spoof], other[spoof], other[~spoof])
    assert found.value == pytest.approx(expected.difference)
    interval = expected.interval()
    assert found.interval.interval.low == pytest.approx(interval.low, abs=0.01)
    assert found.interval.interval.high == pytest.approx(interval.high, abs=0.01)


def test_p_is_even_where_nothing_differs():
    rng = np.random.default_rng(5)
    codes, trials, rejected = np.arange(60), np.ones((60, 1)), 0
    for _ in range(200):
        a, b = errors_of(rng, 60, 0.3), errors_of(rng, 60, 0.3)
        statistics = [share_statistics(errors, trials, codes) for errors in (a, b)]
        (found,) = paired_intervals(*statistics, [60], 60, rng, rounds=200)
        rejected += found.p is not None and found.p <= 0.1
    assert 0.04 <= rejected / 200 <= 0.18
