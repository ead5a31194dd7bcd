"""The cells of a score file by column, and where in the file each stands."""

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.scores.table import Text
from spooftrace.metrics.rates import Scores

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cells:
    """The file as text by column, and where each row stands in it."""

    path: Path
    lines: list[int]
    by_column: dict[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path, needed: Sequence[str]) -> "Cells":
        """Read a file whose header holds the needed columns.

        Raises:
            ScoreFileError: no such file, no CSV, no rows, or a row of another length.
        """
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file, strict=True)
                header = next(reader, [])
                _check_header(header, needed, path)
                rows = [(reader.line_num, row) for row in reader if row]
        except OSError as error:
            raise ScoreFileError(f"{path}: expected a score file, got: {error.strerror}") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise ScoreFileError(f"{path}: expected CSV in UTF-8, got: {error}") from error
        if not rows:
            raise ScoreFileError(f"{path}: expected rows below the header, got none")
        for line, row in rows:
            if len(row) != len(header):
                raise ScoreFileError(
                    f"{path}, line {line}: expected {len(header)} cells as in the header, "
                    f"got {len(row)}"
                )
        columns = zip(*(row for _, row in rows), strict=True)
        return cls(path, [line for line, _ in rows], dict(zip(header, columns, strict=True)))

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return column in self.by_column

    def parsed(self, column: str, parse: Callable[[str], T]) -> list[T]:
        """The column's values; empty where there is no such column."""
        values = []
        for line, cell in zip(self.lines, self.by_column.get(column, ()), strict=False):
            try:
                values.append(parse(cell.strip()))
            except ValueError as error:
                raise self.wrong(line, column, str(error)) from None
        return values

    def texts(self, column: str) -> Text | None:
        """A column that may be missing or empty; single empty cells are unknown."""
        values = self.parsed(column, _or_none)
        return as_text(values) if any(values) else None

    def numbers(self, column: str) -> Scores | None:
        """A column of finite numbers that may be missing."""
        return np.array(self.parsed(column, number)) if self.has(column) else None

    def ids(self) -> list[str]:
        """The ids, all different; the row's number where the file has none."""
        if not self.has("id"):
            return [str(number) for number in range(len(self.lines))]
        seen: dict[str, int] = {}
        for line, name in zip(self.lines, self.by_column["id"], strict=True):
            if not name.strip():
                raise self.wrong(line, "id", "expected a name, got an empty cell")
            if name in seen:
                expected = f"expected a name of its own, got {name!r} of line {seen[name]} again"
                raise self.wrong(line, "id", expected)
            seen[name] = line
        return list(seen)

    def wrong(self, line: int, column: str, said: str) -> ScoreFileError:
        """The error to raise about one cell."""
        return ScoreFileError(f"{self.path}, line {line}, column {column}: {said}")


def _check_header(header: Sequence[str], needed: Sequence[str], path: Path) -> None:
    missing = [name for name in needed if name not in header]
    if missing:
        raise ScoreFileError(
            f"{path}, line 1: expected a header with {' and '.join(needed)}, got "
            f"{', '.join(header) or 'nothing'}; add {' and '.join(missing)}"
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ScoreFileError(f"{path}, line 1: expected each column once, got two of {twice[0]}")


def number(cell: str) -> float:
    """A finite number; `ValueError` says what came instead."""
    try:
        found = float(cell)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"expected a finite number, got {cell!r}")
    return found


def _or_none(cell: str) -> str | None:
    return cell or None


def as_text(values: Sequence[str | None]) -> Text:
    """An object column, shape (n,)."""
    return np.array(values, dtype=object)
