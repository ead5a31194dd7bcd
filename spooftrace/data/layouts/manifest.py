"""A table of pictures and videos, in CSV as `data.tables` reads it.

    file      path relative to the table                                      (needed)
    label     live or spoof, or a word for it                  (needed, or --medium is)
    medium    a species; `none` or empty for live, empty for a spoof of unknown medium
    source    the recording campaign: becomes the database
    split     becomes the attribute `split`
    clip, frame, subject, device, session
              as in the store; the clip of a video is itself where not stated
    person    the subject, where there is no column `subject`

Any other column becomes an attribute, unless its name is nearly one of these. The words are those
of `labels`.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

from pydantic import BeforeValidator, TypeAdapter

from spooftrace.data import tables
from spooftrace.data.sources import pictures
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.source import Job, Source
from spooftrace.data.tables import Table
from spooftrace.errors import SourceError
from spooftrace.labels import Medium, agreed_medium

FILE_NAME: Final = "manifest.csv"
_COLUMNS: Final = (
    "file", "label", "medium", "source", "split", "clip", "frame", "subject", "device", "session",
)  # fmt: skip

_LARGEST_FRAME: Final = 2**31 - 1
"""What the store's int32 holds."""


def fits(root: Path) -> bool:
    """Whether it is a CSV file, or a folder with a `manifest.csv`."""
    return root.suffix.lower() == ".csv" if root.is_file() else (root / FILE_NAME).is_file()


def read(
    root: Path,
    *,
    database: str | None = None,
    medium: Medium | None = None,
    pass_over: bool = False,
) -> Source:
    """List the table; `SourceError` naming the line where it is not what it should be.

    `medium` is that of every file where the table has no column `label`, else of the spoofs whose
    medium is empty; `database` is the database of the lines that state no `source`.
    """
    path = root / FILE_NAME if root.is_dir() else root
    name = database or path.resolve().parent.name
    needed = ("file",) if medium else ("file", "label")
    table = tables.read_table(path, _COLUMNS, needed, SourceError)
    files = _files(table)
    paths = [path.parent / file for file in files]
    _check_there(table, files, paths)
    known = {column: table.texts(column) or [None] * len(table) for column in _COLUMNS}
    if not table.has("subject"):
        known["subject"] = table.texts("person") or known["subject"]
    frames = _frames(table, paths)
    media = _media(table, medium)
    attributes = _attributes(table)
    jobs = tuple(
        Job(
            path=paths[row],
            file=file,
            size=paths[row].stat().st_size,
            video=pictures.is_video(paths[row]),
            medium=media[row],
            database=known["source"][row] or name,
            clip=known["clip"][row] or (file if pictures.is_video(paths[row]) else None),
            frame=frames[row],
            subject=known["subject"][row],
            device=known["device"][row],
            session=known["session"][row],
            attributes=attributes[row],
        )
        for row, file in enumerate(files)
    )
    return Source(name=name, layout=Layout.MANIFEST, jobs=jobs, notes=table.notes)


def _files(table: Table) -> list[str]:
    """The files' names with forward slashes, each once."""
    files = table.values("file", _FILES)
    first: dict[str, int] = {}
    for row, file in enumerate(files):
        if file in first:
            said = f"{file!r} is on line {table.lines[first[file]]} already"
            raise table.wrong(row, "file", said)
        first[file] = row
    return files


def _check_there(table: Table, files: Sequence[str], paths: Sequence[Path]) -> None:
    missing = [row for row, path in enumerate(paths) if not _is_file(path)]
    if missing:
        more = f" (and {len(missing) - 1} more are missing)" if len(missing) > 1 else ""
        raise table.wrong(missing[0], "file", f"no such file {files[missing[0]]!r}{more}")


def _media(table: Table, stated: Medium | None) -> list[Medium]:
    """The medium of each line; `stated` for spoofs of which the table does not say it."""
    if not table.has("label"):
        assert stated is not None
        return [stated] * len(table)
    media: list[Medium] = []
    found = table.values("medium", tables.MEDIA) if table.has("medium") else [None] * len(table)
    for row, label in enumerate(table.values("label", tables.LABELS)):
        try:
            media.append(agreed_medium(label, found[row]).or_else(stated))
        except ValueError as error:
            raise table.wrong(row, "medium", str(error)) from error
    return media


def _frames(table: Table, paths: Sequence[Path]) -> list[int | None]:
    if not table.has("frame"):
        return [None] * len(table)
    frames = table.values("frame", _FRAMES)
    for row, frame in enumerate(frames):
        if frame is not None and pictures.is_video(paths[row]):
            raise table.wrong(row, "frame", "a frame is stated for a video; leave it empty")
    return frames


def _attributes(table: Table) -> list[dict[str, str]]:
    """What else the table states of each line, where it states something."""
    own = [name for name in table.columns if name not in _COLUMNS or name == "split"]
    if not table.has("subject"):
        own = [name for name in own if name != "person"]
    columns = [(name, table.texts(name) or []) for name in own]
    return [
        {name: cell for name, cells in columns if (cell := cells[row]) is not None}
        for row in range(len(table))
    ]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # A name that is longer than names can be.
        return False


def _file(cell: str) -> str:
    if not cell.strip():
        raise ValueError("expected a file, got an empty cell")
    return PurePosixPath(cell.strip().replace("\\", "/")).as_posix()


def _frame(cell: str) -> int | None:
    text = cell.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > len(str(_LARGEST_FRAME)) or int(text) > _LARGEST_FRAME:
        raise ValueError(f"expected a whole number from 0 to {_LARGEST_FRAME}, got {text!r}")
    return int(text)


_FILES = TypeAdapter(list[Annotated[str, BeforeValidator(_file)]])
_FRAMES = TypeAdapter(list[Annotated[int | None, BeforeValidator(_frame)]])
