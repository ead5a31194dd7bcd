"""Listing the files of a folder in an order that people expect and that never changes."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spooftrace.data import pictures
from spooftrace.errors import SourceError

_DIGITS = re.compile(r"(\d+)")


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which `2.png` comes before `10.png`."""
    parts = _DIGITS.split(name)
    return [(int(part), part) if part.isdigit() else (-1, part) for part in parts]


def media_files(folder: Path, ignored: Counter[str]) -> Iterator[Path]:
    """Pictures and videos anywhere below, in natural order; other files are counted in `ignored`.

    Hidden files and folders are passed over; links to folders are followed, each folder once.
    """
    yield from _walk(folder, ignored, set())


def _walk(folder: Path, ignored: Counter[str], seen: set[tuple[int, int]]) -> Iterator[Path]:
    place = folder.stat()
    if (place.st_dev, place.st_ino) in seen:
        return
    seen.add((place.st_dev, place.st_ino))
    for entry in entries(folder):
        if entry.is_dir():
            yield from _walk(entry, ignored, seen)
        elif pictures.is_picture(entry) or pictures.is_video(entry):
            yield entry
        else:
            ignored[entry.suffix.lower() or entry.name] += 1


def entries(folder: Path) -> list[Path]:
    """What lies directly in a folder, without hidden names; `SourceError` when it is unreadable."""
    try:
        names = [name for name in os.listdir(folder) if not name.startswith((".", "__MACOSX"))]  # noqa: PTH208
    except OSError as error:
        raise SourceError(f"{folder}: cannot be listed ({error.strerror})") from error
    return [folder / name for name in sorted(names, key=natural)]


def frame_number(stem: str) -> int | None:
    """The number at the end of a frame's file name: 17 of `frame_0017`."""
    found = re.search(r"(\d{1,9})$", stem)
    return int(found.group(1)) if found else None
