"""The report as one HTML page that needs nothing else: charts inline, no script, no network."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from spooftrace.evaluation import charts
from spooftrace.evaluation.estimates.rate import BPCER, POOLED_APCER
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.table_files import is_heading
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Cell, Measured, shown

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
    report: Report,
    document: Document,
    panels: Mapping[str, str] | None = None,
    gallery: Gallery | None = None,
) -> str:
    """The page as text.

    Args:
        report: what is drawn.
        document: what is said of it.
        panels: by id of a face, its panel as a `data:` URI.
        gallery: shown first, where there is one.
    """
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            document=document,
            tiles=document.highlights,
            charts=_charts(report),
            tables=[table for table in document.tables if table.key not in _LAST],
            faces=document.table("worst-faces"),
            panels=panels or {},
            gallery=gallery,
            provenance=document.table("provenance"),
        )
    )


def comparison_page(document: Document) -> str:
    """The page of a comparison of two systems."""
    return _environment().get_template("comparison.html.j2").render(document=document)


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
    bpcer, apcer = report.pooled.estimate(BPCER), report.pooled.estimate(POOLED_APCER)
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
