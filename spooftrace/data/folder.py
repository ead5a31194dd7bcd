"""A folder on the local disk or behind an fsspec URL, read and written alike."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractBufferedFile

from spooftrace.data.files import UNFINISHED, new_file, write_whole
from spooftrace.errors import StoreError, first_line


class Folder:
    """A folder on the local disk or at an fsspec URL such as `s3://bucket/store`; to be pickled.

    Files are named by their path inside, with forward slashes, and are written whole or not at all.
    Raises `StoreError` for what is no path, and for a URL whose protocol is unknown, whose driver
    is not installed or whose host cannot be reached. What happens to files raises `OSError`.
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
        self.shown = str(path).rstrip("/") or "/"
        """The path as the user wrote it, for messages."""

    @property
    def is_private(self) -> bool:
        """Whether this process alone sees it: `memory://`."""
        return isinstance(self.filesystem, MemoryFileSystem)

    def within(self, name: str) -> "Folder":
        """The folder of that name inside this one."""
        return Folder(f"{self.shown}/{name}")

    def path(self, name: str) -> str:
        """The path of a file inside, as its file system wants it."""
        return f"{self.root}/{name}"

    def _looked_up(self, name: str) -> str:
        """The path of a file, which a listing of before may lack: other processes write as well."""
        path = self.path(name)
        self.filesystem.invalidate_cache(path)
        return path

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        return bool(self.filesystem.isfile(self._looked_up(name)))

    def size(self, name: str) -> int:
        """Bytes of the file."""
        return int(self.filesystem.size(self._looked_up(name)))

    def read(self, name: str) -> bytes:
        """The whole file; `FileNotFoundError` where there is none."""
        return bytes(self.filesystem.cat_file(self.path(name)))

    def open(self, name: str) -> BinaryIO:
        """The file, to be read at any place."""
        file: BinaryIO = self.filesystem.open(self._looked_up(name), "rb")
        return file

    def write(self, name: str, data: bytes) -> None:
        """Write the whole file: readers see the old one or the new one, never a part."""
        if isinstance(self.filesystem, LocalFileSystem):
            write_whole(Path(self.path(name)), data)
        else:  # Elsewhere an object is there once it is put.
            self.filesystem.makedirs(self.root, exist_ok=True)
            self.filesystem.pipe_file(self.path(name), data)

    @contextmanager
    def new_file(self, name: str) -> Iterator[BinaryIO]:
        """A file to be written bit by bit, of which nothing is left where the block fails."""
        if isinstance(self.filesystem, LocalFileSystem):
            with new_file(Path(self.path(name))) as file:
                yield file
            return
        self.filesystem.makedirs(self.root, exist_ok=True)
        remote = self.filesystem.open(self.path(name), "wb")
        try:
            yield remote
        except BaseException:
            remote.discard()
            if isinstance(remote, AbstractBufferedFile):
                remote.closed = True  # or the end of the object would put what there is
            with suppress(OSError):
                self.remove(name)
            raise
        remote.close()

    def remove(self, name: str) -> None:
        """Delete the file."""
        self.filesystem.rm_file(self.path(name))

    def names(self) -> list[str]:
        """Names of the files and folders directly inside; empty where there is no such folder."""
        self.filesystem.invalidate_cache(self.root)
        if not self.filesystem.isdir(self.root):
            return []
        return sorted(
            path.rstrip("/").rpartition("/")[2]
            for path in self.filesystem.ls(self.root, detail=False)
        )

    def remove_unfinished(self) -> None:
        """Delete what killed processes left of files that they had not finished."""
        for name in self.names():
            if name.startswith(UNFINISHED):
                self.remove(name)

    def remove_if_empty(self) -> None:
        """Delete the folder where nothing is inside."""
        if self.filesystem.isdir(self.root) and not self.names():
            self.filesystem.rmdir(self.root)

    def check_way(self) -> None:
        """Raise `StoreError` where a file stands in the folder's place, or in that of one above."""
        for place in (self.root, *map(str, PurePosixPath(self.root).parents)):
            if self.filesystem.isfile(place):
                raise StoreError(
                    f"{self.shown}: expected a folder, at {place} found a file;"
                    " choose another place"
                )
