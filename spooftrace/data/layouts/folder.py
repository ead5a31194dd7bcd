"""A folder of pictures and videos, sorted by label.

    [SPLIT/]live/...
    [SPLIT/]spoof/[MEDIUM/]...
    [SPLIT/]spoof/[FAMILY/MEDIUM/]...

The words are those of `labels`, so that `real/` and `Attack/Mask_HalfMask/` will do; a split
becomes the attribute `split`. Pictures and videos in a folder beside these are refused, for it may
be a class under another name, unless the caller has them passed over. Below, a video is a clip, and
so is a sub-folder of pictures, whose file names end in the frame number; a picture right in
`live/`, `spoof/` or `MEDIUM/` belongs to no clip. A sub-folder of `spoof/` that is no medium is a
clip of unknown medium, unless its name is so close to a medium's that it looks like a slip.

Folders `0/` and `1/` are live and spoof where both lie side by side, no folder beside them has a
word for either, and the caller does not say what the faces are; what was understood is noted.

A caller may say what the spoofs of unknown medium are; and a folder without `live/` and `spoof/`
is read where the caller says what everything in it is.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spooftrace.data.sources import pictures
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.listing import entries, frame_number, media_files, size_of
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import SourceError, nearest
from spooftrace.labels import Family, Label, Medium, label_named, medium_named, plain, split_named

_SPOOFS: Final = [medium.value for medium in Medium if medium.label is Label.SPOOF]
_NEAR: Final = ("live", "spoof", "train", "dev", "test")


@dataclass(frozen=True, slots=True)
class _Branch:
    """A folder whose files share a label and a split."""

    folder: Path
    label: Label
    split: str | None

    @property
    def is_numbered(self) -> bool:
        """Whether its name is a number, 0 or 1."""
        return _is_number(self.folder)


def fits(root: Path) -> bool:
    """Whether there is a `live/` or `spoof/`, at the top or in a split."""
    return bool(_branches(root))


def read(
    root: Path,
    *,
    database: str | None = None,
    medium: Medium | None = None,
    pass_over: bool = False,
) -> Source:
    """List the folder; `SourceError` where it has not the layout above or holds nothing.

    `pass_over` counts what lies in other folders, which is refused otherwise.
    """
    branches = [each for each in _branches(root) if medium is None or not each.is_numbered]
    if not branches and medium is None:
        raise SourceError(
            f"{root}: expected folders live/ and spoof/ (or train/live/ ...), found neither; sort"
            " the files so, write a manifest, or say with --medium what all of them are"
        )
    name = database or root.resolve().name
    ignored: Counter[str] = Counter()
    jobs = tuple(_jobs(root, branches, name, medium, ignored))
    if branches:
        _count_strays(root, ignored, pass_over=pass_over)
    if not jobs:
        raise SourceError(f"{root}: holds no picture and no video")
    said = (
        f"{each.folder.relative_to(root).as_posix()}/ as {each.label.name.lower()}"
        for each in branches
        if each.is_numbered
    )
    return Source(
        name=name,
        layout=Layout.FOLDER,
        jobs=jobs,
        ignored=dict(sorted(ignored.items())),
        notes=tuple(said),
    )


def label_folders(root: Path) -> list[Path]:
    """Every `live/` and `spoof/`, at the top and in splits."""
    return [branch.folder for branch in _branches(root)]


def _branches(root: Path) -> list[_Branch]:
    """Live before spoof, at the top before splits in the order train, dev, test."""
    order = ("train", "dev", "test")
    splits = [top for top in _folders(root) if split_named(top.name)]
    splits.sort(key=lambda top: order.index(split_named(top.name) or ""))
    found = []
    for top, split in [(root, None), *((top, plain(top.name)) for top in splits)]:
        for wanted in Label:
            labelled = [folder for folder, label in _labels(top).items() if label is wanted]
            found += [_Branch(folder, wanted, split) for folder in labelled]
    return found


def _folders(top: Path) -> list[Path]:
    return [entry for entry in entries(top) if entry.is_dir()]


def _labels(top: Path) -> dict[Path, Label]:
    """The folders that sort by label. One that is called 0 or 1 by itself may be anything."""
    found = {folder: label_named(folder.name) for folder in _folders(top)}
    labels = {folder: label for folder, label in found.items() if label is not None}
    named = {folder: label for folder, label in labels.items() if not _is_number(folder)}
    numbers = sorted(folder.name.strip() for folder in found if _is_number(folder))
    return labels if not named and numbers == ["0", "1"] else named


def _is_number(folder: Path) -> bool:
    return folder.name.strip().isdecimal()


def _count_strays(root: Path, ignored: Counter[str], *, pass_over: bool) -> None:
    """Count the pictures and videos that lie in no branch, by the folder that they lie in.

    Raises `SourceError` for such a folder, unless they are to be passed over.
    """
    for top in (root, *(top for top in _folders(root) if split_named(top.name))):
        for entry in entries(top, ignored):
            if not entry.is_dir():
                if pictures.is_picture(entry) or pictures.is_video(entry):
                    ignored[f"{top.relative_to(root).as_posix()}/"] += 1
                continue
            if entry in _labels(top) or (top == root and split_named(entry.name)):
                continue
            if not (count := sum(1 for _ in media_files(entry, Counter()))):
                continue
            if not pass_over:
                near = nearest(entry.name, _NEAR)
                hint = f"did you mean {near!r}? " if near else ""
                raise SourceError(
                    f"{entry}: {count} pictures or videos in a folder that is neither live/ nor"
                    f" spoof/; {hint}rename it, move it below one of them, or have such folders"
                    " passed over with --pass-over"
                )
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
            yield _job(root, path, clips, found.or_else(medium), branch.split, database)


def _medium(branch: _Branch, path: Path) -> tuple[Medium, Path]:
    """The medium of a file, and the folder below which it may lie in a clip."""
    if branch.label is Label.LIVE:
        return Medium.LIVE, branch.folder
    folders = path.relative_to(branch.folder).parts[:-1]
    if not folders:
        return Medium.UNKNOWN, branch.folder
    first = branch.folder / folders[0]
    if (found := _spoof(folders[0])) is not None:
        return found, first
    if plain(folders[0]).removesuffix("s") in set(Family) and len(folders) > 1:
        found = _spoof(f"{folders[0]} {folders[1]}") or _spoof(folders[1])
        return (found, first / folders[1]) if found else (Medium.UNKNOWN, branch.folder)
    if near := nearest(folders[0], _SPOOFS):
        raise SourceError(f"{first}: unknown medium {folders[0]!r}; did you mean {near!r}?")
    return Medium.UNKNOWN, branch.folder


def _spoof(word: str) -> Medium | None:
    found = medium_named(word)
    return found if found is not None and found.label is Label.SPOOF else None


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
