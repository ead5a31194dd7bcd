import numpy as np
import pytest
import slow_rates
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.errors import NoSamplesError, ScoreFileError, SpoofTraceError
from spooftrace.metrics import rates
from spooftrace.metrics.rates import Presentations, as_scores, is_called_attack

ATTACKS = [0.2, 0.5, 0.5, 0.9]
LIVE = [0.1, 0.4, 0.5, 0.6, 0.05]

whole = st.integers(-30, 30).map(float)
scores = st.lists(whole, min_size=1, max_size=40)
INCREASING = [lambda x: 3 * x - 7, lambda x: x**3, lambda x: np.exp(x / 10), lambda x: np.arctan(x)]


def shown(attacks, live, threshold, answered=None, matched=None):
    """Attacks, then live faces, judged at a threshold."""
    values = np.array([*attacks, *live])
    count = values.size
    answered = np.ones(count, bool) if answered is None else np.array(answered, bool)
    return Presentations(
        is_attack=np.arange(count) < len(attacks),
        answered=answered,
        called=is_called_attack(np.where(answered, values, np.nan), threshold),
        matched=None if matched is None else np.array(matched, bool),
    )


def rate(share):
    events, trials = share.counts
    return events / trials


def test_rates_worked_by_hand():
    # An attack at the threshold is detected, a live face at the threshold is refused.
    judged = shown(ATTACKS, LIVE, 0.5)
    assert rates.apcer(judged).counts == (1, 4)
    assert rates.bpcer(judged).counts == (2, 5)
    assert rates.acer(1 / 4, 2 / 5) == pytest.approx(0.325)
    assert rates.hter(1 / 4, 2 / 5) == pytest.approx(0.325)
    above = shown(ATTACKS, LIVE, 0.51)
    assert (rates.apcer(above).counts, rates.bpcer(above).counts) == ((3, 4), (1, 5))


def test_of_one_species_only_its_attacks_count():
    judged = shown([0.1, 0.9, 0.9], [0.1, 0.2], 0.5, matched=[1, 1, 0, 1, 1])
    prints = np.array([True, True, False, True, False])  # a live face that says so is no attack
    assert rates.apcer(judged, prints).counts == (1, 2)
    assert rates.apnrr(judged, prints).counts == (0, 2)
    assert rates.iapar(judged, prints).counts == (1, 2)


def test_no_answer_is_no_error_but_a_rate_of_its_own():
    judged = shown([0.1, 0.2, 0.9], [0.1, 0.9], 0.5, answered=[0, 1, 1, 1, 0])
    assert rates.apcer(judged).counts == (1, 2)
    assert rates.bpcer(judged).counts == (0, 1)
    assert rates.apnrr(judged).counts == (1, 3)
    assert rates.bpnrr(judged).counts == (1, 2)


def test_the_whole_system_worked_by_hand():
    # Passed and matched: of four attacks one; of five genuine faces three, one had no answer.
    judged = shown(
        [0.1, 0.1, 0.9, 0.9],
        [0.1, 0.1, 0.1, 0.1, 0.9],
        0.5,
        answered=[1, 1, 1, 1, 0, 1, 1, 1, 1],
        matched=[1, 0, 1, 1, 1, 1, 1, 1, 1],
    )
    assert rates.iapar(judged).counts == (1, 4)
    assert rates.frr(judged).counts == (2, 5)
    assert rates.riapar(1 / 4, 2 / 5) == pytest.approx(1 + (1 / 4 - (1 - 2 / 5)))


def test_refusing_everybody_is_no_better_than_accepting_everybody():
    def riapar(threshold_of_attacks, threshold_of_live):
        judged = shown([threshold_of_attacks], [threshold_of_live], 0.5, matched=[1, 1])
        return rates.riapar(rate(rates.iapar(judged)), rate(rates.frr(judged)))

    assert riapar(0.9, 0.9) == riapar(0.1, 0.1) == 1
    assert riapar(0.9, 0.1) == 0


def test_the_worst_species_of_many_draws():
    first, second = np.array([0.1, np.nan, np.nan]), np.array([0.3, 0.2, np.nan])
    assert rates.worst([first, second]) == pytest.approx([0.3, 0.2, np.nan], nan_ok=True)
    assert float(rates.worst([0.25, 0.5])) == 0.5


def test_scores_of_nothing_or_not_finite_are_an_error():
    with pytest.raises(NoSamplesError, match="live scores: expected at least one, got none"):
        as_scores([], "live")
    for bad in (np.nan, np.inf, -np.inf):
        with pytest.raises(
            ScoreFileError, match=r"finite numbers, got -?(nan|inf) at index 1 \(1 of 3"
        ):
            as_scores([0.1, bad, 0.3], "attack")
    with pytest.raises(ScoreFileError, match=r"expected shape \(n,\), got \(1, 2\)"):
        as_scores([[0.1, 0.2]], "attack")
    assert issubclass(ScoreFileError, SpoofTraceError)


def test_thresholds():
    assert is_called_attack([0.5, 0.4, np.nan], 0.5).tolist() == [True, False, False]
    assert not is_called_attack(ATTACKS, np.inf).any()
    assert is_called_attack(LIVE, -np.inf).all()
    with pytest.raises(ScoreFileError, match="threshold: expected a number"):
        is_called_attack([0.1], np.nan)


@given(attacks=scores, live=scores, threshold=whole)
def test_rates_are_those_of_loops(attacks, live, threshold):
    judged = shown(attacks, live, threshold)
    assert rate(rates.apcer(judged)) == slow_rates.apcer(attacks, threshold)
    assert rate(rates.bpcer(judged)) == slow_rates.bpcer(live, threshold)


@given(attacks=scores, live=scores, one=whole, other=whole)
def test_rates_are_monotone_in_the_threshold(attacks, live, one, other):
    low, high = (shown(attacks, live, threshold) for threshold in sorted((one, other)))
    assert rate(rates.apcer(low)) <= rate(rates.apcer(high))
    assert rate(rates.bpcer(low)) >= rate(rates.bpcer(high))


@pytest.mark.parametrize("transform", INCREASING)
@given(attacks=scores, live=scores, threshold=whole)
def test_rates_are_invariant_under_increasing_transforms(transform, attacks, live, threshold):
    plain = shown(attacks, live, threshold)
    moved = shown(
        transform(np.array(attacks)), transform(np.array(live)), transform(np.array(threshold))
    )
    assert rates.apcer(moved).counts == rates.apcer(plain).counts
    assert rates.bpcer(moved).counts == rates.bpcer(plain).counts
