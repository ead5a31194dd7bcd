"""The report as tables: for a terminal (Rich) and for documents (Markdown). Rates in percent."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from spooftrace.evaluation.figures import Figure
from spooftrace.evaluation.report import Report, Section
from spooftrace.evaluation.table import shown

Rows = list[tuple[str, ...]]

FIGURE_HEADER = ("figure", "value", "interval", "from", "counts")
SOURCE_HEADER = ("source", "EER", "AUC", "APCER worst", "BPCER", "ACER", "TDR")
_SOURCE_KEYS = ("eer", "auc", "apcer/worst", "bpcer", "acer", "tdr@fdr=")
_TITLES = {
    "eer": "EER",
    "auc": "AUC",
    "bpcer": "BPCER",
    "acer": "ACER",
    "hter": "HTER",
    "apcer/pooled": "APCER, all attacks",
}


def terminal(report: Report) -> RenderableType:
    """The report for a Rich console."""
    pooled = report.sections[0]
    parts: list[RenderableType] = [
        *(Text(line) for line in headings(report)),
        _rich(_title(pooled), FIGURE_HEADER, figure_rows(pooled)),
    ]
    if len(report.sections) > 1:
        parts.append(_rich("per source", SOURCE_HEADER, source_rows(report, is_narrow=True)))
    for extra in report.tables:
        parts.append(_rich(extra.title, extra.columns, [tuple(map(shown, r)) for r in extra.rows]))
        parts += [Text(extra.note)] if extra.note else []
    return Group(*parts, *(Text(f"- {note}", style="dim") for note in footnotes(report)))


def markdown(report: Report) -> str:
    """The report for a document."""
    pooled = report.sections[0]
    blocks = [
        *headings(report),
        f"**{_title(pooled)}**",
        _markdown(FIGURE_HEADER, figure_rows(pooled)),
    ]
    if len(report.sections) > 1:
        blocks += ["**per source**", _markdown(SOURCE_HEADER, source_rows(report))]
    for section in report.sections[1:]:
        blocks += [f"**{_title(section)}**", _markdown(FIGURE_HEADER, figure_rows(section))]
    for extra in report.tables:
        rows = [tuple(map(shown, row)) for row in extra.rows]
        blocks += [f"**{extra.title}**", _markdown(extra.columns, rows)]
        blocks += [extra.note] if extra.note else []
    blocks.append("\n".join(f"- {note}" for note in footnotes(report)))
    return "\n\n".join(blocks) + "\n"


def headings(report: Report) -> list[str]:
    """What was judged, and by which threshold."""
    threshold = report.threshold
    if threshold is None:
        chosen = "threshold: none, so only figures that need none"
    else:
        origin = f"chosen on {threshold.split} by {threshold.rule}" if threshold.split else "stated"
        chosen = f"threshold: {threshold.value:.6g}, {origin}; {threshold.description}"
    return [f"system: {report.system}", f"rows: {report.split}", chosen]


def figure_rows(section: Section) -> Rows:
    """One row per figure, as `FIGURE_HEADER`."""
    return [
        (
            title(figure.key, section.worst_medium),
            _value(figure),
            _interval(figure),
            _origin(figure, section.cluster),
            _figure_counts(figure, section),
        )
        for figure in section.figures
    ]


def source_rows(report: Report, *, is_narrow: bool = False) -> Rows:
    """One row per section, pooled first, as `SOURCE_HEADER`: value, interval, counts in a cell.

    Behind the source's name stand its numbers of live faces and of attacks.
    Narrow cells hold these below each other and rounder intervals, for 80 columns.
    """
    rows = []
    for section in report.sections:
        cells = (_cell(section, key, is_narrow=is_narrow) for key in _SOURCE_KEYS)
        name = ("\n" if is_narrow else " ").join((section.name, f"({_sizes(section)})"))
        rows.append((name, *cells))
    return rows


def footnotes(report: Report) -> list[str]:
    """Everything that the numbers need said about them; a note of several sections once."""
    said: dict[str, list[str]] = {}
    for section in report.sections:
        for note in (*section.notes, *_reasons(section)):
            said.setdefault(note, []).append(section.name)
    level = report.options.resampling.level
    return [
        "rates in percent, AUC as a fraction",
        f"intervals: {level:.0%}, by resampling the units named, or exact "
        "(Clopper-Pearson) from counts as if rows were independent",
        *report.notes,
        *(f"{', '.join(names)}: {note}" for note, names in said.items()),
    ]


def title(key: str, worst: str | None = None) -> str:
    """What a figure is called."""
    if key.startswith("tdr@fdr="):
        return f"TDR@FDR {float(key.removeprefix('tdr@fdr=')):.2%}"
    if key == "apcer/worst":
        return f"APCER, worst ({worst})"
    return _TITLES.get(key, key.replace("apcer/", "APCER "))


def _title(section: Section) -> str:
    return f"{section.name}: {section.live} live, {_by_medium(section)}"


def _by_medium(section: Section) -> str:
    """Numbers of attacks by medium."""
    shown = (f"{count} {medium}" for medium, count in section.attacks.items())
    return ", ".join(shown) or "no attacks"


def _cell(section: Section, key: str, *, is_narrow: bool) -> str:
    """A figure of which the key may be the beginning."""
    figure = next((each for each in section.figures if each.key.startswith(key)), None)
    if figure is None:
        return "-"
    counts = "" if figure.trials is None else f"{figure.events}/{figure.trials}"
    interval = _short_interval(figure) if is_narrow else _interval(figure)
    parts = filter(None, (_value(figure), interval, counts))
    return ("\n" if is_narrow else " ").join(parts)


def _value(figure: Figure) -> str:
    return f"{figure.value:.4f}" if figure.key == "auc" else f"{100 * figure.value:.2f}"


def _interval(figure: Figure) -> str:
    interval = figure.interval
    if interval is None:
        return ""
    if figure.key == "auc":
        return f"[{interval.low:.4f}, {interval.high:.4f}]"
    return f"[{100 * interval.low:.2f}, {100 * interval.high:.2f}]"


def _short_interval(figure: Figure) -> str:
    interval = figure.interval
    if interval is None:
        return ""
    if figure.key == "auc":
        return f"{interval.low:.2f}-{interval.high:.2f}"
    return f"{100 * interval.low:.1f}-{100 * interval.high:.1f}"


def _origin(figure: Figure, unit: str) -> str:
    """What the interval shown was made of."""
    if figure.clustered.interval is not None:
        return f"{figure.clustered.clusters} x {unit}"
    return "-" if figure.exact is None else "counts"


def _figure_counts(figure: Figure, section: Section) -> str:
    if figure.trials is None:
        return _sizes(section)
    return f"{figure.events} / {figure.trials}"


def _sizes(section: Section) -> str:
    return f"{section.live} + {sum(section.attacks.values())}"


def _reasons(section: Section) -> Iterator[str]:
    """Why some figures have no interval by cluster, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for figure in section.figures:
        if figure.clustered.reason is not None:
            by_reason.setdefault(figure.clustered.reason, []).append(
                title(figure.key, section.worst_medium)
            )
    for reason, titles in by_reason.items():
        yield f"no interval by {section.cluster} for {', '.join(titles)}: {reason}"


def _rich(name: str, header: Sequence[str], rows: Rows) -> Table:
    table = Table(title=name, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, column in enumerate(header):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(header: Sequence[str], rows: Rows) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
