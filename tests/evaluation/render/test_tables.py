import io

import pytest
from made_tables import random_table, table
from rich.console import Console

from spooftrace.evaluation.estimates.figures import Resampling
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.estimates.sections import ReportOptions
from spooftrace.evaluation.protocols.operating import development_threshold
from spooftrace.evaluation.render import text as tables
from spooftrace.evaluation.tables.naming import title
from spooftrace.metrics.thresholds import fixed_threshold

QUICK = ReportOptions(resampling=Resampling(rounds=100))


@pytest.fixture(scope="module")
def report():
    rows = random_table()
    return build_report(rows, development_threshold(rows), system="toy", options=QUICK)


@pytest.fixture(scope="module")
def by_hand():
    """Ten live faces of which one is refused, ten attacks of which two pass."""
    scores = [0.1] * 9 + [0.9] + [0.2] * 2 + [0.8] * 8
    rows = table(scores, [0] * 10 + [1] * 10, medium=["live"] * 10 + ["mannequin"] * 10)
    return build_report(rows, fixed_threshold(0.5, "me"), system="toy", options=QUICK)


def printed(report, width):
    file = io.StringIO()
    Console(file=file, width=width).print(tables.terminal(report))
    return file.getvalue()


def test_figures_in_percent_with_counts(by_hand):
    rows = {row[0]: row for row in tables.figure_rows(by_hand.sections[0])}
    assert rows["BPCER"][1] == "10.00"
    assert rows["BPCER"][4] == "1 / 10"
    assert rows["APCER, worst (mannequin)"][1::3] == ("20.00", "2 / 10")
    assert rows["ACER"][1::3] == ("15.00", "10 + 10")
    # 8 of 10 attacks outscore 9 of 10 live faces and lose to one; 2 outscore 9 as well.
    assert rows["AUC"][1] == "0.9000"
    assert rows["TDR@FDR 0.50%"][1::3] == ("0.00", "0 / 10")
    assert rows["BPCER"][3] == "10 x row"


def test_what_must_be_known_of_the_intervals(by_hand):
    notes = "\n".join(tables.footnotes(by_hand))
    assert "every clip is a single row" in notes
    assert "fewer than 200 live rows" in notes


def test_counts_speak_where_draws_cannot():
    rows = table([0.1] * 9 + [0.9] * 9, [0] * 9 + [1] * 9)
    report = build_report(rows, fixed_threshold(0.5, "me"), system="toy", options=QUICK)
    shown = {row[0]: row[1:4] for row in tables.figure_rows(report.sections[0])}
    assert shown["BPCER"] == ("0.00", "[0.00, 33.63]", "counts")
    assert shown["AUC"] == ("1.0000", "", "-")
    notes = tables.footnotes(report)
    assert any(
        "no interval by row for EER, EER on the ROC convex hull, AUC" in note for note in notes
    )


def test_headings_say_where_the_threshold_came_from(report, by_hand):
    assert tables.headings(report)[2].startswith(
        f"threshold: {report.threshold.value:.6g}, chosen on dev by eer; "
    )
    assert tables.headings(by_hand)[2] == "threshold: 0.5, stated; stated by me"
    without = build_report(random_table(), None, system="toy", options=QUICK)
    assert tables.headings(without)[2] == "threshold: none, so only figures that need none"


def test_nothing_is_cut_off_at_eighty_columns(report):
    shown = printed(report, 80)
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    for section in report.sections:
        assert section.name in shown
    for row in tables.source_rows(report, is_narrow=True):
        for cell in row[1:]:
            for part in cell.split("\n"):
                assert part in shown


def test_markdown_has_every_section_whole(report):
    shown = tables.markdown(report)
    assert shown.count("| figure | value | interval | from | counts |") == 3
    assert shown.count("| source | EER | AUC | APCER worst | BPCER | ACER | TDR |") == 1
    for section in report.sections:
        for row in tables.figure_rows(section):
            assert f"| {' | '.join(row)} |" in shown
    for line in shown.splitlines():
        assert not line.startswith("|") or line.endswith("|")


def test_one_source_needs_no_second_table(by_hand):
    assert "per source" not in printed(by_hand, 100)
    assert "per source" not in tables.markdown(by_hand)


def test_a_source_without_a_figure_has_a_dash():
    rows = table([0.1, 0.9, 0.8, 0.2], [0, 1, 1, 1], database=["a", "a", "b", "b"])
    report = build_report(rows, fixed_threshold(0.5, "me"), system="toy", options=QUICK)
    source = tables.source_rows(report)[2]
    assert source[:3] == ("b (0 + 2)", "-", "-")
    assert source[3].startswith("50.00")
    assert source[3].endswith("1/2")
    assert "- b: no live rows" in printed(report, 200)


def test_a_note_of_several_sections_is_told_once(report):
    notes = tables.footnotes(report)
    assert sum("fewer than 200 live rows" in note for note in notes) == 1
    assert any(note.startswith("pooled, set0, set1: with fewer") for note in notes)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tdr@fdr=0.001", "TDR@FDR 0.10%"),
        ("apcer/pooled", "APCER, all attacks"),
        ("apcer/half_mask", "APCER half_mask"),
        ("hter", "HTER"),
        ("bpcer@apcer=0.05", "BPCER20"),
        ("apcer@potential=moderate", "APCER up to moderate"),
    ],
)
def test_titles(key, expected):
    assert title(key) == expected
