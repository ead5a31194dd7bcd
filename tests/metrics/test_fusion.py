import numpy as np
import pytest
import slow_rates
from hypothesis import given, settings
from hypothesis import strategies as st

from spooftrace.errors import NoSamplesError, ScoreFileError
from spooftrace.metrics.fusion import ALPHA0_GRID, fit_alpha0, fuse


def test_the_grid():
    assert ALPHA0_GRID[0] == 0
    assert ALPHA0_GRID[1] == pytest.approx(0.01)
    assert ALPHA0_GRID[-1] == pytest.approx(1000)
    assert 1.0 in ALPHA0_GRID
    assert len(ALPHA0_GRID) == 42
    assert np.diff(np.log10(ALPHA0_GRID[1:])) == pytest.approx(1 / 8)


def test_equation_3():
    assert fuse(np.array([0.1, 0.5]), np.array([0.01, 0.2]), 2.0) == pytest.approx([0.12, 0.9])


def test_the_map_alone_where_it_suffices():
    # The trace says the opposite; small alpha_0 leave the classes apart, 0 is the smallest.
    fit = fit_alpha0([0.5, 0.4, 0.1, 0.2], [0.0, 0.0, 0.1, 0.1], [1, 1, 0, 0])
    assert (fit.value, fit.eer, fit.auc) == (0.0, 0.0, 1.0)


def test_the_trace_where_the_map_is_blind():
    # score = 0.3 + alpha * trace for the attack, 0.4 + 0 for the live face: alpha * 0.02 > 0.1.
    fit = fit_alpha0([0.3, 0.4], [0.02, 0.0], [1, 0])
    assert fit.value == min(alpha for alpha in ALPHA0_GRID if 0.3 + alpha * 0.02 > 0.4)
    assert (fit.eer, fit.auc) == (0.0, 1.0)


def test_equal_eer_is_decided_by_the_auc():
    # Two attacks, two live faces; the EER is 1/2 whatever alpha_0, but with a large one the second
    # attack outscores both live faces instead of one.
    map_score, trace_score = [0.0, 0.3, 0.2, 0.4], [0.0, 0.1, 0.0, 0.0]
    fit = fit_alpha0(map_score, trace_score, [1, 1, 0, 0], grid=(0.0, 2.0))
    assert (fit.value, fit.eer, fit.auc) == (2.0, 0.5, 0.5)
    without = fit_alpha0(map_score, trace_score, [1, 1, 0, 0], grid=(0.0,))
    assert (without.eer, without.auc) == (0.5, 0.25)


def test_equal_eer_and_auc_take_the_smallest_alpha0():
    fit = fit_alpha0([0.5, 0.1], [0.2, 0.1], [1, 0], grid=(5.0, 1.0, 3.0))
    assert fit.value == 1.0


def test_error_rates_that_are_equal_on_paper_are_equal():
    # (3/5 + 3/5) / 2 and (4/5 + 2/5) / 2 differ in their last bit; the AUC decides, for 0.
    maps = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    traces = [0, 0, 1, 0, 0, 0, 1, 1, 1, 1]
    labels = [0, 1, 1, 0, 1, 1, 0, 0, 0, 1]
    fit = fit_alpha0(np.array(maps) / 8, np.array(traces) / 8, labels, grid=(0.0, 0.5, 1.0, 4.0))
    assert (fit.value, fit.eer) == (0.0, pytest.approx(0.6))


numbers = st.integers(0, 8).map(lambda k: k / 8)
faces = st.lists(st.tuples(numbers, numbers, st.booleans()), min_size=2, max_size=12).filter(
    lambda rows: len({attack for _, _, attack in rows}) == 2
)


@settings(max_examples=30)
@given(rows=faces)
def test_the_best_of_the_grid_by_exhaustive_search(rows):
    grid = (0.0, 0.5, 1.0, 4.0)  # exact in floats, so that ties are ties
    maps, traces, labels = zip(*rows, strict=True)
    fit = fit_alpha0(maps, traces, labels, grid=grid)

    def quality(alpha):
        attacks = [m + alpha * t for m, t, attack in rows if attack]
        live = [m + alpha * t for m, t, attack in rows if not attack]
        return slow_rates.eer(attacks, live)[0], -slow_rates.auc(attacks, live), alpha

    assert (fit.eer, -fit.auc, fit.value) == pytest.approx(min(map(quality, grid)))


def test_errors():
    with pytest.raises(NoSamplesError, match="attack scores"):
        fit_alpha0([0.1], [0.1], [0])
    with pytest.raises(NoSamplesError, match="live scores"):
        fit_alpha0([0.1], [0.1], [1])
    with pytest.raises(ScoreFileError, match="trace scores: expected finite numbers, got nan"):
        fit_alpha0([0.1, 0.2], [0.1, np.nan], [0, 1])
    with pytest.raises(ScoreFileError, match="got 2, 2 and 3"):
        fit_alpha0([0.1, 0.2], [0.1, 0.2], [0, 1, 1])
