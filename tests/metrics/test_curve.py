import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.errors import NoSamplesError, ScoreFileError
from spooftrace.metrics.curve import error_curve, rank

scores = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=20)


def test_a_curve_worked_by_hand():
    curve = error_curve([1.0, 3.0, 3.0], [0.0, 1.0])
    assert curve.thresholds[:3].tolist() == [0.0, 0.5, 2.0]
    assert curve.thresholds[3] == np.nextafter(3.0, np.inf)
    assert curve.missed.tolist() == [0, 0, 1, 3]
    assert curve.refused.tolist() == [2, 1, 0, 0]
    assert (curve.attacks.item(), curve.live.item()) == (3, 2)


@given(attacks=scores, live=scores)
def test_counts_are_those_at_the_thresholds(attacks, live):
    curve = error_curve(attacks, live)
    assert (np.diff(curve.thresholds) > 0).all()
    for at, threshold in enumerate(curve.thresholds):
        assert curve.missed[at] == sum(score < threshold for score in attacks)
        assert curve.refused[at] == sum(score >= threshold for score in live)


@given(attacks=scores, live=scores, data=st.data())
def test_weights_count_a_sample_several_times(attacks, live, data):
    size = len(attacks) + len(live)
    times = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    ranked = rank(attacks, live)
    curve = ranked.curve(times[ranked.order][None].astype(float))
    of_attacks, of_live = times[: len(attacks)], times[len(attacks) :]
    for at, threshold in enumerate(curve.thresholds):
        assert curve.missed[0, at] == of_attacks[np.array(attacks) < threshold].sum()
        assert curve.refused[0, at] == of_live[np.array(live) >= threshold].sum()


def test_a_threshold_divides_even_neighbouring_floats():
    low = 1.0
    high = np.nextafter(low, np.inf)
    curve = error_curve([high], [low])
    assert low < curve.thresholds[1] <= high
    assert (curve.missed[1], curve.refused[1]) == (0, 0)


def test_huge_scores_do_not_overflow():
    curve = error_curve([1.7e308], [-1.7e308])
    assert np.isfinite(curve.thresholds[:2]).all()
    assert curve.thresholds[1] == 0


@pytest.mark.parametrize(("attacks", "live"), [([], [1.0]), ([1.0], [])])
def test_both_classes_are_needed(attacks, live):
    with pytest.raises(NoSamplesError, match="expected at least one, got none"):
        error_curve(attacks, live)


def test_not_finite():
    with pytest.raises(ScoreFileError, match="live scores: expected finite numbers, got nan"):
        error_curve([1.0], [np.nan])
