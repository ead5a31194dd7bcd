"""What a study of one detector found, as files: tables (CSV, JSON, Markdown) and one figure."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.errors import ConfigError
from spooftrace.evaluation.tables.table import Cell, Measured, Table, shown
from spooftrace.experiments.results import Results, markdown
from spooftrace.experiments.results import Table as ResultTable
from spooftrace.version import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Tables, and what a reader must know of them."""

    name: str
    """Of the files: `NAME.json`, `NAME.md`, `NAME.png`, `NAME.svg`."""
    title: str
    system: str
    """What was studied: the bundle or run, and its hash."""
    tables: tuple[Table, ...]
    notes: tuple[str, ...]


def write_study(study: Study, figure: "Figure", folder: Path) -> None:
    """Write `NAME.json`, `NAME.md`, the figure as PNG and SVG, and a CSV file per table.

    Raises:
        ConfigError: the folder cannot be written.
    """
    import matplotlib as mpl

    record = asdict(study) | {"package_version": __version__}
    shown_here = f"# {study.title}\n\n![{study.title}]({study.name}.png)\n\n"
    texts = {f"{study.name}.md": shown_here + markdown(results_of(study))}
    texts[f"{study.name}.json"] = json.dumps(record, indent=2, allow_nan=False) + "\n"
    texts |= {f"{table.key}.csv": csv_text(table) for table in study.tables}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        # Without a date and with fixed names of its parts, an SVG is the same every time.
        with mpl.rc_context({"svg.hashsalt": study.name, "svg.fonttype": "none"}):
            figure.savefig(folder / f"{study.name}.svg", metadata={"Date": None})
        figure.savefig(folder / f"{study.name}.png", dpi=150)
    except OSError as error:
        raise ConfigError(
            f"--out {folder}: expected a folder to write into: {error.strerror}"
        ) from error


def results_of(study: Study) -> Results:
    """The study with its numbers as text, for a terminal or a document."""
    tables = tuple(
        ResultTable(
            name=table.key,
            title=table.title,
            header=table.columns,
            rows=tuple(tuple(shown(cell) for cell in row) for row in table.rows),
        )
        for table in study.tables
    )
    said = (f"system: {study.system}", *(table.note for table in study.tables if table.note))
    return Results(experiment=study.name, tables=tables, data={}, notes=(*said, *study.notes))


def csv_text(table: Table) -> str:
    """Numbers as they are, unrounded and as fractions; an interval in two columns more."""
    is_measured = table.measured_columns()
    header: list[str] = []
    for name, measured in zip(table.columns, is_measured, strict=True):
        header += [name, f"{name} low", f"{name} high"] if measured else [name]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for row in table.rows:
        writer.writerow(_csv_cells(row, is_measured))
    return file.getvalue()


def _csv_cells(row: Sequence[Cell], is_measured: Sequence[bool]) -> list[str]:
    cells: list[str] = []
    for cell, measured in zip(row, is_measured, strict=True):
        if isinstance(cell, Measured):
            ends = (cell.interval.low, cell.interval.high) if cell.interval else (None, None)
            cells += ["" if value is None else repr(value) for value in (cell.value, *ends)]
        else:
            cells += ["" if cell is None else str(cell)] + (["", ""] if measured else [])
    return cells
