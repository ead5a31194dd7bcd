import json
import re
from dataclasses import replace

import numpy as np
import pytest
from checked_latex import check_latex
from made_reports import QUICK, rich_rows
from made_tables import random_table, table

from spooftrace.errors import ScoreFileError, SplitError
from spooftrace.evaluation.estimates.clusters import choose_clusters
from spooftrace.evaluation.estimates.comparison import compare
from spooftrace.evaluation.estimates.curves import curves_of
from spooftrace.evaluation.estimates.rate import AUC, BPCER
from spooftrace.evaluation.estimates.rates import rates_of
from spooftrace.evaluation.protocols.operating import development_threshold, oracle_threshold
from spooftrace.evaluation.render.files import write_comparison
from spooftrace.evaluation.render.latex import latex_table
from spooftrace.evaluation.render.markdown import markdown
from spooftrace.evaluation.scores.joining import joined
from spooftrace.evaluation.tables.comparison import comparison_document, comparison_json
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


def by_rate(found):
    return {each.rate: each.between for each in found.differences}


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
    values = []
    for system in (first, second):
        part = system.rows(rows)
        values.append(rates_of(part, 0.5, choose_clusters(part), is_brief=True).point_estimates())
    assert [each.rate for each in found.differences] == list(values[0])
    for rate, between in by_rate(found).items():
        assert between.value == pytest.approx(values[0][rate] - values[1][rate]), rate
    between = by_rate(found)[AUC]
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
    assert {each.between.value for each in found.differences} == {0.0}
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
    assert all(figure.is_oracle for figure in (*found.first.estimates, *found.second.estimates))
    shown = markdown(comparison_document(found))
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
    assert [each.between.value for each in found.differences] == pytest.approx(
        [0.0] * len(found.differences)
    )


def test_without_thresholds_scores_only_rank():
    found = run(two(), (None, None))
    assert found.decisions == ()
    assert BPCER not in by_rate(found)
    assert AUC in by_rate(found)


def test_rows_without_an_answer_are_left_out_of_both():
    rows = rich_rows()
    found = run((rows, replace(rows, answered=None, score=np.nan_to_num(rows.score))))
    test = rows.split == "test"
    assert found.live + found.attacks == np.count_nonzero(test & rows.answered)
    missing = np.count_nonzero(test & ~rows.answered)
    assert f"{missing} rows that one or both did not answer are left out" in found.notes


def test_the_forms_of_a_comparison(tmp_path):
    found = run(two())
    write_comparison(found, tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    tables = {
        f"tables/{key}.{ending}"
        for key in ("differences", "mcnemar", "delong", "glossary")
        for ending in ("csv", "json", "tex")
    }
    assert names == tables | {"comparison.json", "comparison.md", "comparison.html"}
    read = json.loads((tmp_path / "comparison.json").read_text("utf-8"))
    kinds = {each["rate"]["kind"]: each["between"]["value"] for each in read["differences"]}
    assert kinds["auc"] == by_rate(found)[AUC].value
    for made in comparison_document(found).tables:
        check_latex(latex_table(made))
        assert made.title in (tmp_path / "comparison.html").read_text("utf-8")
    assert comparison_json(run(two())) == comparison_json(found)


def test_both_curves_are_those_of_the_systems_alone():
    first, second = two()
    found = run((first, second))
    for judged, rows in ((found.first, first), (found.second, second)):
        test = rows.rows(rows.split == "test")
        rng = np.random.default_rng(QUICK.seed)
        clusters = choose_clusters(test, QUICK.cluster)
        alone = curves_of(test, clusters, None, "", rng, QUICK.resampling.level)
        assert judged.errors == alone.errors
    assert found.first.errors != found.second.errors
    attacks = table([0.2, 0.9], [1, 1])
    assert run((attacks, attacks)).first.errors is None


def test_the_page_draws_both_curves_over_each_other(tmp_path):
    write_comparison(run(two()), tmp_path)
    html = (tmp_path / "comparison.html").read_text("utf-8")
    drawn = re.findall(r'<svg role="img" aria-label="([^"]+)"', html)
    assert [title.partition(":")[0] for title in drawn] == ["ROC", "DET"]
    for title in drawn:
        assert re.search(r"at the threshold of A BPCER .* at the threshold of B BPCER ", title)
    # A legend in each drawing.
    assert [html.count(f">{name}</text>") for name in "AB"] == [2, 2]
    assert "Dots: operating points." in html
