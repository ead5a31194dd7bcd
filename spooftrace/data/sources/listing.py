"""Listing the files of a folder in an order that people expect and that never changes."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spooftrace.data.sources import pictures
from spooftrace.errors import SourceError

_DIGITS = re.compile(r"(\d+)")
_GENERATED = frozenset(
    {
        "#recycle", "#snapshot", "$recycle.bin", "@eadir", "@recycle", "@tmp", "__macosx",
        "__pycache__", "lost+found", "network trash folder", "recycled", "recycler",
        "system volume information", "temporary items", "thumbnails", "thumbs",
    }
)  # fmt: skip
"""Folders that systems make, in small letters, beside those that are hidden."""


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which `2.png` comes before `10.png`."""
    parts = _DIGITS.split(name)
    return [(int(part), part) if part.isdecimal() else (-1, part) for part in parts]


def media_files(folder: Path, ignored: Counter[str]) -> Iterator[Path]:
    """Pictures and videos anywhere below, in natural order; other files are counted in `ignored`.

    Hidden files are passed over, and so are folders that systems make (`is_generated`), whose
    pictures and videos are counted by the folder's name; links to folders are followed, each folder
    once.
    """
    yield from _walk(folder, ignored, set())


def _walk(folder: Path, ignored: Counter[str], seen: set[tuple[int, int]]) -> Iterator[Path]:
    place = folder.stat()
    if (place.st_dev, place.st_ino) in seen:
        return
    seen.add((place.st_dev, place.st_ino))
    for entry in entries(folder, ignored):
        if entry.is_dir():
            yield from _walk(entry, ignored, seen)
        elif pictures.is_picture(entry) or pictures.is_video(entry):
            yield entry
        else:
            ignored[entry.suffix.lower() or entry.name] += 1


def entries(folder: Path, ignored: Counter[str] | None = None) -> list[Path]:
    """What lies directly in a folder, without what is hidden or made by a system.

    Pictures and videos in what is left out are counted in `ignored`, where it is given. Raises
    `SourceError` when the folder is unreadable or a name is not UTF-8.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except OSError as error:
        raise SourceError(f"{folder}: cannot be listed ({error.strerror})") from error
    found = [folder / name for name in sorted(names, key=natural) if not is_generated(name)]
    for path in found:
        check_name(path)
    if ignored is not None:
        for name in filter(is_generated, names):
            if count := _count_media(folder / name):
                ignored[f"{name}/" if (folder / name).is_dir() else "hidden files"] += count
    return found


def is_generated(name: str) -> bool:
    """Whether a file or folder of that name is hidden or made by a system.

    Thumbnails, recycle bins and the like hold copies of pictures, and pictures that were deleted.
    """
    return name.startswith(".") or name.lower() in _GENERATED


def _count_media(path: Path) -> int:
    """Pictures and videos in a folder, whatever is unreadable left out; of a file 1 or 0."""
    if not path.is_dir():
        return int(pictures.is_picture(path) or pictures.is_video(path))
    return sum(
        pictures.is_picture(Path(name)) or pictures.is_video(Path(name))
        for _, _, names in os.walk(path)
        for name in names
    )


def check_name(path: Path) -> None:
    """Raise `SourceError` for a name that no store and no table can hold."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise SourceError(
            f"{path.parent}: the name {os.fsencode(path.name)!r} is not UTF-8; rename it"
        ) from error


def size_of(path: Path) -> int:
    """Bytes of a file; 0 of a broken link, which whoever reads it will refuse."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def frame_number(stem: str) -> int | None:
    """The number at the end of a frame's file name: 17 of `frame_0017`."""
    found = re.search(r"(\d{1,9})$", stem)
    return int(found.group(1)) if found else None
