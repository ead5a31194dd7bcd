"""From portraits of living people to a store of live faces and simulated attacks with known traces.

`attack_one` is the whole work on one portrait: a pure function of it and of a seed, so that the
store is the same for any number of workers and after any stop.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np

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
from spooftrace.building.portraits import Portraits
from spooftrace.data.sample import FaceSample
from spooftrace.data.sources.source import Job, Source
from spooftrace.faces.crop import CROP_SIZE, Box
from spooftrace.faces.finder import Rejection
from spooftrace.faces.mesh import VERTICES
from spooftrace.faces.quality import QualityGate, inner_face, measure, tonal_range
from spooftrace.labels import Medium
from spooftrace.simulation.attacks import Presentation, present
from spooftrace.simulation.seeds import seed_of
from spooftrace.simulation.truth import trace_of

CREATED_BY: Final = "simulate"
PORTRAITS_PER_CHUNK: Final = 2
"""A killed run loses at most so many per process; each takes seconds."""
TRIES: Final = 4
"""Draws of a presentation; the last one stays, however it looks."""
GATE: Final = QualityGate(
    min_sharpness=0.1, min_brightness=0.12, max_brightness=0.85, min_range=0.15
)
"""What a presentation should pass, of both classes alike: a detector refuses the hopeless before it
judges, and need not learn what nobody could tell. Stricter than in use, for poor pictures to be
rare and not the rule."""
SIMULATED: Final = "simulated"
"""The attribute that every simulated row has, so that nobody takes it for a recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What is made of every portrait."""

    attacks: tuple[Medium, ...]
    per_face: int = 1
    """Presentations of each attack."""
    live_per_face: int = 4
    """Living presentations."""
    seed: int = 0

    def presentations(self) -> Iterator[tuple[Medium, int]]:
        """Medium and number of every presentation of a portrait, living ones first."""
        yield from ((Medium.LIVE, view) for view in range(self.live_per_face))
        yield from ((medium, view) for medium in self.attacks for view in range(self.per_face))


def attack_one(
    job: Job, portraits: Portraits, programme: Programme
) -> Iterator[FaceSample | RejectedPicture]:
    """Every presentation of one portrait, or why there is none."""
    for medium, view in programme.presentations():
        portrait = portraits.portrait(job, view)
        if isinstance(portrait, Rejection):
            reason, detail = portrait.reason.value, portrait.detail
            yield RejectedPicture(file=job.file, reason=reason, detail=detail)
            return
        for attempt in range(TRIES):
            again = (attempt,) if attempt else ()
            seed = seed_of(programme.seed, job.id(None), medium.value, view, *again)
            shown = present(portrait, medium, seed)
            if can_be_judged(shown):
                break
        yield _sample(job, medium, view, shown)


def can_be_judged(shown: Presentation) -> bool:
    """Whether a presentation's face is sharp, bright and rich enough for `GATE`."""
    whole = Box(left=0, top=0, side=CROP_SIZE)
    face = inner_face(shown.picture, whole)
    found = measure(face, shown.points, shown.picture.shape)
    return (
        found.sharpness >= GATE.min_sharpness
        and GATE.min_brightness <= found.brightness <= GATE.max_brightness
        and tonal_range(face) >= GATE.min_range
    )


def _sample(job: Job, medium: Medium, view: int, shown: Presentation) -> FaceSample:
    is_live = medium is Medium.LIVE
    return FaceSample(
        id=f"{job.id(None)}#{medium.value}{view}",
        image=shown.picture,
        vertices=np.ascontiguousarray(shown.points[VERTICES]),
        label=medium.label,
        medium=medium,
        database=job.database,
        subject=job.subject or job.file,
        device=shown.camera,
        session=job.session,
        native_size=shown.native_size,
        trace=None if is_live else trace_of(shown.picture, shown.live),
        attributes={**job.attributes, SIMULATED: "yes"},
    )


def simulate(
    source: Source,
    out: str | Path,
    programme: Programme,
    *,
    portraits: Callable[[], Portraits],
    engine: Engine | None = None,
    work: str | Path | None = None,
    max_failures: float = MAX_FAILURES,
    progress: Callable[[Progress], None] = ignore_progress,
) -> Progress:
    """Make a store at `out` of the simulated presentations of a source's portraits.

    Args:
        source: portraits of living people; its jobs are pictures.
        out: a local folder or an fsspec URL.
        programme: what is made of each.
        portraits: opens portraits, once in each process; to be pickled.
        engine: where the work is done; in this process by default.
        work: folder or fsspec URL of unfinished work, `out/parts` by default.
        max_failures: share of the files that may be unreadable before the run stops.
        progress: told the state at the start and after every few portraits.

    Raises:
        StoreError: see `building.build.StoreBuild.run`.
    """
    build = StoreBuild(
        source=source,
        out=out,
        provenance=provenance_of(
            CREATED_BY,
            source,
            portraits(),
            {
                "attacks": [medium.value for medium in programme.attacks],
                "per_face": programme.per_face,
                "live_per_face": programme.live_per_face,
                "seed": programme.seed,
            },
        ),
        make=partial(_worker, portraits, programme),
        work=work,
        max_failures=max_failures,
        per_chunk=PORTRAITS_PER_CHUNK,
    )
    return build.run(engine or InProcess(), progress=progress)


def _worker(portraits: Callable[[], Portraits], programme: Programme) -> Work:
    cv2.setNumThreads(1)  # One process a core; OpenCV's own threads would fight for them.
    return partial(attack_one, portraits=portraits(), programme=programme)
