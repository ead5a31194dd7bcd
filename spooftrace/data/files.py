"""Files of a store, local or behind an fsspec URL, written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import fsspec
from fsspec.implementations.local import LocalFileSystem

from spooftrace.errors import StoreError

_TEMPORARY: Final = ".unfinished-"


class Folder:
    """A folder on the local disk or at an fsspec URL such as `s3://bucket/store`.

    Raises `StoreError` for what is no path, and for a URL whose protocol is unknown, whose driver
    is not installed or whose host cannot be reached.
    """

    def __init__(self, path: str | Path) -> None:
        if not str(path) or "\0" in str(path):
            raise StoreError(f"{str(path)!r}: expected a path or an fsspec URL")
        try:
            filesystem, root = fsspec.core.url_to_fs(str(path))
        # Drivers connect, or miss what their URL should say, in every way that Python has.
        except Exception as error:
            raise StoreError(
                f"{path}: expected a path or an fsspec URL; {first_line(error)}"
            ) from error
        self.filesystem: Any = filesystem
        self.root: str = str(root).rstrip("/")
        self.shown = str(path)
        """The path as the user wrote it, for messages."""

    @property
    def is_local(self) -> bool:
        """Whether the files can be opened by a plain path."""
        return isinstance(self.filesystem, LocalFileSystem)

    def path(self, name: str) -> str:
        """The path of a file inside, as its file system wants it."""
        return f"{self.root}/{name}"

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        return bool(self.filesystem.isfile(self.path(name)))

    def size(self, name: str) -> int:
        """Bytes of the file."""
        return int(self.filesystem.size(self.path(name)))

    def read(self, name: str) -> bytes:
        """The whole file; `FileNotFoundError` and other `OSError` as they come."""
        return bytes(self.filesystem.cat_file(self.path(name)))

    def write(self, name: str, data: bytes) -> None:
        """Write the whole file: readers see the old one or the new one, never a part."""
        if self.is_local:
            write_whole(Path(self.path(name)), data)
        else:
            self.filesystem.makedirs(self.root, exist_ok=True)
            self.filesystem.pipe_file(self.path(name), data)

    def remove(self, name: str) -> None:
        """Delete the file."""
        self.filesystem.rm_file(self.path(name))

    def names(self) -> list[str]:
        """Names of the files and folders directly inside; empty where there is no such folder."""
        if not self.filesystem.isdir(self.root):
            return []
        return sorted(
            path.rstrip("/").rpartition("/")[2]
            for path in self.filesystem.ls(self.root, detail=False)
        )


def write_whole(path: Path, data: bytes) -> None:
    """Write a local file whole or not at all."""
    with new_file(path) as file:
        file.write(data)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A local file that takes its name, flushed to disk, when the block ends without error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{_TEMPORARY}{os.getpid()}-{path.name}")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def first_line(error: Exception) -> str:
    """The first line of an error's message, for a message of one line."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def remove_unfinished(folder: Path) -> None:
    """Delete what killed processes left of files that they had not finished."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        path.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
