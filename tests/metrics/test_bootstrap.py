import numpy as np
import pytest
from scipy.stats import norm

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.bootstrap import (
    MIN_CLUSTERS,
    Resampled,
    bca_interval,
    cluster_intervals,
    encode_clusters,
    percentile_interval,
    resample,
)
from spooftrace.metrics.clustered import share_statistics


def mean_of(values):
    """Mean of one number per cluster, as a statistic of draws."""
    values = np.asarray(values, dtype=float)
    return lambda draws: (draws @ values / draws.sum(axis=1))[:, None]


def test_clusters_are_numbered_as_they_appear():
    codes, names = encode_clusters(["b", "a", "b", "c"])
    assert codes.tolist() == [0, 1, 0, 2]
    assert names == ["b", "a", "c"]
    with pytest.raises(NoSamplesError, match="clusters: expected at least one row"):
        encode_clusters([])


def test_every_draw_draws_as_many_clusters_as_there_are():
    seen = []

    def spy(draws):
        seen.append(draws)
        return np.zeros((len(draws), 1))

    resample(spy, 7, np.random.default_rng(0), rounds=25, rounds_at_once=10)
    drawn = np.concatenate(seen[:3])
    assert drawn.shape == (25, 7)
    assert (drawn.sum(axis=1) == 7).all()
    assert (seen[3] == 1).all()  # the estimate: every cluster once
    assert (seen[4] == 1 - np.eye(7)).all()  # the jackknife: each left out in turn


def test_equal_seeds_give_equal_intervals_whatever_the_memory():
    values = np.random.default_rng(1).integers(0, 100, size=30)  # exact sums
    first = resample(mean_of(values), 30, np.random.default_rng(5), rounds=101, rounds_at_once=101)
    again = resample(mean_of(values), 30, np.random.default_rng(5), rounds=101, rounds_at_once=7)
    other = resample(mean_of(values), 30, np.random.default_rng(6), rounds=101)
    assert (first.replicates == again.replicates).all()
    assert bca_interval(first, 0) == bca_interval(again, 0)
    assert (first.replicates != other.replicates).any()


def test_draws_spread_as_the_theory_says():
    values = np.random.default_rng(2).normal(size=50)
    found = resample(mean_of(values), 50, np.random.default_rng(0), rounds=20_000)
    assert found.estimate == pytest.approx(values.mean())
    assert found.replicates.mean() == pytest.approx(values.mean(), abs=5e-3)
    assert found.replicates.std() == pytest.approx(values.std() / 50**0.5, rel=0.03)


def test_percentiles_worked_by_hand():
    found = Resampled(
        estimate=np.array([50.0]),
        replicates=np.arange(101.0)[:, None],
        jackknife=np.array([[1.0], [2.0]]),
    )
    interval = percentile_interval(found, 0, 0.9)
    assert (interval.low, interval.high) == pytest.approx((5, 95))
    assert interval.method == "cluster bootstrap, percentile"
    # No bias, no skewness: BCa is the same.
    corrected = bca_interval(found, 0, 0.9)
    assert (corrected.low, corrected.high) == pytest.approx((5, 95))
    assert corrected.method == "cluster bootstrap, BCa"


def test_bca_by_its_formula():
    rng = np.random.default_rng(4)
    values = rng.exponential(size=25)
    found = resample(mean_of(values), 25, np.random.default_rng(0), rounds=4000)
    replicates, estimate = found.replicates[:, 0], values.mean()
    z0 = norm.ppf(np.mean(replicates < estimate))
    left_out = np.array([np.delete(values, i).mean() for i in range(25)])
    d = left_out.mean() - left_out
    a = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
    z = z0 + norm.ppf([0.025, 0.975])
    ends = np.quantile(replicates, norm.cdf(z0 + z / (1 - a * z)))
    interval = bca_interval(found, 0)
    assert (interval.low, interval.high) == pytest.approx(ends)
    plain = percentile_interval(found, 0)
    assert interval.high > plain.high  # exponential: skewed to the right


def test_bca_falls_back_where_all_draws_lie_on_one_side():
    found = Resampled(
        estimate=np.array([0.0]),
        replicates=np.linspace(1, 2, 11)[:, None],
        jackknife=np.zeros((3, 1)),
    )
    assert bca_interval(found, 0).method == "cluster bootstrap, percentile"


def test_many_clusters_are_left_out_in_groups_with_the_same_skewness():
    values = np.random.default_rng(8).exponential(size=2000)
    exact = np.array([[(values.sum() - v) / 1999] for v in values])
    found = resample(mean_of(values), 2000, np.random.default_rng(0), rounds=500)
    assert found.jackknife.shape == (500, 1)
    whole = Resampled(estimate=found.estimate, replicates=found.replicates, jackknife=exact)
    one, other = bca_interval(found, 0), bca_interval(whole, 0)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=2e-3)


def test_few_clusters_have_no_interval_but_each_its_value():
    errors = share_statistics([[1], [0], [1], [1]], np.ones((4, 1)), np.array([0, 0, 1, 2]))
    (found,) = cluster_intervals(errors, ["a", "b", "c"], [3], np.random.default_rng(0))
    assert found.interval is None
    assert found.clusters == 3
    assert found.reason == (
        f"only 3 to resample; an interval by cluster means nothing with fewer than {MIN_CLUSTERS}"
    )
    assert found.by_cluster == {"a": 0.5, "b": 1.0, "c": 1.0}


def test_a_statistic_carried_by_few_clusters_has_none_beside_one_that_has():
    codes = np.arange(8)
    events = np.array([[0, 1], [1, 1], [0, 0], [0, 0], [1, 0], [0, 0], [1, 0], [0, 0]])
    trials = np.array([[1, 1]] * 2 + [[1, 0]] * 6)
    found = cluster_intervals(
        share_statistics(events, trials, codes),
        list("abcdefgh"),
        [8, 2],
        np.random.default_rng(0),
    )
    assert found[0].interval.low < 3 / 8 < found[0].interval.high
    assert found[0].reason is None
    assert found[1].interval is None
    assert found[1].by_cluster == {"a": 1.0, "b": 1.0}


def test_what_never_varies_has_no_interval():
    statistics = share_statistics(np.zeros((9, 1)), np.ones((9, 1)), np.arange(9))
    (found,) = cluster_intervals(statistics, list("abcdefghi"), [9], np.random.default_rng(0))
    assert found.interval is None
    assert found.reason.startswith("every draw of clusters gives the same value")


def test_what_most_draws_do_not_hold_has_no_interval():
    trials = np.zeros((20, 1))
    trials[0] = 1
    statistics = share_statistics(np.zeros((20, 1)), trials, np.arange(20))
    (found,) = cluster_intervals(statistics, [*map(str, range(20))], [5], np.random.default_rng(0))
    assert found.interval is None
    assert found.reason.startswith("too many draws")


def test_errors():
    with pytest.raises(ConfigError, match="rounds: expected 1 or more, got 0"):
        resample(mean_of([1.0]), 1, np.random.default_rng(0), rounds=0)
    found = resample(mean_of([1.0, 2.0]), 2, np.random.default_rng(0), rounds=10)
    for interval in (percentile_interval, bca_interval):
        with pytest.raises(ConfigError, match="confidence level"):
            interval(found, 0, 1.0)


def coverage(statistic_of, truth, *, trials=150):
    """Share of simulated experiments whose 95 % interval holds the truth."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(trials):
        statistics, clusters = statistic_of(rng)
        found = resample(statistics, clusters, rng, rounds=400, rounds_at_once=400)
        interval = bca_interval(found, 0)
        held += interval.low <= truth <= interval.high
    return held / trials


def clips_with_a_mood(rng):
    """30 clips of 20 frames; a clip's own error rate is 10 % or 70 %, 40 % in the mean."""
    mood = rng.choice([0.1, 0.7], size=30)
    return (rng.random((30, 20)) < mood[:, None]).ravel()


def test_intervals_by_clip_cover_what_they_claim_and_by_frame_do_not():
    def by_clip(rng):
        errors = clips_with_a_mood(rng)[:, None]
        return share_statistics(errors, np.ones((600, 1)), np.repeat(np.arange(30), 20)), 30

    def by_frame(rng):
        return share_statistics(
            clips_with_a_mood(rng)[:, None], np.ones((600, 1)), np.arange(600)
        ), 600

    assert 0.88 <= coverage(by_clip, 0.4) <= 0.99
    assert coverage(by_frame, 0.4) < 0.75
