"""The report as one HTML page that needs nothing else: charts inline, no script, no network."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from spooftrace.evaluation import charts
from spooftrace.evaluation.estimates.figures import Figure
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.render.text import ORACLE_WARNING, footnotes, headings
from spooftrace.evaluation.table_files import is_heading
from spooftrace.evaluation.tables.naming import measured
from spooftrace.evaluation.tables.published import published_tables
from spooftrace.evaluation.tables.report import report_tables
from spooftrace.evaluation.tables.table import Cell, Measured, Table, shown
from spooftrace.evaluation.tables.verdict import caption, cautions, headlines, verdict

if TYPE_CHECKING:
    from jinja2 import Environment

_LAST = ("worst-faces", "provenance")
"""Tables that have a place of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of a gallery."""

    caption: str
    uri: str
    """The picture as a `data:` URI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Pictures that stand before all figures, and what must be said of them."""

    title: str
    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]


def page(
    report: Report, panels: Mapping[str, str] | None = None, gallery: Gallery | None = None
) -> str:
    """The page as text.

    Args:
        report: what is shown.
        panels: by id of a face, its panel as a `data:` URI.
        gallery: shown first, where there is one.
    """
    by_key = {table.key: table for table in report_tables(report)}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            warning=ORACLE_WARNING if report.is_oracle else "",
            headings=[line for line in headings(report) if line != ORACLE_WARNING],
            verdict=verdict(report),
            cautions=list(cautions(report)),
            tiles=[_tile(figure) for figure in headlines(report)],
            charts=_charts(report),
            tables=[table for key, table in by_key.items() if key not in _LAST],
            faces=by_key.get("worst-faces"),
            panels=panels or {},
            gallery=gallery,
            provenance=by_key["provenance"],
            published=published_tables(report),
            notes=footnotes(report),
        )
    )


def comparison_page(title: str, sentences: list[str], tables: list[Table], notes: list[str]) -> str:
    """The page of a comparison of two systems."""
    template = _environment().get_template("comparison.html.j2")
    return template.render(title=title, sentences=sentences, tables=tables, notes=notes)


def _environment() -> "Environment":
    from jinja2 import DictLoader, Environment, StrictUndefined

    folder = files("spooftrace.evaluation") / "templates"
    found = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}
    environment = Environment(
        loader=DictLoader(found),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    environment.tests["measured"] = _is_measured
    environment.tests["heading"] = is_heading
    return environment


def _is_measured(cell: Cell) -> bool:
    return isinstance(cell, Measured)


def _tile(figure: Figure) -> dict[str, object]:
    """One figure in large print."""
    cell = measured(figure)
    return {"name": caption(figure), "cell": cell, "unit": " %" if cell.is_share else ""}


def _charts(report: Report) -> list[tuple[str, str, str]]:
    """Title, drawing and caption of every chart."""
    curves = report.curves
    if curves is None:
        return []
    value = None if report.threshold is None else report.threshold.value
    drawn = [
        (
            "Scores",
            charts.histograms(curves.histogram, value),
            "Rows per bin, each row of the chart scaled to its own highest bin.",
        )
    ]
    if curves.errors is not None:
        point = _point(report)
        said = _band_words(report)
        drawn.append(("ROC", charts.roc(curves.errors, point), said))
        drawn.append(("DET", charts.det(curves.errors, point), "The same on normal deviate axes."))
    if curves.reliability:
        words = f"Probabilities: {curves.probabilities}. Whiskers: exact intervals from counts."
        drawn.append(("Reliability", charts.reliability(curves.reliability), words))
    return drawn


def _point(report: Report) -> tuple[float, float] | None:
    bpcer, apcer = report.pooled.figure("bpcer"), report.pooled.figure("apcer/pooled")
    return (bpcer.value, apcer.value) if bpcer is not None and apcer is not None else None


def _band_words(report: Report) -> str:
    curves, unit = report.curves, report.pooled.cluster
    assert curves is not None
    assert curves.errors is not None
    if curves.errors.low is None:
        return "All attacks pooled. No band: too few to resample."
    level = f"{curves.errors.level:.0%}"
    dot = " The dot is the operating point." if report.threshold is not None else ""
    return f"All attacks pooled; {level} band, pointwise, by resampling each {unit}.{dot}"
