import time

import numpy as np
import pytest
import slow_rates
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from spooftrace.errors import ConfigError, NoSamplesError, ScoreFileError
from spooftrace.metrics.curve import error_curve, rank
from spooftrace.metrics.ranking import (
    auc,
    auc_of,
    eer_of,
    equal_error_rate,
    tdr_of,
    threshold_at_bpcer,
)

tied = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=25)
spread = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=25)
either = tied | spread
budgets = st.floats(0, 0.999) | st.sampled_from([0.005, 0.29, 0.1, 1 / 3, 0.07])


def tdr_at_fdr(attacks, live, fdr=0.005):
    return float(tdr_of(error_curve(attacks, live), fdr))


def test_auc_worked_by_hand():
    assert auc([2.0, 3.0], [1.0]) == 1
    assert auc([1.0], [2.0, 3.0]) == 0
    assert auc([1.0], [1.0]) == 0.5
    assert auc([1.0, 2.0], [1.0, 0.0]) == pytest.approx((0.5 + 1 + 1 + 1) / 4)


def test_eer_worked_by_hand():
    # Perfect: any threshold in (2, 5] does; half way is taken.
    assert equal_error_rate([5.0, 6.0], [1.0, 2.0]) == (0.0, 3.5)
    # One of four attacks below one of four live faces: both errors are 1/4 at 3.5 and nowhere else.
    assert equal_error_rate([3.0, 5.0, 6.0, 7.0], [0.0, 1.0, 2.0, 4.0]) == (0.25, 3.5)
    # All scores alike: everything or nothing is refused; both are equally close, both have mean
    # 1/2, and the lower threshold is taken.
    assert equal_error_rate([1.0], [1.0]) == (0.5, 1.0)
    # The wrong way round.
    assert equal_error_rate([1.0, 2.0], [5.0, 6.0]).rate == 1.0


def test_eer_where_the_errors_never_meet_takes_the_nearest_threshold():
    # (APCER, BPCER): (0, 1) at 0, (0, 2/3) at 0.5, (1/2, 1/3) at 1.5, (1/2, 0) at 2.5, then (1, 0).
    attacks, live = [1.0, 3.0], [0.0, 1.0, 2.0]
    rate, threshold = equal_error_rate(attacks, live)
    assert threshold == 1.5
    assert rate == pytest.approx((1 / 2 + 1 / 3) / 2)


@pytest.mark.parametrize(
    ("attacks", "live", "rate", "threshold"),
    [
        # (APCER, BPCER) is (0, 1/2) at 1.25 and (1, 1/2) at 1.75: the smaller mean, the lower here.
        ([1.5], [1.0, 2.0], 1 / 4, 1.25),
        # (1/2, 1) at 1.5 and (1/2, 0) at 2.5: the smaller mean, the upper here.
        ([1.0, 3.0], [2.0], 1 / 4, 2.5),
        # (0, 1/2) at 1.5 and (1/2, 0) at 2.5: equal means, so the lower threshold.
        ([2.0, 3.0], [1.0, 2.0], 1 / 4, 1.5),
    ],
)
def test_eer_of_equally_close_thresholds(attacks, live, rate, threshold):
    assert equal_error_rate(attacks, live) == (rate, threshold)


def test_tdr_worked_by_hand():
    live = np.arange(200) / 200  # 0 ... 0.995
    attacks = [0.5, 0.9901, 0.995, 2.0]
    # 0.5 % of 200 is one live face: the highest may be refused, so attacks above 0.99 are detected.
    assert tdr_at_fdr(attacks, live, 0.005) == 3 / 4
    # 0.5 % of 199 is less than one: nothing may be refused.
    assert tdr_at_fdr(attacks, live[1:], 0.005) == 1 / 4
    # A tie with the highest live face counts against us.
    assert tdr_at_fdr([1.0], [1.0, 0.0], 0.0) == 0


def test_threshold_at_bpcer_is_one_step_above_a_live_score():
    live = np.arange(1.0, 101.0)
    assert threshold_at_bpcer(live, 0.0) == np.nextafter(100.0, np.inf)
    assert threshold_at_bpcer(live, 0.01) == np.nextafter(99.0, np.inf)
    # 0.29 * 100 is 28.999... in floats, but 29 of 100 is within 29 %.
    assert threshold_at_bpcer(live, 0.29) == np.nextafter(71.0, np.inf)


@given(live=either, budget=budgets)
def test_threshold_at_bpcer_holds_and_is_the_lowest(live, budget):
    threshold = threshold_at_bpcer(live, budget)
    assert slow_rates.bpcer(live, threshold) <= budget
    assert slow_rates.bpcer(live, np.nextafter(threshold, -np.inf)) > budget


@given(attacks=either, live=either)
def test_eer_is_that_of_an_exhaustive_search(attacks, live):
    rate, threshold = equal_error_rate(attacks, live)
    expected, number = slow_rates.eer(attacks, live)
    assert rate == pytest.approx(expected, abs=1e-12)
    found = error_curve(attacks, live).thresholds
    assert threshold == found[number]
    both = slow_rates.apcer(attacks, threshold) + slow_rates.bpcer(live, threshold)
    assert both / 2 == pytest.approx(rate)


@given(attacks=either, live=either)
def test_auc_is_that_of_all_pairs_and_of_scikit_learn(attacks, live):
    assert auc(attacks, live) == pytest.approx(slow_rates.auc(attacks, live), abs=1e-12)
    labels = [1] * len(attacks) + [0] * len(live)
    assert auc(attacks, live) == pytest.approx(roc_auc_score(labels, [*attacks, *live]), abs=1e-9)


@given(attacks=either, live=either, fdr=budgets)
def test_tdr_is_the_best_detection_within_the_budget(attacks, live, fdr):
    expected = slow_rates.tdr(attacks, live, fdr)
    assert tdr_at_fdr(attacks, live, fdr) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("transform", [lambda x: 5 * x + 1, lambda x: x**3, lambda x: np.exp(x)])
@given(attacks=tied, live=tied)
def test_figures_are_invariant_under_increasing_transforms(transform, attacks, live):
    moved, moved_live = transform(np.array(attacks)), transform(np.array(live))
    assert auc(moved, moved_live) == auc(attacks, live)
    assert equal_error_rate(moved, moved_live).rate == equal_error_rate(attacks, live).rate
    assert tdr_at_fdr(moved, moved_live, 0.1) == tdr_at_fdr(attacks, live, 0.1)


@given(attacks=tied, live=tied)
def test_swapping_the_classes_and_the_direction_changes_nothing(attacks, live):
    negative_attacks, negative_live = -np.array(attacks), -np.array(live)
    assert auc(negative_live, negative_attacks) == pytest.approx(auc(attacks, live))
    swapped = equal_error_rate(negative_live, negative_attacks).rate
    assert swapped == pytest.approx(equal_error_rate(attacks, live).rate)


def test_figures_of_many_curves_at_once_are_those_of_each():
    rng = np.random.default_rng(3)
    attacks, live = rng.integers(0, 9, 30).astype(float), rng.integers(-3, 6, 20).astype(float)
    ranked = rank(attacks, live)
    times = rng.integers(0, 4, (50, 50)).astype(float)
    curve = ranked.curve(times)
    for at in range(50):
        repeated = np.repeat(np.concatenate([attacks, live])[ranked.order], times[at].astype(int))
        is_attack = np.repeat(ranked.is_attack > 0, times[at].astype(int))
        one = repeated[is_attack], repeated[~is_attack]
        assert auc_of(curve)[at] == pytest.approx(auc(*one))
        assert eer_of(curve)[at] == pytest.approx(equal_error_rate(*one).rate)
        assert tdr_of(curve, 0.1)[at] == pytest.approx(tdr_at_fdr(*one, 0.1))


def test_a_draw_without_a_class_has_no_figures():
    ranked = rank([1.0, 2.0], [0.0])
    curve = ranked.curve(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 1.0]]))  # no attack; no live face
    for figure in (auc_of, eer_of, tdr_of):
        assert np.isnan(figure(curve)).all()


@pytest.mark.parametrize("figure", [auc, equal_error_rate, tdr_at_fdr])
@pytest.mark.parametrize(("attacks", "live"), [([], [1.0]), ([1.0], [])])
def test_both_classes_are_needed(figure, attacks, live):
    with pytest.raises(NoSamplesError, match="expected at least one, got none"):
        figure(attacks, live)


@pytest.mark.parametrize("figure", [auc, equal_error_rate, tdr_at_fdr])
def test_not_finite(figure):
    with pytest.raises(ScoreFileError, match="finite numbers, got inf at index 0"):
        figure([np.inf], [1.0])


@pytest.mark.parametrize("budget", [-0.1, 1.0, np.nan])
def test_budgets_outside_their_range(budget):
    with pytest.raises(ConfigError, match=r"expected a fraction in \[0, 1\)"):
        threshold_at_bpcer([1.0], budget)
    with pytest.raises(ConfigError, match="error budget"):
        tdr_of(error_curve([1.0], [0.0]), budget)


@pytest.mark.slow
def test_a_million_scores_take_less_than_a_second_each():
    rng = np.random.default_rng(0)
    attacks, live = rng.normal(1, 1, 500_000), rng.normal(0, 1, 500_000)
    for figure in (auc, equal_error_rate, tdr_at_fdr):
        seconds = []
        for _ in range(3):  # the best of three: the machine may be busy with other tests
            start = time.perf_counter()
            figure(attacks, live)
            seconds.append(time.perf_counter() - start)
        assert min(seconds) < 1
