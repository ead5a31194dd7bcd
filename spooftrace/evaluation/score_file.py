"""Score files: CSV, of this package or of any other system.

Needed     `label` (live or spoof; 0 is live, 1 is spoof), `score` (finite, higher is more spoof)
Optional   `id`, `clip`, `subject`, `medium`, `split`, `database`, `map_score`, `trace_score`
Without    `medium`: attacks are of one unknown species. `split`: every row is test.
Ignored    columns of any other name
"""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.scores import ScoreTable, Text
from spooftrace.labels import SPLIT_NAMES, Label, Medium
from spooftrace.metrics.rates import Scores

COLUMNS = ("id", "clip", "subject", "label", "medium", "split", "score")
"""The columns of a file that this package writes, in their order."""
OPTIONAL = ("database", "map_score", "trace_score")
"""Written behind them where known."""
NEEDED = ("label", "score")

LABELS: Mapping[str, Label] = {
    **dict.fromkeys(("live", "0", "bonafide", "bona_fide", "bona fide"), Label.LIVE),
    **dict.fromkeys(("spoof", "1", "attack"), Label.SPOOF),
}
"""What a label may read, in small letters."""

T = TypeVar("T")


def write_scores(table: ScoreTable, path: str | Path) -> None:
    """Write a score file; numbers are written so that reading gives the same ones back."""
    columns = table.columns()
    names = [*COLUMNS, *(name for name in OPTIONAL if name in columns)]
    empty = np.full(len(table), None, dtype=object)
    shown = [columns.get(name, empty).tolist() for name in names]
    shown[names.index("label")] = [Label(label).name.lower() for label in table.label]
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*shown, strict=True))


def read_scores(path: str | Path) -> ScoreTable:
    """Read a score file.

    Raises:
        ScoreFileError: no such file, not UTF-8, a column is missing or a cell holds something
            else; the message names the line and the column.
    """
    cells = _Cells.read(Path(path))
    label = np.array(cells.parsed("label", _label), dtype=np.int8)
    medium = cells.parsed("medium", _medium) or [None] * len(label)
    return ScoreTable(
        id=_text(cells.ids()),
        label=label,
        medium=_text(cells.media(medium, label.tolist())),
        split=_text(cells.parsed("split", _split) or ["test"] * len(label)),
        score=np.array(cells.parsed("score", _number)),
        clip=cells.texts("clip"),
        subject=cells.texts("subject"),
        database=cells.texts("database"),
        map_score=cells.numbers("map_score"),
        trace_score=cells.numbers("trace_score"),
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """The file as text by column, and where each row stands in it."""

    path: Path
    lines: list[int]
    by_column: dict[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> "_Cells":
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file, strict=True)
                header = next(reader, [])
                _check_header(header, path)
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
        return column in self.by_column

    def parsed(self, column: str, parse: Callable[[str], T]) -> list[T]:
        """The column's values; empty where there is no such column."""
        values = []
        for line, cell in zip(self.lines, self.by_column.get(column, ()), strict=False):
            try:
                values.append(parse(cell.strip()))
            except ValueError as error:
                raise self._wrong(line, column, str(error)) from None
        return values

    def texts(self, column: str) -> Text | None:
        """A column that may be missing or empty; single empty cells are unknown."""
        values = self.parsed(column, _or_none)
        return _text(values) if any(values) else None

    def numbers(self, column: str) -> Scores | None:
        """A column of finite numbers that may be missing."""
        return np.array(self.parsed(column, _number)) if self.has(column) else None

    def ids(self) -> list[str]:
        """The ids, all different; the row's number where the file has none."""
        if not self.has("id"):
            return [str(number) for number in range(len(self.lines))]
        seen: dict[str, int] = {}
        for line, name in zip(self.lines, self.by_column["id"], strict=True):
            if not name.strip():
                raise self._wrong(line, "id", "expected a name, got an empty cell")
            if name in seen:
                expected = f"expected a name of its own, got {name!r} of line {seen[name]} again"
                raise self._wrong(line, "id", expected)
            seen[name] = line
        return list(seen)

    def media(self, media: Sequence[Medium | None], labels: Sequence[int]) -> list[str]:
        """The media, filled in where unknown, checked against the labels."""
        filled = []
        for line, medium, label in zip(self.lines, media, labels, strict=True):
            unstated = Medium.UNKNOWN if label == Label.SPOOF else Medium.LIVE
            if medium is not None and medium.label != label:
                said = (
                    f"expected a medium that is {Label(label).name.lower()}, got {medium.value!r}"
                )
                raise self._wrong(line, "medium", said)
            filled.append((medium or unstated).value)
        return filled

    def _wrong(self, line: int, column: str, said: str) -> ScoreFileError:
        return ScoreFileError(f"{self.path}, line {line}, column {column}: {said}")


def _check_header(header: Sequence[str], path: Path) -> None:
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise ScoreFileError(
            f"{path}, line 1: expected a header with {' and '.join(NEEDED)}, got "
            f"{', '.join(header) or 'nothing'}; add {' and '.join(missing)}"
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ScoreFileError(f"{path}, line 1: expected each column once, got two of {twice[0]}")


def _label(cell: str) -> Label:
    if cell.lower() not in LABELS:
        raise ValueError(f"expected live or 0, spoof or 1, got {cell!r}")
    return LABELS[cell.lower()]


def _medium(cell: str) -> Medium | None:
    if not cell:
        return None
    if cell not in set(Medium):
        known = ", ".join(medium.value for medium in Medium)
        raise ValueError(f"expected one of {known}, or nothing, got {cell!r}")
    return Medium(cell)


def _split(cell: str) -> str:
    if cell.lower() not in SPLIT_NAMES:
        raise ValueError(f"expected train, dev or test, got {cell!r}")
    return SPLIT_NAMES[cell.lower()]


def _number(cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, got {cell!r}")
    return number


def _or_none(cell: str) -> str | None:
    return cell or None


def _text(values: Sequence[str | None]) -> Text:
    return np.array(values, dtype=object)
