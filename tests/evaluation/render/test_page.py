import re
import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import pytest
from made_reports import EXTRA, rich_document, rich_report
from made_tables import table
from PIL import Image

from spooftrace.evaluation.estimates.rate import BPCER, Kind
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.render.page import Panel, Square, page
from spooftrace.evaluation.tables.document import ORACLE_WARNING
from spooftrace.evaluation.tables.naming import measured
from spooftrace.evaluation.tables.report import report_document
from spooftrace.metrics.intervals import rule_of_three
from spooftrace.metrics.thresholds import fixed_threshold

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
QUIET += "--disable-background-networking --disable-component-update --disable-sync"


@pytest.fixture(scope="module")
def report():
    return rich_report()


@pytest.fixture(scope="module")
def html(report):
    square = Square(uri=f"data:image/webp;base64,{'A' * 40}", name="I  input", detail="256 px")
    panel = Panel(
        caption="a face",
        decision="spoof",
        headline="score 0.7 >= threshold 0.5",
        squares=(square,) * 10,
        words="Colder than a face.",
    )
    return page(report, rich_document(), {report.faces[0].id: panel})


def tree(html):
    """The page read as XML, which refuses what is not well-formed."""
    return ElementTree.fromstring(html.replace("<!DOCTYPE html>", ""))


def words(element):
    return " ".join("".join(element.itertext()).split())


def test_the_page_is_well_formed_and_holds_everything(report, html):
    root = tree(html)
    titles = [words(heading) for heading in root.iter("h2")]
    for made in rich_document().tables:
        assert made.title in titles
    assert EXTRA.title in titles
    assert [words(heading) for heading in root.iterfind(".//figure/h3")] == [
        "Scores",
        "ROC",
        "DET",
        "Reliability",
    ]
    assert len(list(root.iter("svg"))) == 4
    assert words(root.find(".//h1")) == "a <toy> & more"
    assert "no statement of conformity" in html


def test_the_page_needs_nothing_from_elsewhere(html):
    root = tree(html)
    for element in root.iter():
        assert element.tag not in ("script", "link", "iframe", "object", "embed", "base")
        for name, value in element.attrib.items():
            assert not re.match(r"(?i)\s*(https?:)?//", value), (element.tag, name, value)
            assert not name.startswith("on")
    assert "url(" not in html.replace("url(#", "")  # parts of the same drawing
    assert "@import" not in html
    assert [image.get("src")[:16] for image in root.iter("img")] == ["data:image/webp;"] * 10


def test_a_panel_is_squares_with_their_words_below(report, html):
    (panel,) = tree(html).iter("article")
    face = report.faces[0]
    assert words(panel.find("h3")).startswith(f"spoof {face.id}: {face.label}")
    assert [words(each) for each in panel.iter("figcaption")] == ["I input 256 px"] * 10
    assert panel.find("div").get("style") == "--columns: 5"
    assert [words(each) for each in panel.iterfind("p")] == [
        "score 0.7 >= threshold 0.5",
        "Colder than a face.",
    ]


def test_the_words_of_the_report_are_explained_last(report, html):
    """Those of the rates that stand in it, and no others."""
    last, provenance = [
        [words(row.find("td")) for row in element.iter("tr") if row.find("td") is not None]
        for element in tree(html).iter("table")
        if element.get("class") == "words"
    ]
    assert last[:2] == ["presentation", "live, bona fide"]
    there = {each.rate.kind for each in report.pooled.estimates}
    assert {Kind.APCER, Kind.BPNRR, Kind.RIAPAR} <= there
    assert len(last) == 7 + len(there)
    assert "system" in provenance
    simple = build_report(table([0.1, 0.9], [0, 1]), None, system="toy")
    listed = [row[0] for row in report_document(simple).table("glossary").rows]
    assert "EER" in listed
    assert not {"APCER", "RIAPAR"} & set(listed)


def test_every_rate_on_the_page_is_the_reports_with_interval_and_counts(report, html):
    rows = {}
    for element in tree(html).iter("tr"):
        cells = [words(cell) for cell in element.iter("td")]
        rows.setdefault(cells[0] if cells else "", cells)
    for each in report.pooled.estimates:
        if each.rate.kind is Kind.APCER and each.rate.species:
            cell = measured(each)
            said = f"{100 * each.value:.2f} {cell.interval_text()} {cell.counts_text()}"
            assert rows[each.rate.species][2] == said
    bpcer = report.pooled.estimate(BPCER)
    said = f"{measured(bpcer).interval_text()} {bpcer.events} / {bpcer.trials}"
    assert rows["BPCER"][1] == f"{100 * bpcer.value:.2f} {said}"
    for each in report.pooled.estimates:
        assert each.trials is None or each.interval is not None, each.rate


def test_an_oracle_is_marked_at_every_rate():
    html = page(rich_report(oracle=True), rich_document(oracle=True))
    root = tree(html)
    assert ORACLE_WARNING in words(root.find(".//main"))
    tables = [each for each in root.iter("table") if each.get("class") != "words"]
    for element in (row for each in tables for row in each.iter("tr")):
        cells = [words(cell) for cell in element.iter("td")]
        if len(cells) > 1 and re.match(r"APCER|BPCER|ACER|EER|HTER|AUC|TDR", cells[0]):
            assert "oracle" in cells[1], cells
    tiles = [each for each in root.iter("div") if each.get("class") == "value"]
    assert len(tiles) == 6
    assert all("oracle" in words(tile) for tile in tiles)
    assert 'class="mark"' not in page(rich_report(), rich_document())


def test_no_error_seen_is_no_error_rate_of_zero():
    rows = table([0.1] * 150 + [0.9] * 60, [0] * 150 + [1] * 60)
    report = build_report(rows, fixed_threshold(0.5, "me"), system="toy")
    shown = words(tree(page(report, report_document(report))).find(".//main"))
    for count, what in ((150, "BPCER"), (60, "APCER print")):
        assert f"{what}: {rule_of_three(count)}" in shown


def test_no_error_in_two_rows_each_of_forty_people_is_forty_trials():
    people = [f"person {number // 2}" for number in range(160)]
    rows = table([0.1] * 80 + [0.9] * 80, [0] * 80 + [1] * 80, subject=people)
    report = build_report(rows, fixed_threshold(0.5, "me"), system="toy")
    shown = words(tree(page(report, report_document(report))).find(".//main"))
    for what in ("BPCER", "APCER print"):
        assert f"{what}: {rule_of_three(80, clusters=40, unit='subject')}" in shown


def test_reports_without_curves_or_threshold_are_pages_too():
    attacks = table([0.2, 0.9], [1, 1])
    report = build_report(attacks, fixed_threshold(0.5, "me"), system="toy")
    shown = tree(page(report, report_document(report)))
    assert [words(heading) for heading in shown.iter("h3")] == ["Scores"]
    unjudged = build_report(table([0.1, 0.9], [0, 1]), None, system="toy")
    assert "No verdict" in words(tree(page(unjudged, report_document(unjudged))))


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
@pytest.mark.parametrize("width", [1400, 500])  # Chromium opens no narrower window
@pytest.mark.parametrize("is_dark", [False, True])
def test_the_page_in_a_browser(html, tmp_path, width, is_dark):
    """Drawn to the edge of the window and no further, on paper of the scheme asked for."""
    (tmp_path / "report.html").write_text(html, "utf-8")
    scheme = ["--blink-settings=preferredColorScheme=0"] if is_dark else []
    command = [CHROMIUM, *QUIET.split(), *scheme, f"--user-data-dir={tmp_path / 'profile'}"]
    command += [f"--window-size={width},1600", f"--screenshot={tmp_path / 'page.png'}"]
    command.append((tmp_path / "report.html").as_uri())
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    drawn = np.asarray(Image.open(tmp_path / "page.png").convert("RGB"))
    assert drawn.shape[1] == width
    paper = (20, 22, 26) if is_dark else (255, 255, 255)
    assert tuple(drawn[4, 4]) == tuple(drawn[4, -4]) == paper
    assert not (drawn[:, -8:] != drawn[4, 4]).any()  # nothing reaches into the margin
    assert (drawn != drawn[4, 4]).any(axis=2).mean() > 0.03
