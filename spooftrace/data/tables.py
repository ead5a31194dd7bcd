"""Tables that people write: CSV of any dialect, read as what is meant or refused with the place.

Understood, and said in the table's notes:

    separators   comma, semicolon, tab or `|`: the one under which the header has the columns
    encodings    UTF-8 with or without a byte order mark; UTF-16 with one, as spreadsheets write it
    names        of columns in any case, with spaces or hyphens for underscores
    decimals     a comma, where no number of the column has a point
    strays       columns without a name, cells behind the last column and rows, if they are empty

Everything else is an error that names file, line and column. Cells are checked a column at a time
by pydantic, which reads a million rows in seconds.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import AllowInfNan, BeforeValidator, TypeAdapter, ValidationError

from spooftrace.errors import SpoofTraceError, did_you_mean, first_line, nearest
from spooftrace.labels import Label, Medium, label_named, medium_named, plain, split_named

T = TypeVar("T")

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""What spreadsheets write above the header to say how the cells are separated."""
_SIMILAR: Final = 0.8
_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as text; its cells are read by `values`."""

    path: Path
    lines: Sequence[int]
    """Where in the file each row ends, from 1."""
    columns: Mapping[str, Sequence[str]]
    """Cells by column. Known columns have their known names, others the names in the file."""
    notes: tuple[str, ...]
    """How the file was understood, where it is not plain CSV in UTF-8."""
    error: type[SpoofTraceError]
    """What is raised about it."""

    def __len__(self) -> int:
        return len(self.lines)

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return column in self.columns

    def values(self, column: str, kind: TypeAdapter[list[T]]) -> list[T]:
        """The cells of a column as what they mean; an error names the first that means nothing."""
        try:
            return kind.validate_python(self.columns[column])
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
            said = str(wrong.get("ctx", {}).get("error", ""))
            said = said or f"expected a finite number, got {str(wrong['input']).strip()!r}"
            raise self.wrong(int(wrong["loc"][0]), column, said) from error

    def texts(self, column: str) -> list[str | None] | None:
        """A column of text that may be missing; cells are None where they are empty."""
        return self.values(column, TEXTS) if self.has(column) else None

    def numbers(self, column: str) -> list[float]:
        """A column of finite numbers."""
        cells = self.columns[column]
        if not any("," in cell for cell in cells):
            return self.values(column, NUMBERS)
        for row, cell in enumerate(cells):
            if "." in cell:
                raise self.wrong(
                    row,
                    column,
                    f"expected a decimal comma as in other numbers of the column, got {cell!r};"
                    " write all with one of the two, and none with thousands apart",
                )
        pointed = [cell.replace(",", ".") for cell in cells]
        return replace(self, columns={**self.columns, column: pointed}).values(column, NUMBERS)

    def wrong(self, row: int, column: str, said: str) -> SpoofTraceError:
        """The error to raise about one cell."""
        return self.error(f"{self.path}, line {self.lines[row]}, column {column}: {said}")


def read_table(
    path: Path, known: Sequence[str], needed: Sequence[str], error: type[SpoofTraceError]
) -> Table:
    """Read a table.

    Args:
        path: a file.
        known: names of the columns that have a meaning; a column that is nearly one of them, where
            that one is missing, is taken for a slip and refused.
        needed: those that must be there.
        error: the kind to raise: no such file, no table, no rows, a row of another length.
    """
    text, notes = _decoded(path, error)
    first, *rest = _LINE_END.split(text, maxsplit=1)
    above = _SEPARATOR_LINE.fullmatch(first)
    if above:
        text = "".join(rest)
    separator = above.group(1) if above else _separator(first, known)
    if separator != ",":
        notes.append(f"separated by {SEPARATORS.get(separator, repr(separator))}")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    try:
        header = _names(path, next(reader, []), known, needed, error)
        body = _body(reader, len(header), lines_above=int(bool(above)))
    except csv.Error as broken:
        raise error(
            f"{path}, line {reader.line_num}: expected a CSV table, got broken quotes or cells"
            f" ({first_line(broken)})"
        ) from broken
    if body.wrong:
        line, length = body.wrong
        hint = "; a cell that holds the separator, or a decimal comma, needs quotes"
        raise error(
            f"{path}, line {line}: expected {len(header)} cells as in the header,"
            f" got {length}{hint * (length > len(header))}"
        )
    if not body.lines:
        raise error(f"{path}: expected rows below the header, got none")
    named = {name: cells for name, cells in zip(header, body.columns, strict=True) if name}
    return Table(path=path, lines=body.lines, columns=named, notes=tuple(notes), error=error)


def _decoded(path: Path, error: type[SpoofTraceError]) -> tuple[str, list[str]]:
    """The text of the file, and what is to be said of its encoding."""
    try:
        data = path.read_bytes()
    except OSError as failed:
        raise error(f"{path}: expected a table, got: {failed.strerror}") from failed
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), ["in UTF-16"]
        except UnicodeDecodeError as failed:
            raise error(f"{path}: expected a table in UTF-8, got broken UTF-16") from failed
    if data[:4] == b"PK\x03\x04":
        raise error(f"{path}: expected a table in CSV, got a workbook; save it as CSV (UTF-8)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failed:
        line = data.count(b"\n", 0, failed.start) + 1
        raise error(
            f"{path}, line {line}: expected a table in UTF-8, got the byte"
            f" {data[failed.start]:#04x}; save it as CSV (UTF-8)"
        ) from failed
    if "\0" in text:
        raise error(f"{path}: expected a table in CSV, got a binary file")
    return text, []


def _separator(header: str, known: Sequence[str]) -> str:
    """The one that finds most known columns in the header, then most columns, first of these."""

    def found(separator: str) -> tuple[int, int]:
        line = next(csv.reader([header], delimiter=separator), [])
        names = {plain(name) for name in line}
        return len(names & set(known)), len(names)

    return max(SEPARATORS, key=found)


def _names(
    path: Path,
    header: list[str],
    known: Sequence[str],
    needed: Sequence[str],
    error: type[SpoofTraceError],
) -> list[str]:
    """The columns' names: those known as they are known, "" for those without a name."""
    stripped = [name.strip() for name in header]
    names = [plain(name) if plain(name) in known else name for name in stripped]
    there = ", ".join(filter(None, stripped)) or "nothing"
    for name in filter(None, names):
        if names.count(name) > 1:
            raise error(f"{path}, line 1: expected each column once, got two of {name}")
        near = nearest(name, known, cutoff=_SIMILAR)
        if name not in known and near and near not in names:
            raise error(
                f"{path}, line 1: unknown column {name!r}; {did_you_mean(name, known)} rename it,"
                " or leave it out"
            )
    missing = [name for name in needed if name not in names]
    if missing:
        raise error(
            f"{path}, line 1: expected a header with {' and '.join(needed)}, got {there};"
            f" add {' and '.join(missing)}"
        )
    return names


@dataclass(frozen=True, slots=True)
class _Body:
    """What stands below the header."""

    lines: list[int]
    columns: list[tuple[str, ...]]
    wrong: tuple[int, int] | None = None
    """Line and number of cells of the first row of another length, where reading ended."""


def _body(reader: Any, width: int, *, lines_above: int) -> _Body:
    """The rows that hold something, by column."""
    lines: list[int] = []
    # Few rows at a time, and as tuples: the collector of garbage looks at every list, again and
    # again, and lets go of tuples that hold nothing but text.
    pieces: list[tuple[tuple[str, ...], ...]] = []
    waiting: list[list[str]] = []
    wrong = None
    for row in reader:
        if len(row) != width or not row[0]:
            if not any(cell.strip() for cell in row):
                continue
            if any(cell.strip() for cell in row[width:]) or len(row) < width:
                wrong = reader.line_num + lines_above, len(row)
                break
            del row[width:]
        lines.append(reader.line_num + lines_above)
        waiting.append(row)
        if len(waiting) == _AT_ONCE:
            pieces.append(tuple(zip(*waiting, strict=True)))
            waiting = []
    if waiting:
        pieces.append(tuple(zip(*waiting, strict=True)))
    columns = [tuple(chain.from_iterable(piece[at] for piece in pieces)) for at in range(width)]
    return _Body(lines, columns, wrong)


def _meaning(cell: str, found: T | None, expected: str, words: Sequence[str]) -> T:
    if found is None:
        near = nearest(cell, words)
        hint = f"; did you mean {near!r}?" if near else ""
        raise ValueError(f"expected {expected}, got {cell.strip()!r}{hint}")
    return found


_MEDIA: Final = [medium.value for medium in Medium]


@lru_cache
def _label(cell: str) -> Label:
    return _meaning(cell, label_named(cell), "live or spoof", ["live", "spoof"])


@lru_cache
def _medium(cell: str) -> Medium | None:
    if not cell.strip():
        return None
    return _meaning(cell, medium_named(cell), f"one of {', '.join(_MEDIA)}, or nothing", _MEDIA)


@lru_cache
def _split(cell: str) -> str:
    return _meaning(cell, split_named(cell), "train, dev or test", ["train", "dev", "test"])


def _text(cell: str) -> str | None:
    return cell.strip() or None


LABELS = TypeAdapter(list[Annotated[Label, BeforeValidator(_label)]])
MEDIA = TypeAdapter(list[Annotated[Medium | None, BeforeValidator(_medium)]])
"""None where the cell is empty."""
SPLITS = TypeAdapter(list[Annotated[str, BeforeValidator(_split)]])
"""train, dev or test."""
TEXTS = TypeAdapter(list[Annotated[str | None, BeforeValidator(_text)]])
"""None where the cell is empty."""
NUMBERS = TypeAdapter(list[Annotated[float, AllowInfNan(False)]])
"""Finite."""
