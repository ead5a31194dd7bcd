"""What the commands that build stores share: workers, counts, and what became of the files."""

import os
import warnings
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.output import say
from spooftrace.cli.stops import going_on

if TYPE_CHECKING:
    from spooftrace.building.build import Progress
    from spooftrace.building.engines import Engine
    from spooftrace.faces.landmarker import Landmarker

    Show = Callable[[Progress], None]


class EngineName(StrEnum):
    """Where the work is done."""

    LOCAL = "local"
    RAY = "ray"


Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: one per CPU.")]
Engines = Annotated[
    EngineName,
    typer.Option("--engine", help="local: processes of this machine; ray: a cluster (Ray Data)."),
]
Address = Annotated[
    str | None,
    typer.Option(help="Of the Ray cluster, as auto or HOST:6379; default: one started here."),
]
MaxFailures = Annotated[
    float,
    typer.Option(min=0, max=1, help="Share of unreadable files above which the run stops."),
]


def engine_of(name: EngineName, address: str | None, workers: int | None) -> "Engine":
    """The engine that `--engine`, `--address` and `--workers` ask for.

    Raises:
        MissingExtraError: Ray is asked for and not installed.
    """
    if name is EngineName.RAY:
        from spooftrace.building.ray_engine import RayData

        return RayData(address, workers)
    if address is not None:
        raise typer.BadParameter("it is that of a Ray cluster: add --engine ray")
    from spooftrace.building.engines import on_this_machine

    return on_this_machine(workers or cpus())


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
