"""A folder of pictures and videos, sorted by label.

    [SPLIT/]live/...
    [SPLIT/]spoof/[MEDIUM/]...

A split is a word of `spooftrace.labels.SPLIT_NAMES` and becomes the attribute `split`; large and
small letters are the same. Pictures and videos elsewhere are counted as ignored, unless the name of
their folder looks like a slip. Below, a video is a clip, and so is a
sub-folder of pictures, whose file names end in the frame number; a picture right in `live/`,
`spoof/` or `MEDIUM/` belongs to no clip. A sub-folder of `spoof/` that is no medium is a clip of
unknown medium, unless its name is so close to a medium's that it looks like a slip.

A caller may say what the spoofs of unknown medium are; and a folder without `live/` and `spoof/`
is read where the caller says what everything in it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spooftrace.data.layouts.names import (
    is_nearly,
    medium_named,
    or_else,
    plain,
)
from spooftrace.data.sources import pictures
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.listing import entries, frame_number, media_files, size_of
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import SourceError, did_you_mean
from spooftrace.labels import SPLIT_NAMES, Label, Medium

_LABELS: Final = {label.name.lower(): label for label in Label}


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
    if branches:
        _count_strays(root, ignored)
    if not jobs:
        raise SourceError(f"{root}: holds no picture and no video")
    return Source(name=name, layout=Layout.FOLDER, jobs=jobs, ignored=dict(sorted(ignored.items())))


def label_folders(root: Path) -> list[Path]:
    """Every `live/` and `spoof/`, at the top and in splits."""
    return [branch.folder for branch in _branches(root)]


def _branches(root: Path) -> list[_Branch]:
    tops: list[tuple[Path, str | None]] = [(root, None)]
    tops += [(top, _word(top)) for top in _named(root, SPLIT_NAMES)]
    return [
        _Branch(folder, _LABELS[_word(folder)], split)
        for top, split in tops
        for folder in _named(top, _LABELS)
    ]


def _word(folder: Path) -> str:
    return folder.name.strip().lower()


def _named(top: Path, words: Iterable[str]) -> list[Path]:
    """The folders in `top` that are called so, in the order of the words."""
    order = list(words)
    found = [entry for entry in entries(top) if _word(entry) in order and entry.is_dir()]
    return sorted(found, key=lambda entry: order.index(_word(entry)))


def _count_strays(root: Path, ignored: Counter[str]) -> None:
    """Count the pictures and videos that lie in no branch, by the folder that they lie in.

    Raises `SourceError` where the name of such a folder is nearly one that would be read.
    """
    for top in (root, *_named(root, SPLIT_NAMES)):
        known = [*_LABELS, *(SPLIT_NAMES if top == root else ())]
        for entry in entries(top):
            _count_stray(root, entry, known, ignored)


def _count_stray(root: Path, entry: Path, known: list[str], ignored: Counter[str]) -> None:
    if not entry.is_dir():
        if pictures.is_picture(entry) or pictures.is_video(entry):
            ignored[f"{entry.parent.relative_to(root).as_posix()}/"] += 1
        return
    count = 0 if _word(entry) in known else sum(1 for _ in media_files(entry, Counter()))
    if count and is_nearly(_word(entry), known):
        raise SourceError(
            f"{entry}: {count} pictures or videos in a folder that is not read; "
            f"{did_you_mean(entry.name, known)} rename it, or move it elsewhere"
        )
    if count:
        ignored[f"{entry.relative_to(root).as_posix()}/"] += count


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
