"""A CSV table of pictures and videos.

    file      path relative to the table                                      (needed)
    label     live or spoof                                    (needed, or --medium is)
    medium    a species; `none` or empty for live, empty for a spoof of unknown medium
    source    the recording campaign: becomes the database
    split     becomes the attribute `split`
    clip, frame, subject, device, session
              as in the store; the clip of a video is itself where not stated
    person    the subject, where there is no column `subject`

Any other column becomes an attribute, unless its name is nearly one of these; a column without a
name, as spreadsheets and pandas add them, is passed over.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from spooftrace.data.layouts.names import (
    is_nearly,
    label_named,
    medium_of,
    or_else,
)
from spooftrace.data.sources import pictures
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import SourceError, did_you_mean
from spooftrace.labels import Medium

FILE_NAME: Final = "manifest.csv"
_COLUMNS: Final = (
    "file", "label", "medium", "source", "split", "clip", "frame", "subject", "device", "session",
)  # fmt: skip

_LARGEST_FRAME: Final = 2**31 - 1
"""What the store's int32 holds."""

_Line = tuple[int, dict[str, str]]


def fits(root: Path) -> bool:
    """Whether it is a CSV file, or a folder with a `manifest.csv`."""
    return root.suffix.lower() == ".csv" if root.is_file() else (root / FILE_NAME).is_file()


def read(root: Path, *, database: str | None = None, medium: Medium | None = None) -> Source:
    """List the table; `SourceError` naming the line where it is not what it should be.

    `medium` is that of every file where the table has no column `label`, else of the spoofs whose
    medium is empty; `database` is the database of the lines that state no `source`.
    """
    table = root / FILE_NAME if root.is_dir() else root
    name = database or table.resolve().parent.name
    lines = list(_lines(table, labelled=medium is None))
    if not lines:
        raise SourceError(f"{table}: the table has no line below its header")
    _check_files(table, lines)
    jobs = tuple(_job(table, line, row, name, medium) for line, row in lines)
    return Source(name=name, layout=Layout.MANIFEST, jobs=jobs)


def _lines(table: Path, *, labelled: bool) -> Iterator[_Line]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True, skipinitialspace=True)
            reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
            _check_header(table, reader.fieldnames, labelled=labelled)
            for row in reader:
                if None in row or None in row.values():
                    raise SourceError(
                        f"{table}: line {reader.line_num}: expected"
                        f" {len(reader.fieldnames or ())} values as the header has, found"
                        f" {'more' if None in row else 'fewer'}"
                    )
                yield reader.line_num, _cells(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{table}: cannot be read as a CSV table in UTF-8 ({error})") from error


def _cells(row: dict[str, str]) -> dict[str, str]:
    named = {key: value.strip() for key, value in row.items() if key}
    if "subject" not in named and "person" in named:
        named["subject"] = named.pop("person")
    return named


def _check_header(table: Path, columns: Sequence[str], *, labelled: bool) -> None:
    needed = ("file", "label") if labelled else ("file",)
    for column in needed:
        if column not in columns:
            raise SourceError(
                f"{table}: line 1: no column {column!r}; found {', '.join(columns) or 'nothing'};"
                f" {_how_to_add(column, columns)}"
            )
    for column in filter(None, columns):
        if columns.count(column) > 1:
            raise SourceError(f"{table}: line 1: column {column!r} appears twice")
        if is_nearly(column, _COLUMNS):
            raise SourceError(
                f"{table}: line 1: unknown column {column!r}; {did_you_mean(column, _COLUMNS)}"
            )


def _how_to_add(column: str, found: Sequence[str]) -> str:
    if len(found) == 1 and any(mark in found[0] for mark in ";\t|"):
        return "separate the values by commas"
    if column == "label":
        return "add it, or say with --medium what all of them are"
    return "add it"


def _check_files(table: Path, lines: list[_Line]) -> None:
    first: dict[str, int] = {}
    for line, row in lines:
        file = _file(row)
        if file in first:
            raise SourceError(f"{table}: line {line}: {file!r} is on line {first[file]} already")
        first[file] = line
    missing = [(line, row["file"]) for line, row in lines if not _is_file(_path(table, row))]
    if missing:
        line, file = missing[0]
        more = f" (and {len(missing) - 1} more are missing)" if len(missing) > 1 else ""
        raise SourceError(f"{table}: line {line}: no such file {file!r}{more}")


def _job(table: Path, line: int, row: dict[str, str], name: str, medium: Medium | None) -> Job:
    where = f"{table}: line {line}"
    path, file = _path(table, row), _file(row)
    video = pictures.is_video(path)
    if "label" in row:
        found = medium_of(label_named(row["label"], where), row.get("medium", ""), where)
        medium = or_else(found, medium)
    assert medium is not None
    others = {key: value for key, value in row.items() if key not in _COLUMNS or key == "split"}
    return Job(
        path=path,
        file=file,
        size=path.stat().st_size,
        video=video,
        medium=medium,
        database=row.get("source") or name,
        clip=row.get("clip") or (file if video else None),
        frame=_frame(row.get("frame", ""), video=video, where=where),
        subject=row.get("subject") or None,
        device=row.get("device") or None,
        session=row.get("session") or None,
        attributes={key: value for key, value in others.items() if value},
    )


def _frame(text: str, *, video: bool, where: str) -> int | None:
    if not text:
        return None
    if video:
        raise SourceError(f"{where}: a frame is stated for a video; leave it empty")
    if not text.isdecimal() or len(text) > len(str(_LARGEST_FRAME)) or int(text) > _LARGEST_FRAME:
        raise SourceError(
            f"{where}: frame should be a whole number from 0 to {_LARGEST_FRAME}, got {text!r}"
        )
    return int(text)


def _path(table: Path, row: dict[str, str]) -> Path:
    return table.parent / _file(row)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # A name that is longer than names can be.
        return False


def _file(row: dict[str, str]) -> str:
    return PurePosixPath(row["file"].replace("\\", "/")).as_posix()
