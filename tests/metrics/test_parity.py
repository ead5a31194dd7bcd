"""The same numbers as scikit-learn and as bob.measure / bob.pad.base 6.

bob's classes are live = positive, higher score = more live, accepted when score >= threshold; ours
are its mirror: scores change their sign. Its algorithms are written down here again; where it is
installed, it is asked itself as well.
"""

import numpy as np
import pytest
import slow_rates
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import det_curve, roc_auc_score, roc_curve

from spooftrace.metrics.curve import error_curve
from spooftrace.metrics.operating_points import bpcer_at_apcer
from spooftrace.metrics.ranking import auc, equal_error_rate, tdr_of, threshold_at_bpcer

try:
    from bob.measure import eer_threshold as bob_eer_threshold
    from bob.measure import far_threshold as bob_far_threshold
    from bob.pad.base.error_utils import apcer_bpcer as bob_apcer_bpcer
except ImportError:
    bob_eer_threshold = None

needs_bob = pytest.mark.skipif(bob_eer_threshold is None, reason="bob.pad.base is not installed")
tied = st.lists(st.integers(-6, 6).map(float), min_size=2, max_size=30)
spread = st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), min_size=2, max_size=30)
budgets = st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.29, 0.5])


def bob_farfrr(negatives, positives, threshold):
    return np.mean(negatives >= threshold), np.mean(positives < threshold)


def far_threshold(negatives, budget):
    """bob.measure.far_threshold: walk down the scores while at most `budget` are accepted."""
    falling = np.sort(negatives)[::-1]
    valid, at = np.nextafter(falling[0], falling[0] + 1), 0
    while at < falling.size:
        while at < falling.size - 1 and falling[at + 1] == falling[at]:
            at += 1
        if (at + 1) / falling.size > budget:
            break
        valid, at = falling[at], at + 1
    return valid


def eer_threshold(negatives, positives):
    """bob.measure.eer_threshold, on all thresholds: smallest |FAR - FRR|."""
    scores = np.unique(np.concatenate([negatives, positives]))
    candidates = [*scores, np.nextafter(scores[-1], np.inf)]
    gaps = [abs(np.subtract(*bob_farfrr(negatives, positives, t))) for t in candidates]
    return candidates[int(np.argmin(gaps))]


def mirrored(attacks, live):
    return -np.array(attacks), -np.array(live)


@given(attacks=tied | spread, live=tied | spread)
def test_curves_are_those_of_scikit_learn(attacks, live):
    labels, scores = np.repeat([1, 0], [len(attacks), len(live)]), [*attacks, *live]
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
    curve = error_curve(attacks, live)
    assert curve.bpcer[::-1] == pytest.approx(fpr)
    assert 1 - curve.apcer[::-1] == pytest.approx(tpr)
    assert auc(attacks, live) == pytest.approx(roc_auc_score(labels, scores))
    ours = {(round(x, 9), round(y, 9)) for x, y in zip(curve.bpcer, curve.apcer, strict=True)}
    false, missed, _ = det_curve(labels, scores)
    assert {(round(x, 9), round(y, 9)) for x, y in zip(false, missed, strict=True)} <= ours


@given(attacks=tied | spread, live=tied | spread, threshold=st.integers(-7, 7))
def test_rates_are_bobs_away_from_a_tie_with_the_threshold(attacks, live, threshold):
    shifted = threshold + 1e-7  # no score lies here
    negatives, positives = mirrored(attacks, live)
    far, frr = bob_farfrr(negatives, positives, -shifted)
    assert slow_rates.apcer(attacks, shifted) == far
    assert slow_rates.bpcer(live, shifted) == frr


@given(attacks=tied | spread, live=tied | spread)
def test_closest_errors_are_as_close_as_bobs(attacks, live):
    negatives, positives = mirrored(attacks, live)
    far, frr = bob_farfrr(negatives, positives, eer_threshold(negatives, positives))
    found = equal_error_rate(attacks, live)
    ours = slow_rates.apcer(attacks, found.threshold), slow_rates.bpcer(live, found.threshold)
    assert abs(ours[0] - ours[1]) == pytest.approx(abs(far - frr))
    assert found.rate <= (far + frr) / 2 + 1e-12  # of equally close ones the smaller mean


@given(attacks=tied | spread, live=tied | spread, budget=budgets)
def test_bpcer_at_apcer_is_that_at_bobs_apcer_threshold(attacks, live, budget):
    negatives, positives = mirrored(attacks, live)
    _, frr = bob_farfrr(negatives, positives, far_threshold(negatives, budget))
    if budget > 0:
        # bob accepts an attack at the threshold: it can stop at an attack's score where we stop
        # just short of the next, so that a live face between the two is refused by bob only.
        assert bpcer_at_apcer({"all": attacks}, live, budget).bpcer <= frr + 1e-12
    assert bpcer_at_apcer({"all": attacks}, live, 0.0).bpcer == pytest.approx(
        bob_farfrr(negatives, positives, far_threshold(negatives, 0.0))[1]
    )


@given(attacks=tied | spread, live=tied | spread, budget=budgets)
def test_tdr_is_the_roc_of_scikit_learn_read_at_its_fdr(attacks, live, budget):
    labels, scores = np.repeat([1, 0], [len(attacks), len(live)]), [*attacks, *live]
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
    assert tdr_of(error_curve(attacks, live), budget) == pytest.approx(tpr[fpr <= budget].max())


@given(attacks=tied, live=tied, data=st.data())
def test_order_and_copies_change_nothing(attacks, live, data):
    shuffled = data.draw(st.permutations(attacks)), data.draw(st.permutations(live))
    for figure in (auc, equal_error_rate, lambda a, b: tdr_of(error_curve(a, b), 0.2)):
        assert figure(*shuffled) == figure(attacks, live)
        assert figure(attacks * 3, live * 3) == figure(attacks, live)


@given(scores=tied, lower=st.integers(-7, 7), step=st.integers(0, 5))
def test_a_higher_threshold_misses_more_and_refuses_less(scores, lower, step):
    assert slow_rates.apcer(scores, lower + step) >= slow_rates.apcer(scores, lower)
    assert slow_rates.bpcer(scores, lower + step) <= slow_rates.bpcer(scores, lower)


@needs_bob
@pytest.mark.parametrize("seed", range(10))
def test_bob_itself(seed):
    rng = np.random.default_rng(seed)
    attacks, live = rng.normal(1, 1, 300).round(2), rng.normal(0, 1, 200).round(2)
    negatives, positives = mirrored(attacks, live)
    threshold = bob_eer_threshold(negatives, positives)
    far, frr = bob_farfrr(negatives, positives, threshold)
    found = equal_error_rate(attacks, live)
    ours = slow_rates.apcer(attacks, found.threshold), slow_rates.bpcer(live, found.threshold)
    assert abs(ours[0] - ours[1]) == pytest.approx(abs(far - frr))
    assert bob_far_threshold(negatives, positives, 0.05) == far_threshold(negatives, 0.05)
    per_species, worst, bpcer = bob_apcer_bpcer(-0.505, positives, negatives[:100], negatives[100:])
    species = {"a": attacks[:100], "b": attacks[100:]}
    assert per_species == pytest.approx(
        [slow_rates.apcer(each, 0.505) for each in species.values()]
    )
    assert worst == pytest.approx(slow_rates.worst_apcer(species, 0.505)[1])
    assert bpcer == pytest.approx(slow_rates.bpcer(live, 0.505))
    assert np.mean(live >= threshold_at_bpcer(live, 0.05)) <= 0.05
