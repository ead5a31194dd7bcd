from functools import partial

import numpy as np
import pytest
import slow_rates

from spooftrace.errors import NoSamplesError
from spooftrace.metrics import ranking
from spooftrace.metrics.clustered import Reading, ranking_statistics, share_statistics


def test_shares_of_drawn_clusters_worked_by_hand():
    # Cluster 0: 1 of 2; cluster 1: 0 of 1; cluster 2 has no trial of the second share.
    codes = np.array([0, 0, 1, 2])
    events = np.array([[1, 0], [0, 1], [0, 0], [1, 0]])
    trials = np.array([[1, 1], [1, 1], [1, 1], [1, 0]])
    shares = share_statistics(events, trials, codes)
    draws = np.array([[1.0, 1, 1], [2, 0, 1], [0, 0, 3]])
    assert shares(draws)[:, 0] == pytest.approx([2 / 4, 3 / 5, 1])
    assert shares(draws)[:2, 1] == pytest.approx([1 / 3, 1 / 2])
    assert np.isnan(shares(draws)[2, 1])


def test_ranking_of_drawn_clusters_is_that_of_their_rows_repeated():
    rng = np.random.default_rng(0)
    scores, is_attack = rng.integers(0, 12, 60).astype(float), rng.random(60) < 0.5
    codes = rng.integers(0, 9, 60)
    codes[:9] = np.arange(9)
    readings = [
        Reading(ranking.auc_of),
        Reading(ranking.eer_of, ranking.equal_error_block),
        Reading(ranking.tdr_of, partial(ranking.tdr_block, fdr=0.005)),
    ]
    statistics = ranking_statistics(scores, is_attack, codes, readings)
    draws = rng.multinomial(9, [1 / 9] * 9, size=20).astype(float)
    for draw, (auc, eer, tdr) in zip(draws, statistics(draws), strict=True):
        times = draw[codes].astype(int)
        attacks = np.repeat(scores[is_attack], times[is_attack])
        live = np.repeat(scores[~is_attack], times[~is_attack])
        assert auc == pytest.approx(ranking.auc(attacks, live))
        assert eer == pytest.approx(ranking.equal_error_rate(attacks, live).rate)
        assert tdr == pytest.approx(slow_rates.tdr(attacks, live, 0.005))


def test_both_classes_are_needed():
    with pytest.raises(NoSamplesError, match="live scores"):
        ranking_statistics([1.0], np.array([True]), np.array([0]), [Reading(ranking.auc_of)])
