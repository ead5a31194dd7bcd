import io
import re
from dataclasses import replace

import pytest
from made_reports import EXTRA, rich_report
from made_tables import random_table, table
from rich.console import Console

from spooftrace.evaluation.estimates.estimate import ReportOptions, Resampling
from spooftrace.evaluation.estimates.rate import (
    EER_ON_HULL,
    FRR,
    HTER,
    POOLED_APCER,
    WORST_APCER,
    Kind,
    Over,
    Rate,
    bpcer_at_apcer,
    tdr_at_fdr,
)
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.protocols.operating import development_threshold
from spooftrace.evaluation.render.markdown import markdown
from spooftrace.evaluation.render.terminal import terminal
from spooftrace.evaluation.tables.glossary import glossary
from spooftrace.evaluation.tables.naming import title
from spooftrace.evaluation.tables.report import report_document, summary_document
from spooftrace.evaluation.tables.table import shown
from spooftrace.metrics.thresholds import fixed_threshold

QUICK = ReportOptions(resampling=Resampling(rounds=100))


def build(rows, threshold):
    return build_report(rows, threshold, system="toy", options=QUICK)


@pytest.fixture(scope="module")
def report():
    rows = random_table()
    return build(rows, development_threshold(rows))


@pytest.fixture(scope="module")
def by_hand():
    """Ten live faces of which one is refused, ten attacks of which two pass."""
    scores = [0.1] * 9 + [0.9] + [0.2] * 2 + [0.8] * 8
    rows = table(scores, [0] * 10 + [1] * 10, medium=["live"] * 10 + ["mannequin"] * 10)
    return build(rows, fixed_threshold(0.5, "me"))


def rates_of(document, key="rates"):
    return {row[0]: row[1:] for row in document.table(key).rows}


def test_rates_in_percent_with_counts(by_hand):
    rows = rates_of(report_document(by_hand))
    assert shown(rows["BPCER"][0]).startswith("10.00 [")
    assert shown(rows["BPCER"][0]).endswith("] (1 / 10)")
    assert rows["APCER, worst (mannequin)"][0].counts_text() == "2 / 10"
    assert rows["ACER"][0].value == pytest.approx(0.15)
    assert {row[1] for row in rows.values()} == {"10 + 10"}
    # 8 of 10 attacks outscore 9 of 10 live faces and lose to one; 2 outscore 9 as well.
    assert shown(rows["AUC"][0]).startswith("0.9000")
    assert rows["TDR@FDR 0.50%"][0].counts_text() == "0 / 10"
    assert rows["BPCER"][2] == "10 x row"


def test_counts_speak_where_draws_cannot():
    rows = table([0.1] * 9 + [0.9] * 9, [0] * 9 + [1] * 9)
    document = report_document(build(rows, fixed_threshold(0.5, "me")))
    found = rates_of(document)
    assert (shown(found["BPCER"][0]), found["BPCER"][2]) == ("0.00 [0.00, 33.63] (0 / 9)", "counts")
    assert (shown(found["AUC"][0]), found["AUC"][2]) == ("1.0000", "-")
    assert any(
        "no interval by row for EER, EER on the ROC convex hull, AUC" in note
        for note in document.notes
    )


def test_what_must_be_known_of_the_intervals(by_hand):
    notes = "\n".join(report_document(by_hand).notes)
    assert "every clip is a single row" in notes
    assert "fewer than 200 live rows" in notes


def test_headings_say_where_the_threshold_came_from(report, by_hand):
    chosen = report_document(report).headings[2]
    assert chosen.startswith(f"threshold: {report.threshold.value:.6g}, chosen on dev by eer; ")
    assert report_document(by_hand).headings[2] == "threshold: 0.5, stated; stated by me"
    without = report_document(build(random_table(), None))
    assert without.headings[2] == "threshold: none, so only rates that need none"


def test_every_table_of_a_report_that_knows_everything():
    document = report_document(rich_report(), [EXTRA])
    assert [made.key for made in document.tables] == [
        "species",
        "attack-potentials",
        "rates",
        "by-database",
        "rates-by-database",
        "by-device",
        "rates-by-device",
        "by-skin-type",
        "rates-by-skin-type",
        "trace-accuracy",
        "worst-faces",
        "glossary",
        "provenance",
    ]
    summary = [made.key for made in summary_document(rich_report(), [EXTRA]).tables]
    assert summary == ["rates", "by-database", "by-device", "by-skin-type", "trace-accuracy"]


def test_groups_stand_below_all_rows_and_every_rate_of_theirs_is_told(report):
    main = report_document(report).table("by-database")
    assert [row[0] for row in main.rows] == ["pooled", "set0", "set1"]
    assert main.columns[:5] == ("source", "live", "attacks", "EER", "AUC")
    every = report_document(report).table("rates-by-database").rows
    for section in report.sections[1:]:
        told = [row[2].value for row in every if row[0] == section.name]
        assert told == [each.value for each in section.estimates]


def test_a_group_without_a_rate_has_no_number():
    rows = table([0.1, 0.9, 0.8, 0.2], [0, 1, 1, 1], database=["a", "a", "b", "b"])
    document = report_document(build(rows, fixed_threshold(0.5, "me")))
    row = document.table("by-database").rows[2]
    assert row[:5] == ("b", 0, 2, None, None)
    assert (row[5].value, row[5].counts_text()) == (0.5, "1 / 2")
    assert any(note.startswith("b: no live rows") for note in document.notes)


def test_one_source_needs_no_second_table(by_hand):
    assert report_document(by_hand).table("by-database") is None


def test_groupings_whose_names_differ_in_signs_alone_have_files_of_their_own():
    rows = random_table()
    groups = {"skin type": rows.database, "skin-type": rows.database, "age": rows.database}
    found = build(replace(rows, groups=groups), fixed_threshold(0.5, "me"))
    keys = [made.key for made in report_document(found).tables if made.key.startswith("by-")]
    assert keys == ["by-database", "by-skin-type-1", "by-skin-type-2", "by-age"]


def test_a_note_of_several_sections_is_told_once(report):
    notes = report_document(report).notes
    assert sum("fewer than 200 live rows" in note for note in notes) == 1
    assert any(note.startswith("pooled, set0, set1: with fewer") for note in notes)


NAMES = ("x[/y]", "cam[back]", "cam[front]", "a|b", "[bold red]", "{%", r"\textbf{", '<i>"&')


def test_names_are_data_whatever_signs_they_hold():
    """A group named like markup is told as it is, on a terminal and in Markdown."""
    count = len(NAMES)
    rows = table(
        [0.1, 0.9] * count,
        [0, 1] * count,
        database=[name for name in NAMES for _ in range(2)],
        device=["cam[back]", "cam[front]"] * count,
    )
    document = report_document(build(rows, fixed_threshold(0.5, "me")))
    file = io.StringIO()
    Console(file=file, width=300).print(terminal(document))
    written = markdown(document)
    for name in NAMES:
        assert name in file.getvalue()
        assert re.sub(r"([\[\]|*<>`&$~])", r"\\\1", name) in written


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (tdr_at_fdr(0.001), "TDR@FDR 0.10%"),
        (POOLED_APCER, "APCER, pooled"),
        (WORST_APCER, "APCER, worst"),
        (Rate(Kind.APCER, species="half_mask"), "APCER half_mask"),
        (HTER, "HTER"),
        (FRR, "FRR, whole system"),
        (EER_ON_HULL, "EER on the ROC convex hull"),
        (bpcer_at_apcer(0.05), "BPCER20"),
        (Rate(Kind.APCER, Over.WORST, potential="moderate"), "APCER up to moderate"),
    ],
)
def test_titles(rate, expected):
    assert title(rate) == expected


def test_titles_name_the_worst_species():
    assert title(WORST_APCER, "print") == "APCER, worst (print)"
    assert title(bpcer_at_apcer(0.1), "print") == "BPCER10 (print)"


def test_every_kind_of_rate_has_a_meaning():
    rows = glossary(Kind).rows
    assert len({word for word, _ in rows}) == len(rows) == 7 + len(Kind)
    assert all(meaning.strip() == meaning and meaning for _, meaning in rows)
