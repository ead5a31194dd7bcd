"""What the commands that build stores share: workers, counts, and what became of the files."""

import os
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from spooftrace.cli.output import say
from spooftrace.cli.stops import going_on

if TYPE_CHECKING:
    from spooftrace.building.build import Progress
    from spooftrace.faces.landmarker import Landmarker

    Show = Callable[[Progress], None]


def quiet_landmarker() -> "Landmarker":
    """The landmarker. Made once in each process, which is where Pillow has to be silenced.

    What it warns of is either harmless or refused, and then listed.
    """
    from spooftrace.faces.face_mesh import FaceMesh

    warnings.filterwarnings("ignore", module=r"PIL\.")
    return FaceMesh()


def counts(counts: Mapping[str, int]) -> str:
    """As `3 no_face, 1 too_small`."""
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def cpus() -> int:
    """CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def build_store(what: str, files: int, out: str, build: "Callable[[Show], Progress]") -> None:
    """Build a store under a bar, and say what became of the files.

    `what` the files are; `build` is handed the bar.
    """
    from spooftrace.cli import progress

    with (
        going_on("what is finished is kept: the same command continues"),
        progress.building(what, files) as show,
    ):
        done = build(show)
    say(f"{out}: {done.found} faces")
    if done.rejected:
        say(
            f"rejected: {sum(done.rejected.values())} ({counts(done.rejected)}); each is listed,"
            f" with the reason, in {out.rstrip('/')}/rejected.csv"
        )
