"""The report as tables: for a terminal (Rich) and for documents (Markdown). Rates in percent."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from spooftrace.evaluation.estimates.figures import Figure
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.estimates.sections import Section
from spooftrace.evaluation.tables.naming import (
    PLAIN,
    counts,
    heading,
    measured,
    origin,
    sizes,
    title,
)
from spooftrace.evaluation.tables.report import GROUP_TITLES, groupings
from spooftrace.evaluation.tables.table import ORACLE, Table, shown
from spooftrace.metrics.intervals import rule_of_three

Rows = list[tuple[str, ...]]

FIGURE_HEADER = ("figure", "value", "interval", "from", "counts")
SOURCE_HEADER = ("source", "EER", "AUC", "APCER worst", "BPCER", "ACER", "TDR")
ORACLE_WARNING = (
    "ORACLE: the threshold was chosen on the very rows reported on, before which nobody has it. "
    "Every figure is marked (oracle): what could be reached at best, not what users would see."
)
_SOURCE_KEYS = ("eer", "auc", "apcer/worst", "bpcer", "acer", "tdr@fdr=")


def terminal(report: Report) -> RenderableType:
    """The report for a Rich console."""
    pooled = report.pooled
    parts: list[RenderableType] = [
        *(Text(line) for line in headings(report)),
        _rich(heading(pooled), FIGURE_HEADER, figure_rows(pooled)),
    ]
    for name in groupings(report):
        rows = source_rows(report, name, is_narrow=True)
        parts.append(_rich(f"per {_called(name)}", _header(name), rows))
    parts += map(rich_table, report.tables)
    return Group(*parts, *(Text(f"- {note}", style="dim") for note in footnotes(report)))


def markdown(report: Report) -> str:
    """The report for a document."""
    pooled = report.pooled
    blocks = [
        *headings(report),
        f"**{heading(pooled)}**",
        _markdown(FIGURE_HEADER, figure_rows(pooled)),
    ]
    for name in groupings(report):
        rows = source_rows(report, name)
        blocks += [f"**per {_called(name)}**", _markdown(_header(name), rows)]
    for section in report.sections[1:]:
        blocks += [f"**{heading(section)}**", _markdown(FIGURE_HEADER, figure_rows(section))]
    blocks += map(markdown_table, report.tables)
    blocks.append("\n".join(f"- {note}" for note in footnotes(report)))
    return "\n\n".join(blocks) + "\n"


def rich_table(table: Table) -> RenderableType:
    """Any table for a Rich console: what belongs to a number stands below it."""
    rows = [tuple(shown(cell, "\n") for cell in row) for row in table.rows]
    return Group(_rich(table.title, table.columns, rows), Text(table.note, style="dim"))


def markdown_table(table: Table) -> str:
    """Any table for a document."""
    rows = [tuple(map(shown, row)) for row in table.rows]
    blocks = [f"**{table.title}**", _markdown(table.columns, rows), table.note]
    return "\n\n".join(filter(None, blocks))


def headings(report: Report) -> list[str]:
    """What was judged, and by which threshold."""
    threshold = report.threshold
    if threshold is None:
        chosen = "threshold: none, so only figures that need none"
    else:
        origin = f"chosen on {threshold.split} by {threshold.rule}" if threshold.split else "stated"
        chosen = f"threshold: {threshold.value:.6g}, {origin}; {threshold.description}"
    warning = [ORACLE_WARNING] if report.is_oracle else []
    return [*warning, f"system: {report.system}", f"rows: {report.split}", chosen]


def figure_rows(section: Section) -> Rows:
    """One row per figure, as `FIGURE_HEADER`."""
    return [
        (
            title(figure.key, figure.of),
            _value(figure),
            measured(figure).interval_text(),
            origin(figure, section.cluster),
            counts(figure, section),
        )
        for figure in section.figures
    ]


def source_rows(report: Report, grouping: str = "database", *, is_narrow: bool = False) -> Rows:
    """One row per group, pooled first, as `SOURCE_HEADER`: value, interval, counts in a cell.

    Behind the source's name stand its numbers of live faces and of attacks.
    Narrow cells hold these below each other and rounder intervals, for 80 columns.
    """
    rows = []
    keys = [*_SOURCE_KEYS[:-1], f"{_SOURCE_KEYS[-1]}{report.options.resampling.fdr:g}"]
    for section in (report.pooled, *(s for s in report.sections if s.grouping == grouping)):
        cells = (_cell(section, key, is_narrow=is_narrow) for key in keys)
        name = ("\n" if is_narrow else " ").join((section.name, f"({sizes(section)})"))
        rows.append((name, *cells))
    return rows


def footnotes(report: Report) -> list[str]:
    """Everything that the numbers need said about them; a note of several sections once."""
    said: dict[str, list[str]] = {}
    level = report.options.resampling.level
    for section in report.sections:
        reasons = _reasons(section) if section.grouping is None else ()
        for note in (*section.notes, *zero_errors(section, level), *reasons):
            said.setdefault(note, []).append(section.name)
    return [
        "rates in percent, AUC and ECE as fractions",
        f"intervals: {level:.0%}, by resampling the units named, or exact "
        "(Clopper-Pearson) from counts as if rows were independent",
        *report.notes,
        *(f"{', '.join(names)}: {note}" for note, names in said.items()),
    ]


def _cell(section: Section, key: str, *, is_narrow: bool) -> str:
    figure = section.figure(key)
    if figure is None:
        return "-"
    counted = "" if figure.trials is None else f"{figure.events}/{figure.trials}"
    interval = _short_interval(figure) if is_narrow else measured(figure).interval_text()
    parts = filter(None, (_value(figure), interval, counted))
    return ("\n" if is_narrow else " ").join(parts)


def _value(figure: Figure) -> str:
    cell = measured(figure)
    return f"{cell.number(cell.value)} {ORACLE}" if cell.is_oracle else cell.number(cell.value)


def _short_interval(figure: Figure) -> str:
    interval = figure.interval
    if interval is None:
        return ""
    if figure.key in PLAIN:
        return f"{interval.low:.2f}-{interval.high:.2f}"
    return f"{100 * interval.low:.1f}-{100 * interval.high:.1f}"


def zero_errors(section: Section, level: float) -> Iterator[str]:
    """The rule of three for error rates of which no error was seen; of groups the main two."""
    main = None if section.grouping is None else ("apcer/worst", "bpcer")
    for figure in section.figures:
        is_told = figure.is_error and not figure.of if main is None else figure.key in main
        if is_told and figure.events == 0 and figure.trials:
            yield f"{title(figure.key)}: {rule_of_three(figure.trials, level=level)}"


def _called(grouping: str) -> str:
    return GROUP_TITLES.get(grouping, grouping)


def _header(grouping: str) -> tuple[str, ...]:
    return (_called(grouping), *SOURCE_HEADER[1:])


def _reasons(section: Section) -> Iterator[str]:
    """Why some figures have no interval by cluster, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for figure in section.figures:
        if figure.clustered.reason is not None:
            by_reason.setdefault(figure.clustered.reason, []).append(title(figure.key, figure.of))
    for reason, titles in by_reason.items():
        yield f"no interval by {section.cluster} for {', '.join(titles)}: {reason}"


def _rich(name: str, header: Sequence[str], rows: Rows) -> RichTable:
    table = RichTable(title=name, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, column in enumerate(header):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(header: Sequence[str], rows: Rows) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
