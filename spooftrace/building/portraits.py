"""Living faces to attack: pictures of people, or people of the face model, who do not exist."""

from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from spooftrace.data.sources import pictures
from spooftrace.data.sources.remote import fetched
from spooftrace.data.sources.source import Job, Source
from spooftrace.errors import PictureError, SourceError
from spooftrace.faces.finder import Rejection, RejectReason, find_face
from spooftrace.faces.landmarker import Landmarker
from spooftrace.faces.matting import PersonMatte
from spooftrace.faces.quality import QualityGate
from spooftrace.labels import Label, Medium
from spooftrace.simulation.people import person
from spooftrace.simulation.scene.portrait import Portrait, portrait_of
from spooftrace.simulation.seeds import seed_of
from spooftrace.version import __version__

GATE: Final = QualityGate(min_size_px=80)
"""Cameras that look at a small portrait are no finer than it (`Portrait.detail`); below this none
is coarse enough."""

_SPLITS: Final = ("train", "train", "train", "dev", "test")
"""Of every five people of the model."""


class Portraits(Protocol):
    """Makes the portraits of a job; `name` and `version` are recorded with the store."""

    @property
    def name(self) -> str:
        """Where the meshes come from."""

    @property
    def version(self) -> str:
        """Its version."""

    def portrait(self, job: Job, view: int) -> Portrait | Rejection:
        """The person of the job as seen in a view, or why there is none."""


class Pictured:
    """Portraits that are pictures: every view is the same picture."""

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker, self._matte = landmarker, PersonMatte()
        self._last: tuple[Path, Portrait | Rejection] | None = None

    @property
    def name(self) -> str:
        """The landmarker's."""
        return self._landmarker.name

    @property
    def version(self) -> str:
        """The landmarker's."""
        return self._landmarker.version

    def portrait(self, job: Job, view: int) -> Portrait | Rejection:
        """The face in the picture of the job, found once."""
        if self._last is None or self._last[0] != job.path:
            self._last = (job.path, self._open(job))
        return self._last[1]

    def _open(self, job: Job) -> Portrait | Rejection:
        path = job.path
        try:
            with fetched(job) as here:
                path = here.path
                picture = pictures.read_picture(path)
        except PictureError as error:
            detail = str(error).removeprefix(f"{path}: ")
            return Rejection(RejectReason.UNREADABLE, detail)
        found = find_face(picture, self._landmarker, GATE)
        if isinstance(found, Rejection):
            return found
        return portrait_of(picture, found.mesh, self._matte.find(picture))


class Modelled:
    """People of the statistical face model (`simulation.people`): every view is another look."""

    name = "spooftrace-people"
    version = __version__

    def __init__(self) -> None:
        self._name = ""
        self._looks: dict[int, Portrait] = {}

    def portrait(self, job: Job, view: int) -> Portrait:
        """A look at the person whose name is the job's file."""
        if self._name != job.file:
            self._name, self._looks = job.file, {}
            self._person = person.draw_person(np.random.default_rng(seed_of("person", job.file)))
        if view not in self._looks:
            rng = np.random.default_rng(seed_of("look", job.file, view))
            self._looks[view] = person.render(self._person, rng)
        return self._looks[view]


def people_of_model(count: int, seed: int) -> Source:
    """A source of so many people who do not exist.

    Of every five, three train, one is for development and one for the test.
    """
    names = [f"person{seed}-{number:05d}" for number in range(count)]
    jobs = tuple(
        Job(
            path=Path(name),
            file=name,
            size=0,
            medium=Medium.LIVE,
            database="people",
            subject=name,
            attributes={"split": _SPLITS[number % len(_SPLITS)]},
        )
        for number, name in enumerate(names)
    )
    return Source(name="people of the face model", layout=None, jobs=jobs)


def living(source: Source) -> Source:
    """The pictures of living people of a source; videos and spoofs are counted as ignored.

    Raises:
        SourceError: there is none.
    """
    jobs = tuple(job for job in source.jobs if job.label is Label.LIVE and not job.video)
    videos = sum(job.video for job in source.jobs)
    spoofs = sum(job.label is Label.SPOOF and not job.video for job in source.jobs)
    counts = {"videos": videos, "spoofs": spoofs}
    ignored = dict(source.ignored) | {name: count for name, count in counts.items() if count}
    if not jobs:
        raise SourceError(
            f"{source.name}: expected pictures of living faces to attack, found none among "
            f"{len(source.jobs)} files ({videos} videos, {spoofs} spoofs); give a folder of "
            "portraits"
        )
    return replace(source, jobs=jobs, ignored=ignored)
