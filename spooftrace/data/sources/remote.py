"""A source behind an fsspec URL: listed here, its pictures and videos fetched where they are read.

Layouts read a folder of this disk. So the tree is laid out as one, with small files (lists, labels,
landmarks) as they are and with pictures and videos that hold nothing but have their size; what is
read off it is true of the tree itself.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from spooftrace.data.folder import Folder
from spooftrace.data.sources import pictures
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import PictureError, SourceError, StoreError, first_line


def is_url(place: str | Path) -> bool:
    """Whether a place is an fsspec URL such as `s3://bucket/faces`, not a path."""
    return "://" in str(place)


def read_remote(url: str, read: Callable[[Path], Source]) -> Source:
    """The source at a URL, as `read` reads one that lies on this disk.

    Raises:
        SourceError: there is nothing, the tree cannot be listed, or what `read` raises.
    """
    folder = _folder(url)
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / (PurePosixPath(folder.root).name or "source")
        try:
            _lay_out(folder, root)
        except SourceError:
            raise
        # Drivers that lack a key say so in every way that Python has.
        except Exception as error:
            raise SourceError(f"{url}: cannot be listed ({first_line(error)})") from error
        try:
            source = read(root)
        except SourceError as error:
            raise SourceError(str(error).replace(str(root), url)) from error
    jobs = (_moved(job, root, url) for job in source.jobs)
    notes = tuple(note.replace(str(root), url) for note in source.notes)
    return replace(source, jobs=tuple(jobs), notes=notes)


@contextmanager
def fetched(job: Job) -> Iterator[Job]:
    """The job with its files on this disk, for as long as the block lasts.

    Raises:
        PictureError: a file cannot be fetched.
    """
    if job.origin is None:
        yield job
        return
    folder = _folder(job.origin)
    with tempfile.TemporaryDirectory() as made:
        here = {
            path: Path(made) / f"{place}{path.suffix}"
            for place, path in enumerate((job.path, job.landmarks))
            if path is not None
        }
        try:
            for path, copy in here.items():
                folder.filesystem.get_file(folder.path(path.as_posix()), str(copy))
        except Exception as error:  # as above
            raise PictureError(f"{job.path}: cannot be fetched ({first_line(error)})") from error
        landmarks = None if job.landmarks is None else here[job.landmarks]
        yield replace(job, path=here[job.path], landmarks=landmarks, origin=None)


def _folder(url: str) -> Folder:
    try:
        return Folder(url)
    except StoreError as error:
        raise SourceError(str(error)) from error


def _lay_out(folder: Folder, root: Path) -> None:
    """Make the tree below `folder` at `root`: media with their size alone, the rest as it is."""
    files = folder.filesystem.find(folder.root, detail=True)
    if not files:
        raise SourceError(f"{folder.shown}: no such folder, or nothing in it")
    for place, about in files.items():
        below = PurePosixPath(place).relative_to(folder.root)
        if not below.parts or ".." in below.parts:
            raise SourceError(f"{folder.shown}: expected a folder of files, found {place}")
        path = root / below
        path.parent.mkdir(parents=True, exist_ok=True)
        if pictures.is_picture(path) or pictures.is_video(path):
            path.touch()
            os.truncate(path, int(about["size"] or 0))
        else:
            folder.filesystem.get_file(place, str(path))


def _moved(job: Job, root: Path, url: str) -> Job:
    if not job.path.is_relative_to(root):  # a manifest may name files of this disk
        return job
    landmarks = None if job.landmarks is None else job.landmarks.relative_to(root)
    return replace(job, path=job.path.relative_to(root), landmarks=landmarks, origin=url)
