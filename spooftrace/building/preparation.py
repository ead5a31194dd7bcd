"""From pictures and videos to a store of faces (Sec. 4.1).

`prepare_one` is the whole work on one picture or video: a pure function, which any engine can map
over the jobs of a source. `prepare` has an engine do so and builds the store.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

from spooftrace.building.build import (
    MAX_FAILURES,
    Progress,
    StoreBuild,
    Work,
    ignore_progress,
    provenance_of,
)
from spooftrace.building.engines import Engine, InProcess
from spooftrace.building.parts import RejectedPicture
from spooftrace.data.sample import FaceSample
from spooftrace.data.sources import pictures
from spooftrace.data.sources.landmark_files import read_landmarks
from spooftrace.data.sources.pictures import Picture
from spooftrace.data.sources.remote import fetched
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import PictureError
from spooftrace.faces.finder import FoundFace, Rejection, RejectReason, find_face
from spooftrace.faces.landmarker import Landmarker
from spooftrace.faces.landmarks68 import face_of_landmarks
from spooftrace.faces.quality import QualityGate

CREATED_BY: Final = "prepare"
_AMBIGUOUS: Final = (RejectReason.NO_FACE, RejectReason.SEVERAL_FACES)
"""What landmarks that come with the picture can settle."""


def prepare_one(
    job: Job, landmarker: Landmarker, gate: QualityGate, *, every: int = 1
) -> Iterator[FaceSample | RejectedPicture]:
    """The face, or the reason why there is none, of a picture or of every `every`-th frame."""
    path = job.path
    try:
        with fetched(job) as here:
            path = here.path
            for frame, picture in _pictures(here, every):
                yield _result(job, frame, picture, _find(here, picture, landmarker, gate))
    except PictureError as error:
        detail = str(error).removeprefix(f"{path}: ")
        yield RejectedPicture(file=job.file, reason=RejectReason.UNREADABLE.value, detail=detail)


def _pictures(job: Job, every: int) -> Iterator[tuple[int | None, Picture]]:
    if job.video:
        from spooftrace.data.sources import video  # PyAV is not needed for pictures

        for frame in video.frames(job.path, every=every):
            yield frame.number, frame.picture
    else:
        yield None, pictures.read_picture(job.path)


def _find(
    job: Job, picture: Picture, landmarker: Landmarker, gate: QualityGate
) -> FoundFace | Rejection:
    found = find_face(picture, landmarker, gate)
    if job.landmarks and isinstance(found, Rejection) and found.reason in _AMBIGUOUS:
        return face_of_landmarks(picture, read_landmarks(job.landmarks), gate)
    return found


def _result(
    job: Job, frame: int | None, picture: Picture, found: FoundFace | Rejection
) -> FaceSample | RejectedPicture:
    if isinstance(found, Rejection):
        return RejectedPicture(
            file=job.file, frame=frame, reason=found.reason.value, detail=found.detail
        )
    return FaceSample(
        id=job.id(frame),
        image=found.image,
        vertices=found.vertices,
        label=job.label,
        medium=job.medium,
        database=job.database,
        clip=job.clip,
        frame=job.frame if frame is None else frame,
        subject=job.subject,
        device=job.device,
        session=job.session,
        box=found.box,
        native_size=found.native_size,
        quality=found.quality,
        attributes=job.attributes,
    )


def prepare(
    source: Source,
    out: str | Path,
    *,
    landmarker: Callable[[], Landmarker],
    gate: QualityGate | None = None,
    every: int = 1,
    engine: Engine | None = None,
    work: str | Path | None = None,
    max_failures: float = MAX_FAILURES,
    progress: Callable[[Progress], None] = ignore_progress,
) -> Progress:
    """Make a store at `out` of the faces of a source; returns how many were found and rejected.

    The rows are in the order of the source, whatever the number of workers. A run that was stopped
    in any way is continued by the same call, and gives the same store as one that was not.

    Args:
        source: what `data.layouts.chooser.read_source` lists.
        out: a local folder or an fsspec URL.
        landmarker: makes a landmarker, once in each process; to be pickled.
        gate: which faces are refused.
        every: of a video, every `every`-th frame is used.
        engine: where the work is done; in this process by default.
        work: folder or fsspec URL of unfinished work, `out/parts` by default.
        max_failures: share of the files that may be unreadable before the run stops.
        progress: told the state at the start and after every few files.

    Raises:
        StoreError: see `building.build.StoreBuild.run`.
    """
    gate = gate or QualityGate()
    build = StoreBuild(
        source=source,
        out=out,
        provenance=provenance_of(
            CREATED_BY,
            source,
            landmarker(),
            {"layout": source.layout, "every": every, "gate": asdict(gate)},
        ),
        make=partial(_worker, landmarker, gate, every),
        work=work,
        max_failures=max_failures,
    )
    return build.run(engine or InProcess(), progress=progress)


def _worker(landmarker: Callable[[], Landmarker], gate: QualityGate, every: int) -> Work:
    return partial(prepare_one, landmarker=landmarker(), gate=gate, every=every)
