"""What an experiment found, as tables for people and as data for programs."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from spooftrace.data.files import write_whole
from spooftrace.errors import ConfigError
from spooftrace.version import __version__

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of ready text; the first column names the row."""

    name: str
    """Of its CSV file, without `.csv`."""
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.header) for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that one experiment has to say."""

    experiment: str
    tables: tuple[Table, ...]
    data: Mapping[str, Any]
    """The same numbers and more, as JSON takes them; rates are fractions."""
    notes: tuple[str, ...] = ()
    """What a reader of the tables must know."""


def write_results(folder: Path, results: Results) -> None:
    """Write `results.json`, `results.md` and a CSV file a table, each whole or not at all.

    Raises:
        ConfigError: the folder cannot be written into.
    """
    document = {
        "experiment": results.experiment,
        "schema_version": SCHEMA_VERSION,
        "package_version": __version__,
        "notes": list(results.notes),
        **results.data,
    }
    files = {
        "results.json": json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "results.md": markdown(results),
        **{f"{table.name}.csv": _csv(table) for table in results.tables},
    }
    try:
        for name, text in files.items():
            write_whole(folder / name, text)
    except OSError as error:
        raise ConfigError(
            f"{folder}: expected a folder to write results into, got: {error.strerror}"
        ) from error


def terminal(results: Results) -> RenderableType:
    """The tables and notes for a Rich console."""
    notes = (Text(f"- {note}", style="dim") for note in results.notes)
    return Group(*map(_rich, results.tables), *notes)


def markdown(results: Results) -> str:
    """The tables and notes for a document."""
    blocks = [f"**{table.title}**\n\n{_markdown(table)}" for table in results.tables]
    notes = "\n".join(f"- {note}" for note in results.notes)
    return "\n\n".join([*blocks, *([notes] if notes else [])]) + "\n"


def _rich(table: Table) -> RichTable:
    shown = RichTable(
        title=table.title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for number, column in enumerate(table.header):
        shown.add_column(Text(column), justify="left" if number == 0 else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return shown


def _markdown(table: Table) -> str:
    lines: Sequence[Sequence[str]] = [
        table.header,
        ["---"] + ["---:"] * (len(table.header) - 1),
        *table.rows,
    ]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([table.header, *table.rows])
    return text.getvalue()
