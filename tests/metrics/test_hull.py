import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import isotonic_regression

from spooftrace.errors import NoSamplesError
from spooftrace.metrics.curve import error_curve, rank
from spooftrace.metrics.hull import eer_on_hull_of
from spooftrace.metrics.ranking import equal_error_rate

tied = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=25)


def eer_on_hull(attacks, live):
    return float(eer_on_hull_of(error_curve(attacks, live)))


def rocch_eer(attacks, live):
    """As published (Bosaris; bob.measure.rocch2eer): pool adjacent violators, then the segments."""
    scores = np.concatenate([attacks, live])
    ideal = np.repeat([1.0, 0.0], [len(attacks), len(live)])
    # Ties: attacks first, so that PAV pools them.
    order = np.lexsort((-ideal, scores))
    fitted = isotonic_regression(ideal[order])
    ends = np.append(np.flatnonzero(np.diff(fitted) > 1e-9) + 1, scores.size)
    sums = np.concatenate([[0], np.cumsum(ideal[order])])
    missed = np.array([0.0, *(sums[e] for e in ends)]) / len(attacks)
    refused = 1 - np.array([0.0, *(e - sums[e] for e in ends)]) / len(live)
    best = 0.0
    for x0, x1, y0, y1 in zip(refused, refused[1:], missed, missed[1:], strict=False):
        if min(abs(x0 - x1), abs(y0 - y1)) > 1e-15:
            line = np.linalg.solve([[x0, y0], [x1, y1]], [1, 1])
            best = max(best, 1 / line.sum())
    return best


def test_worked_by_hand():
    # Corners (1, 0), (1/4, 0), (0, 1/4), (0, 1): the middle chord meets the diagonal at 1/8.
    attacks, live = [3.0, 5.0, 6.0, 7.0], [0.0, 1.0, 2.0, 4.0]
    assert eer_on_hull(attacks, live) == pytest.approx(1 / 8)
    assert equal_error_rate(attacks, live).rate == 1 / 4


def test_ends_of_the_scale():
    assert eer_on_hull([2.0], [1.0]) == 0
    assert eer_on_hull([1.0], [1.0]) == 0.5
    assert eer_on_hull([1.0, 2.0], [5.0, 6.0]) == 0.5  # the wrong way round: a coin is better


@given(attacks=tied, live=tied)
def test_it_is_the_published_algorithm(attacks, live):
    assert eer_on_hull(attacks, live) == pytest.approx(rocch_eer(attacks, live), abs=1e-9)


@given(attacks=tied, live=tied)
def test_never_above_the_larger_error_of_any_threshold(attacks, live):
    curve = error_curve(attacks, live)
    assert eer_on_hull(attacks, live) <= np.maximum(curve.apcer, curve.bpcer).min() + 1e-12


def test_it_may_lie_above_the_nearest_threshold():
    # (BPCER, APCER) is (1, 0), (0, 1/2), (0, 1): the chord meets the diagonal at 1/3.
    assert eer_on_hull([0.0, 1.0], [0.0]) == pytest.approx(1 / 3)
    assert equal_error_rate([0.0, 1.0], [0.0]).rate == 0.25


def test_many_curves_at_once_and_a_draw_without_a_class():
    rng = np.random.default_rng(0)
    attacks, live = rng.normal(1, 1, 300), rng.normal(0, 1, 200)
    ranked = rank(attacks, live)
    times = rng.integers(0, 4, (20, 500)).astype(float)
    found = eer_on_hull_of(ranked.curve(times))
    scores = np.concatenate([attacks, live])[ranked.order]
    for row, value in zip(times.astype(int), found, strict=True):
        drawn, spoof = np.repeat(scores, row), np.repeat(ranked.is_attack > 0, row)
        assert value == pytest.approx(rocch_eer(drawn[spoof], drawn[~spoof]), abs=1e-9)
    empty = rank([1.0], [0.0]).curve(np.array([[1.0, 0.0], [1.0, 1.0]]))
    assert eer_on_hull_of(empty) == pytest.approx([np.nan, 0.0], nan_ok=True)


def test_both_classes_are_needed():
    with pytest.raises(NoSamplesError, match="live scores"):
        eer_on_hull([1.0], [])
