"""A single video, or a folder of videos, whose names say what they show.

The medium is the one word of the file's name that is a medium, as `Medium` writes it:
`a_live.mp4`, `door-print-3.mov`.
A caller may state one for all of them. Each video is a clip.
"""

import re
from collections import Counter
from pathlib import Path

from spooftrace.data.sources import pictures
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.listing import entries, media_files, size_of
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import SourceError
from spooftrace.labels import Medium


def fits(root: Path) -> bool:
    """Whether it is a video, or a folder with videos right in it."""
    return pictures.is_video(root) if root.is_file() else any(map(pictures.is_video, entries(root)))


def read(
    root: Path,
    *,
    database: str | None = None,
    medium: Medium | None = None,
    pass_over: bool = False,
) -> Source:
    """List the videos; `SourceError` where there is none or a name does not state one medium."""
    ignored: Counter[str] = Counter()
    top = root.parent if root.is_file() else root
    found = [root] if root.is_file() else list(media_files(root, ignored))
    ignored.update(path.suffix.lower() for path in found if not pictures.is_video(path))
    videos = [path for path in found if pictures.is_video(path)]
    if not videos:
        raise SourceError(f"{root}: expected a video or a folder of videos, found none")
    name = database or (root.resolve().stem if root.is_file() else root.resolve().name)
    jobs = tuple(_job(path, top, name, medium or _medium_said(path)) for path in videos)
    return Source(name=name, layout=Layout.VIDEO, jobs=jobs, ignored=dict(sorted(ignored.items())))


def _job(path: Path, top: Path, database: str, medium: Medium) -> Job:
    file = path.relative_to(top).as_posix()
    return Job(
        path=path,
        file=file,
        size=size_of(path),
        video=True,
        medium=medium,
        database=database,
        clip=file,
    )


def _medium_said(path: Path) -> Medium:
    # Media of two words ("half_mask") are looked for as they are written, between other words.
    words = f"_{'_'.join(re.findall('[a-z]+', path.stem.lower()))}_"
    said = [medium for medium in Medium if f"_{medium.value}_" in words]
    if len(said) != 1:
        came = " and ".join(repr(medium.value) for medium in said) or "none"
        raise SourceError(
            f"{path}: expected one medium in the name, such as a_live or b_replay, found {came};"
            " rename it, sort the videos into live/ and spoof/, write a manifest, or give --medium"
        )
    return said[0]
