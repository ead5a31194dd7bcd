"""A folder of pictures and videos, sorted by label.

    [train|dev|val|devel|test/]live/...
    [train|dev|val|devel|test/]spoof/[MEDIUM/]...

The split, where stated, becomes the attribute `split`. Below, a video is a clip, and so is a
sub-folder of pictures, whose file names end in the frame number; a picture right in `live/`,
`spoof/` or `MEDIUM/` belongs to no clip. A sub-folder of `spoof/` that is no medium is a clip of
unknown medium, unless its name is so close to a medium's that it looks like a slip.

A caller may say what the spoofs of unknown medium are; and a folder without `live/` and `spoof/`
is read where the caller says what everything in it is.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spooftrace.data import pictures
from spooftrace.data.databases.layout import Layout
from spooftrace.data.databases.listing import frame_number, media_files, size_of
from spooftrace.data.databases.names import is_nearly, medium_named, or_else, plain
from spooftrace.data.databases.source import Job, Source
from spooftrace.errors import SourceError
from spooftrace.labels import Label, Medium

SPLITS: Final = ("train", "dev", "val", "devel", "test")


@dataclass(frozen=True, slots=True)
class _Branch:
    """A folder whose files share a label and a split."""

    folder: Path
    label: Label
    split: str | None


def fits(root: Path) -> bool:
    """Whether there is a `live/` or `spoof/`, at the top or in a split."""
    return bool(_branches(root))


def read(root: Path, *, database: str | None = None, medium: Medium | None = None) -> Source:
    """List the folder; `SourceError` where it has not the layout above or holds nothing."""
    branches = _branches(root)
    if not branches and medium is None:
        raise SourceError(
            f"{root}: expected folders live/ and spoof/ (or train/live/ ...), found neither; sort"
            " the files so, write a manifest, or say with --medium what all of them are"
        )
    name = database or root.resolve().name
    ignored: Counter[str] = Counter()
    jobs = tuple(_jobs(root, branches, name, medium, ignored))
    if not jobs:
        raise SourceError(f"{root}: holds no picture and no video")
    return Source(name=name, layout=Layout.FOLDER, jobs=jobs, ignored=dict(sorted(ignored.items())))


def _branches(root: Path) -> list[_Branch]:
    tops: list[tuple[Path, str | None]] = [(root, None), *((root / name, name) for name in SPLITS)]
    return [
        _Branch(top / label.name.lower(), label, split)
        for top, split in tops
        for label in Label
        if (top / label.name.lower()).is_dir()
    ]


def _jobs(
    root: Path,
    branches: list[_Branch],
    database: str,
    medium: Medium | None,
    ignored: Counter[str],
) -> Iterator[Job]:
    if not branches:
        assert medium is not None
        for path in media_files(root, ignored):
            yield _job(root, path, root, medium, None, database)
    for branch in branches:
        for path in media_files(branch.folder, ignored):
            found, clips = _medium(branch, path)
            yield _job(root, path, clips, or_else(found, medium), branch.split, database)


def _medium(branch: _Branch, path: Path) -> tuple[Medium, Path]:
    """The medium of a file, and the folder below which it may lie in a clip."""
    if branch.label is Label.LIVE:
        return Medium.LIVE, branch.folder
    below = path.relative_to(branch.folder).parts
    known = [medium.value for medium in Medium if medium.label is Label.SPOOF]
    if len(below) > 1 and plain(below[0]) in known:
        return Medium(plain(below[0])), branch.folder / below[0]
    if len(below) > 1 and is_nearly(below[0], known):
        medium_named(below[0], str(branch.folder / below[0]))
    return Medium.UNKNOWN, branch.folder


def _job(
    root: Path, path: Path, clips: Path, medium: Medium, split: str | None, database: str
) -> Job:
    video = pictures.is_video(path)
    in_clip = path.parent != clips
    clip = path if video else path.parent if in_clip else None
    return Job(
        path=path,
        file=path.relative_to(root).as_posix(),
        size=size_of(path),
        video=video,
        medium=medium,
        database=database,
        clip=None if clip is None else clip.relative_to(root).as_posix(),
        frame=frame_number(path.stem) if in_clip and not video else None,
        attributes={} if split is None else {"split": split},
    )
