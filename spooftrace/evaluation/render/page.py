"""The report as one HTML page that needs nothing else: charts inline, no script, no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.render.charts import Chart, charts_of, point_of
from spooftrace.evaluation.render.text import visible
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Measured, is_heading, shown

if TYPE_CHECKING:
    from jinja2 import Environment

_LAST = ("worst-faces", "glossary", "provenance")
"""Tables that have a place of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """One picture of a panel."""

    uri: str
    """The picture as a `data:` URI."""
    name: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What a detector saw in one face."""

    caption: str
    decision: str
    """"live" or "spoof"."""
    headline: str
    """Its score beside the threshold."""
    squares: tuple[Square, ...]
    words: str = ""
    """What was measured, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Panels that stand before all figures, and what must be said of them."""

    title: str
    sentences: tuple[str, ...]
    panels: tuple[Panel, ...]


def page(
    report: Report,
    document: Document,
    panels: Mapping[str, Panel] | None = None,
    gallery: Gallery | None = None,
) -> str:
    """The page as text.

    Args:
        report: what is drawn.
        document: what is said of it.
        panels: by id of a face.
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
            glossary=document.table("glossary"),
            provenance=document.table("provenance"),
        )
    )


def comparison_page(document: Document, charts: Sequence[Chart] = ()) -> str:
    """The page of a comparison of two systems, with the curves of both."""
    return (
        _environment()
        .get_template("comparison.html.j2")
        .render(
            document=document,
            charts=charts,
            tables=[table for table in document.tables if table.key not in _LAST],
            glossary=document.table("glossary"),
            provenance=document.table("provenance"),
        )
    )


def _environment() -> "Environment":
    from jinja2 import DictLoader, Environment, StrictUndefined

    folder = files("spooftrace.evaluation.render") / "templates"
    found = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}
    environment = Environment(
        loader=DictLoader(found),
        autoescape=True,
        finalize=_as_data,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    environment.tests["measured"] = lambda cell: isinstance(cell, Measured)
    environment.tests["heading"] = is_heading
    return environment


def _as_data(value: object) -> object:
    """Every text that a template shows, with what cannot be seen made visible."""
    from markupsafe import Markup

    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _charts(report: Report) -> list[Chart]:
    if report.curves is None:
        return []
    threshold = None if report.threshold is None else report.threshold.value
    return charts_of(
        report.curves, threshold, point_of(report.pooled.estimates), report.pooled.cluster
    )
