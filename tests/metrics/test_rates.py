import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.errors import NoSamplesError, ScoreFileError, SpoofTraceError
from spooftrace.metrics import rates

ATTACKS = [0.2, 0.5, 0.5, 0.9]
LIVE = [0.1, 0.4, 0.5, 0.6, 0.05]

whole = st.integers(-30, 30).map(float)
scores = st.lists(whole, min_size=1, max_size=40)
INCREASING = [lambda x: 3 * x - 7, lambda x: x**3, lambda x: np.exp(x / 10), lambda x: np.arctan(x)]


def test_rates_worked_by_hand():
    # An attack at the threshold is detected, a live face at the threshold is refused.
    assert rates.apcer(ATTACKS, 0.5) == 1 / 4
    assert rates.bpcer(LIVE, 0.5) == 2 / 5
    assert rates.acer(1 / 4, 2 / 5) == pytest.approx(0.325)
    assert rates.hter(ATTACKS, LIVE, 0.5) == pytest.approx(0.325)
    assert rates.apcer(ATTACKS, 0.51) == 3 / 4
    assert rates.bpcer(LIVE, 0.51) == 1 / 5


def test_the_worst_species_is_named():
    species = {"replay": [0.1, 0.9], "print": [0.2, 0.8], "mask": [0.9, 0.9, 0.9]}
    assert rates.apcer_by_species(species, 0.5) == {"replay": 0.5, "print": 0.5, "mask": 0.0}
    assert rates.worst_apcer(species, 0.5) == ("print", 0.5)  # of equals the first by name
    assert rates.worst_apcer(species, 0.15) == ("replay", 0.5)


def test_hter_pools_the_species_where_acer_takes_the_worst():
    species = {"print": [0.1], "replay": [0.9, 0.9, 0.9]}
    pooled = np.concatenate([np.asarray(values) for values in species.values()])
    _, worst = rates.worst_apcer(species, 0.5)
    assert rates.hter(pooled, [0.0], 0.5) == 1 / 8
    assert rates.acer(worst, rates.bpcer([0.0], 0.5)) == 1 / 2


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: rates.apcer([], 0.5), "attack scores: expected at least one, got none"),
        (lambda: rates.bpcer([], 0.5), "live scores: expected at least one, got none"),
        (lambda: rates.hter([1.0], [], 0.5), "live scores"),
        (lambda: rates.worst_apcer({}, 0.5), "at least one attack species"),
        (lambda: rates.worst_apcer({"print": []}, 0.5), r"attack \(print\) scores"),
    ],
)
def test_a_rate_of_nothing_is_an_error(call, said):
    with pytest.raises(NoSamplesError, match=said):
        call()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_an_error(bad):
    with pytest.raises(
        ScoreFileError, match=r"finite numbers, got -?(nan|inf) at index 1 \(1 of 3"
    ):
        rates.apcer([0.1, bad, 0.3], 0.5)
    with pytest.raises(ScoreFileError, match="live scores"):
        rates.bpcer([0.1, bad, 0.3], 0.5)


def test_other_malformed_input_is_an_error():
    with pytest.raises(ScoreFileError, match=r"expected shape \(n,\), got \(1, 2\)"):
        rates.apcer([[0.1, 0.2]], 0.5)
    with pytest.raises(ScoreFileError, match="threshold: expected a number"):
        rates.apcer([0.1], np.nan)
    assert issubclass(ScoreFileError, SpoofTraceError)


def test_infinite_thresholds_decide_everything_alike():
    assert rates.apcer(ATTACKS, np.inf) == 1
    assert rates.bpcer(LIVE, -np.inf) == 1


@given(attacks=scores, live=scores, one=whole, other=whole)
def test_rates_are_monotone_in_the_threshold(attacks, live, one, other):
    low, high = sorted((one, other))
    assert rates.apcer(attacks, low) <= rates.apcer(attacks, high)
    assert rates.bpcer(live, low) >= rates.bpcer(live, high)


@pytest.mark.parametrize("transform", INCREASING)
@given(attacks=scores, live=scores, threshold=whole)
def test_rates_are_invariant_under_increasing_transforms(transform, attacks, live, threshold):
    moved = transform(np.array(threshold))
    assert rates.apcer(transform(np.array(attacks)), moved) == rates.apcer(attacks, threshold)
    assert rates.bpcer(transform(np.array(live)), moved) == rates.bpcer(live, threshold)
