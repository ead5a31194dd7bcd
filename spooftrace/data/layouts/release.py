"""The layout that the paper's release reads: N.png beside N.npy, below live/ and spoof/.

N.npy holds 68 landmarks, (x, y) in pixels of N.png. The pictures may lie in a folder per video.
Everything else is as in the folder layout. The landmarks stand in where the landmarker finds no
single face (`faces.landmarks68`). Videos have none.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from spooftrace.data.layouts import folder
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.listing import entries
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import SourceError
from spooftrace.labels import Medium

_SUFFIX: Final = ".npy"


def fits(root: Path) -> bool:
    """Whether it is a folder layout in which the first files have landmarks beside them."""
    return folder.fits(root) and any(_has_landmarks(label) for label in folder.label_folders(root))


def read(
    root: Path,
    *,
    database: str | None = None,
    medium: Medium | None = None,
    pass_over: bool = False,
) -> Source:
    """List the folder as `folder.read`; `SourceError` where no picture has landmarks."""
    listed = folder.read(root, database=database, medium=medium, pass_over=pass_over)
    jobs = tuple(_with_landmarks(job) for job in listed.jobs)
    if not any(job.landmarks for job in jobs):
        raise SourceError(
            f"{root}: expected N.npy beside N.png, found none; read it with --layout folder"
        )
    used = len({job.landmarks for job in jobs} - {None})
    ignored = dict(listed.ignored)
    ignored[_SUFFIX] = ignored.get(_SUFFIX, 0) - used
    ignored = {suffix: count for suffix, count in ignored.items() if count}
    return replace(listed, layout=Layout.RELEASE, jobs=jobs, ignored=ignored)


def _with_landmarks(job: Job) -> Job:
    landmarks = job.path.with_suffix(_SUFFIX)
    has_some = not job.video and landmarks.is_file()
    return replace(job, landmarks=landmarks) if has_some else job


def _has_landmarks(below: Path) -> bool:
    """Look along the first folder of each level only, for a database may be large."""
    for _ in range(4):
        found = entries(below)
        if any(entry.suffix == _SUFFIX for entry in found):
            return True
        folders = [entry for entry in found if entry.is_dir()]
        if not folders:
            return False
        below = folders[0]
    return False
