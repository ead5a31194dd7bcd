import importlib.util
from pathlib import Path

import numpy as np
import pytest

TOOL = Path(__file__).parents[3] / "tools" / "people_statistics.py"


@pytest.fixture(scope="module")
def statistics():
    spec = importlib.util.spec_from_file_location("people_statistics", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rank_two(rng, rows=60, columns=40):
    return rng.normal(size=(rows, 2)) @ rng.normal(size=(2, columns)) + 5


def test_missing_entries_of_a_plane_are_found_again(statistics):
    rng = np.random.default_rng(0)
    rows = rank_two(rng)
    seen = rng.random(rows.shape) > 0.15
    filled = statistics.completed(np.where(seen, rows, 0), seen, rank=2, rounds=200)
    np.testing.assert_array_equal(filled[seen], rows[seen])
    assert np.abs(filled - rows)[~seen].max() < 0.05


def test_components_and_scores_give_the_rows_again(statistics):
    rows = rank_two(np.random.default_rng(1))
    mean, basis, scores = statistics.components(rows, 2)
    np.testing.assert_allclose(mean + scores @ basis, rows, atol=1e-9)
    np.testing.assert_allclose(scores.std(axis=0, ddof=1), 1)
    np.testing.assert_allclose(basis @ basis.T, np.diag(np.diag(basis @ basis.T)), atol=1e-9)


def test_quantised_components_are_right_to_half_a_step(statistics):
    basis = np.random.default_rng(2).normal(size=(3, 50))
    kept = statistics.quantised("shape", np.zeros(50), basis)
    again = kept["shape_basis"] * kept["shape_scale"][:, None]
    step = np.abs(basis).max(axis=1, keepdims=True) / 127
    assert (np.abs(again - basis) <= step * 0.501).all()


def test_groups_and_spread_together_have_the_variance_of_the_scores(statistics):
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(200, 12))
    rows[:100, 0] += 8
    groups, spread = statistics.joint([rows[:, :5], rows[:, 5:9], rows[:, 9:]])
    assert groups.shape[1] == 12
    assert len(groups) <= statistics.GROUPS
    within = spread @ spread.T
    assert within[0, 0] < 2.0
    assert np.ptp(groups[:, 0]) > 6
    np.testing.assert_allclose(spread, np.tril(spread))
