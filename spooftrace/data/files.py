"""Local files, written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

UNFINISHED: Final = ".unfinished-"
"""How the name of a file begins that has not taken its own name yet."""


@contextmanager
def new_path(path: Path) -> Iterator[Path]:
    """A path to write a file at, which becomes `path` when the block ends without error.

    It lies beside `path`, whose folder is made, and ends in its name. The file is on the disk
    before it takes its name; a reader, or whoever comes after a kill, sees the old file or the new
    one, never a part.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """As `new_path`, opened for bytes."""
    with new_path(path) as temporary, temporary.open("wb") as file:
        yield file


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all; text as UTF-8."""
    with new_file(path) as file:
        file.write(data.encode(errors="backslashreplace") if isinstance(data, str) else data)


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
