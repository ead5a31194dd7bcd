"""Reading a database by the names of its files: the one reader of all layouts of `databases`.

A recording may lie there as a video or as a folder of frames, whose names end in the frame's
number; where 68 landmarks (`N.npy`) lie beside a picture they are taken along, as in `release`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from spooftrace.data.layouts.database import Database, Stated
from spooftrace.data.layouts.databases import DATABASES
from spooftrace.data.sources import pictures
from spooftrace.data.sources.listing import frame_number, media_files, size_of
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import SourceError
from spooftrace.labels import Medium

_LOOKED_AT: Final = 200
"""Files by which a folder is recognised: a database may hold hundreds of thousands."""
_SHOWN: Final = 3


def recognise(root: Path) -> Database | None:
    """The database whose names most of the first files have; None where fewer than half do."""
    if not root.is_dir():
        return None
    looked_at = list(islice(media_files(root, Counter()), _LOOKED_AT))
    fitting = {
        database.layout: sum(_stated(database, root, path) is not None for path in looked_at)
        for database in DATABASES
    }
    best = max(DATABASES, key=lambda database: fitting[database.layout])
    return best if 2 * fitting[best.layout] > len(looked_at) else None


@dataclass(frozen=True, slots=True)
class Named:
    """Reads the folder of one database."""

    of: Database

    def read(
        self,
        root: Path,
        *,
        database: str | None = None,
        medium: Medium | None = None,
        pass_over: bool = False,
    ) -> Source:
        """List the files; `database` names it, by default as it is called in the field.

        `medium` is that of spoofs of which the names do not say it. `pass_over` leaves out files
        with other names, which are refused otherwise.

        Raises:
            SourceError: no file, or some and `pass_over` is not set, has not the database's names;
                or two files are the same clip.
        """
        if not root.is_dir():
            raise SourceError(f"{root}: expected the folder of {self.of.name}, got a file")
        ignored: Counter[str] = Counter()
        files = list(media_files(root, ignored))
        jobs, strange = [], []
        for path in files:
            name = path.relative_to(root).as_posix()
            if self.of.beside is not None and (beside := self.of.beside.search(name)):
                ignored[f"{beside[0].strip('/')}/"] += 1
            elif (stated := _stated(self.of, root, path)) is None:
                strange.append(path)
            else:
                jobs.append(_job(root, path, stated, database or self.of.name, medium))
        if not jobs or (strange and not pass_over):
            raise SourceError(_unlike(self.of, root, files, strange))
        if strange:
            ignored[f"not named as {self.of.example}"] += len(strange)
        _check_once(root, jobs)
        listed = tuple(jobs) if self.of.complete is None else self.of.complete(root, tuple(jobs))
        return Source(
            name=database or self.of.name,
            layout=self.of.layout,
            jobs=listed,
            ignored=dict(sorted(ignored.items())),
            notes=tuple(_counts(listed)),
        )


def columns_of(database: Database, names: Iterable[str]) -> dict[str, list[object]]:
    """What a list of files says, as the columns of a store with one row a clip.

    Names that are not the database's are passed over.
    """
    rows: dict[str, Stated] = {}
    for name in names:
        stated = database.stated(str(Path(name).with_suffix("")))
        if stated is not None:
            rows.setdefault(stated.clip or name, stated)
    return {
        "id": list(rows),
        "label": [int(row.medium.label) for row in rows.values()],
        "medium": [row.medium.value for row in rows.values()],
        "database": [database.name] * len(rows),
        "clip": list(rows),
        "frame": [0] * len(rows),
        "subject": [row.subject for row in rows.values()],
        "device": [row.device for row in rows.values()],
        "session": [row.session for row in rows.values()],
        "attributes": [dict(row.attributes) for row in rows.values()],
    }


def _stated(database: Database, root: Path, path: Path) -> Stated | None:
    """What a file's name says; of a frame, the name of the folder that it lies in."""
    inside = path.relative_to(root)
    if not database.frames:
        return None if pictures.is_video(path) else database.stated(str(inside.with_suffix("")))
    is_video = pictures.is_video(path)
    return database.stated((inside.with_suffix("") if is_video else inside.parent).as_posix())


def _job(root: Path, path: Path, stated: Stated, database: str, medium: Medium | None) -> Job:
    is_video = pictures.is_video(path)
    landmarks = path.with_suffix(".npy")
    return Job(
        path=path,
        file=path.relative_to(root).as_posix(),
        size=size_of(path),
        video=is_video,
        medium=stated.medium.or_else(medium),
        database=database,
        clip=stated.clip,
        frame=frame_number(path.stem) if stated.frame is None and not is_video else stated.frame,
        subject=stated.subject,
        device=stated.device,
        session=stated.session,
        attributes=stated.attributes,
        landmarks=landmarks if not is_video and landmarks.is_file() else None,
    )


def _check_once(root: Path, jobs: Sequence[Job]) -> None:
    """Refuse a recording that lies there twice: its rows would count twice."""
    places: dict[str, Path] = {}
    for job in jobs:
        if job.clip is None:
            continue
        place = job.path if job.video else job.path.parent
        if places.setdefault(job.clip, place) != place:
            raise SourceError(
                f"{root}: expected each recording once, got {job.clip} as "
                f"{places[job.clip].relative_to(root)} and {place.relative_to(root)}; "
                "remove one of them"
            )


def _unlike(database: Database, root: Path, files: Sequence[Path], strange: Sequence[Path]) -> str:
    """What was expected, what is there, and which layout is nearest."""
    fitting = {
        other.layout.value: sum(_stated(other, root, path) is not None for path in files)
        for other in DATABASES
    }
    nearest, count = max(fitting.items(), key=lambda item: item[1])
    names = ", ".join(path.relative_to(root).as_posix() for path in strange[:_SHOWN]) or "nothing"
    more = f", ... ({len(strange)} of {len(files)})" if len(strange) > _SHOWN else ""
    if not fitting[database.layout.value]:
        hint = (
            f"nearest is --layout {nearest} ({count} of {len(files)} fit)"
            if count
            else "no layout of `spooftrace databases` fits; see docs/preparing-data.md"
        )
    else:
        hint = "rename or remove them, or have them passed over with --pass-over"
    return (
        f"{root}: expected pictures or videos of {database.name}, named as {database.example}, "
        f"found {names}{more}; {hint}"
    )


def _counts(jobs: Sequence[Job]) -> Iterator[str]:
    """What the names said, for whoever prepares the database."""
    clips = {job.clip or job.file: job for job in jobs}.values()
    live = sum(job.medium is Medium.LIVE for job in clips)
    yield f"{len(clips)} clips, {live} live"
    if subjects := {job.subject for job in clips} - {None}:
        yield f"{len(subjects)} people"
    parts = Counter(job.attributes.get("split", "no part") for job in clips)
    yield ", ".join(f"{count} {part}" for part, count in sorted(parts.items()))
