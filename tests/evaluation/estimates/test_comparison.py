import json
from dataclasses import replace

import numpy as np
import pytest
from checked_latex import check_latex
from made_reports import QUICK, rich_rows
from made_tables import random_table, table

from spooftrace.errors import ScoreFileError, SplitError
from spooftrace.evaluation.estimates.clusters import choose_clusters
from spooftrace.evaluation.estimates.comparison import compare
from spooftrace.evaluation.estimates.figures import compute_figures
from spooftrace.evaluation.protocols.operating import development_threshold, oracle_threshold
from spooftrace.evaluation.scores.joining import joined
from spooftrace.evaluation.table_files import to_latex
from spooftrace.evaluation.tables import comparison as comparison_tables
from spooftrace.metrics.delong import delong
from spooftrace.metrics.paired import mcnemar
from spooftrace.metrics.thresholds import fixed_threshold

HALF = fixed_threshold(0.5, "me")
NAMES = ("a.csv", "b.csv")


def two(seed=3):
    """A system, and one that adds noise to its scores."""
    rows = random_table(400)
    noise = np.random.default_rng(seed).normal(0, 0.8, 400)
    return rows, replace(rows, score=rows.score + noise)


def run(tables, thresholds=(HALF, HALF), **more):
    return compare(tables, thresholds, NAMES, **({"options": QUICK} | more))


def test_rows_are_joined_by_id_whatever_their_order():
    first, second = two()
    order = np.random.default_rng(0).permutation(400)
    ours, theirs = joined(first, second.rows(order))
    assert (ours.id == theirs.id).all()
    assert (theirs.score == second.score).all()
    assert (ours.score == first.score).all()


def test_other_rows_are_refused_by_name():
    first, second = two()
    with pytest.raises(ScoreFileError, match=r"2 in the first that the second lacks: row0, row1$"):
        joined(first, second.rows(np.arange(2, 400)))
    with pytest.raises(
        ScoreFileError, match=r"9 in the second that the first lacks: .* and 4 more$"
    ):
        joined(first.rows(np.arange(9, 400)), second)


@pytest.mark.parametrize("column", ["label", "medium", "split"])
def test_rows_that_are_not_the_same_are_refused(column):
    first = table([0.1, 0.9], [0, 1])
    other = {
        "label": table([0.1, 0.9], [0, 0]),
        "medium": table([0.1, 0.9], [0, 1], medium=["live", "replay"]),
        "split": table([0.1, 0.9], [0, 1], split=["test", "dev"]),
    }[column]
    with pytest.raises(ScoreFileError, match=rf"same {column} for every id.* for row1 \(1 of 2"):
        joined(first, other)


def test_differences_are_those_of_the_figures():
    first, second = two()
    found = run((first, second))
    rows = first.split == "test"
    figures = []
    for system in (first, second):
        part = system.rows(rows)
        clusters, rng = choose_clusters(part), np.random.default_rng(0)
        figures.append(
            {f.key: f.value for f in compute_figures(part, 0.5, clusters, rng, QUICK.resampling)}
        )
    for key, value in figures[0].items():
        assert found.differences[key].value == pytest.approx(value - figures[1][key]), key
    between = found.differences["auc"]
    assert between.interval.interval.low <= between.value <= between.interval.interval.high
    assert between.value > 0  # noise ranks worse
    assert between.p < 0.1


def test_tests_are_those_of_the_metrics():
    first, second = two()
    found = run((first, second))
    rows = first.split == "test"
    attacks = first.is_attack[rows]
    one, other = first.score[rows], second.score[rows]
    expected = delong(one[attacks], one[~attacks], other[attacks], other[~attacks])
    assert found.auc.difference == pytest.approx(expected.auc_a - expected.auc_b)
    assert found.auc.p == expected.p
    wrong = ((one >= 0.5) != attacks, (other >= 0.5) != attacks)
    for test, kept in zip(found.decisions, (~attacks, attacks, attacks | True), strict=True):
        assert test.counts == mcnemar(wrong[0][kept], wrong[1][kept])
        assert test.exact == test.counts.exact
    assert [test.rows for test in found.decisions] == ["live", "attacks", "all"]


def test_a_system_does_not_differ_from_itself():
    first, _ = two()
    found = run((first, first))
    assert {difference.value for difference in found.differences.values()} == {0.0}
    assert all(test.counts.only_a == test.counts.only_b == 0 for test in found.decisions)
    assert all(test.exact == 1 for test in found.decisions)
    assert found.auc.difference == 0


def test_thresholds_of_the_rows_compared_on_are_an_oracles():
    first, second = two()
    own = (oracle_threshold(first, "test"), oracle_threshold(second, "test"))
    with pytest.raises(SplitError, match=r"chosen on test; .*--oracle"):
        run((first, second), own)
    found = run((first, second), own, oracle=True)
    assert found.is_oracle
    assert all(figure.is_oracle for figure in (*found.first.figures, *found.second.figures))
    shown = comparison_tables.markdown(found)
    rates = shown.split("**Rates and their differences**")[1].split("\n\n")[1].splitlines()[2:]
    assert rates
    assert all(line.count("(oracle)") == 3 for line in rates)
    with pytest.raises(SplitError, match="for both systems or for neither"):
        run((first, second), (HALF, None))


def test_each_is_judged_at_its_own_threshold():
    first, _ = two()
    shifted = replace(first, score=first.score + 10)
    thresholds = (development_threshold(first), development_threshold(shifted))
    found = run((first, shifted), thresholds)
    assert {key: d.value for key, d in found.differences.items()} == pytest.approx(
        dict.fromkeys(found.differences, 0.0)
    )


def test_without_thresholds_scores_only_rank():
    found = run(two(), (None, None))
    assert found.decisions == ()
    assert "bpcer" not in found.differences
    assert "auc" in found.differences


def test_rows_without_an_answer_are_left_out_of_both():
    rows = rich_rows()
    found = run((rows, replace(rows, answered=None, score=np.nan_to_num(rows.score))))
    test = rows.split == "test"
    assert found.live + found.attacks == np.count_nonzero(test & rows.answered)
    missing = np.count_nonzero(test & ~rows.answered)
    assert f"{missing} rows that one or both did not answer are left out" in found.notes


def test_the_forms_of_a_comparison(tmp_path):
    found = run(two())
    comparison_tables.write_comparison(found, tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    tables = {
        f"tables/{key}.{ending}"
        for key in ("differences", "mcnemar", "delong")
        for ending in ("csv", "json", "tex")
    }
    assert names == tables | {"comparison.json", "comparison.md", "comparison.html"}
    read = json.loads((tmp_path / "comparison.json").read_text("utf-8"))
    assert read["differences"]["auc"]["value"] == found.differences["auc"].value
    for made in comparison_tables.comparison_tables(found):
        check_latex(to_latex(made))
        assert made.title in (tmp_path / "comparison.html").read_text("utf-8")
    assert run(two()).to_json() == found.to_json()
