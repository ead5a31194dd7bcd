"""List files that come with a database: a name a line, perhaps with a path or a label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spooftrace.data.sources.source import Job
from spooftrace.errors import SourceError

_PLACES = ("", "Protocols", "protocols", "protocol_files", "PROTOCOL", "pro_3_text", "raw")
"""Folders below the source in which people keep the lists."""


def read_list(root: Path, *names: str) -> tuple[str, ...] | None:
    """The lines of the first of these files that is there, without blanks; None where none is."""
    for place in _PLACES:
        for name in names:
            path = root / place / name
            if path.is_file():
                try:
                    lines = path.read_text(encoding="utf-8-sig").splitlines()
                except (OSError, UnicodeDecodeError) as error:
                    raise SourceError(
                        f"{path}: expected a list of names in UTF-8 ({error})"
                    ) from error
                return tuple(line.strip().replace("\\", "/") for line in lines if line.strip())
    return None


def with_split(
    root: Path, jobs: Sequence[Job], lists: Mapping[str, Iterable[str]], *, attribute: str = "split"
) -> tuple[Job, ...]:
    """The jobs whose clips are in a list, with its name as attribute; the others as they are.

    Raises:
        SourceError: a clip is in two lists.
    """
    part_of: dict[str, str] = {}
    for part, clips in lists.items():
        for clip in dict.fromkeys(clips):  # Lists repeat names to balance classes.
            if part_of.setdefault(clip, part) != part:
                raise SourceError(
                    f"{root}: expected a clip in one list, got {clip} in those of {part_of[clip]} "
                    f"and {part}; fetch the lists again"
                )
    return tuple(
        replace(job, attributes={**job.attributes, attribute: part_of[job.clip]})
        if job.clip in part_of
        else job
        for job in jobs
    )


def named_in(line: str) -> str:
    """The clip that a line names: without a label before a comma, folders and suffix."""
    return Path(line.rpartition(",")[2].strip()).stem
