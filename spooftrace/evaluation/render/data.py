"""A table for computing: CSV and JSON, with numbers unrounded and shares as fractions."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from spooftrace.data.csv_text import csv_text
from spooftrace.evaluation.tables.table import Cell, Measured, Table

_MEASURED = ("low", "high", "level", "method", "events", "trials", "oracle")


def csv_table(table: Table) -> str:
    """CSV with a header.

    A column of measured numbers is followed by its interval, counts and whether a number is an
    oracle's.
    """
    measured = table.measured_columns()
    header: list[str] = []
    for name, is_measured in zip(table.columns, measured, strict=True):
        header += [name, *(f"{name} {part}" for part in _MEASURED if is_measured)]
    return csv_text(header, (_spread(row, measured) for row in table.rows))


def _spread(row: Sequence[Cell], measured: Sequence[bool]) -> list[object]:
    line: list[object] = []
    for cell, is_measured in zip(row, measured, strict=True):
        if isinstance(cell, Measured):
            found, oracle = cell.interval, "yes" if cell.is_oracle else "no"
            ends = (found.low, found.high, found.level, found.method) if found else (None,) * 4
            line += [cell.value, *ends, cell.events, cell.trials, oracle]
        else:
            line += [cell, *[None] * (len(_MEASURED) * is_measured)]
    return line


def json_table(table: Table) -> str:
    """JSON with the fields of `Table` and, in its rows, of `Measured`."""
    return json_text(asdict(table))


def json_text(record: Any) -> str:
    """Any record as JSON that a person can read too; what is no number is refused, not written."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
