"""What the commands that build stores share: workers, counts and a bar."""

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

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


def build_store(
    name: str, what: str, files: int, out: str, build: "Callable[[Show], Progress]"
) -> None:
    """Build a store under a bar, and say what became of the files; Ctrl-C ends with code 130.

    `name` is the command's, `what` its files are; `build` is handed the bar.
    """
    try:
        with bar(name, what, files) as show:
            done = build(show)
    except KeyboardInterrupt:
        typer.echo("stopped; what is finished is kept: the same command continues", err=True)
        raise typer.Exit(130) from None
    typer.echo(f"{out}: {done.found} faces")
    if done.rejected:
        typer.echo(
            f"rejected: {sum(done.rejected.values())} ({counts(done.rejected)}); each is listed,"
            f" with the reason, in {out.rstrip('/')}/rejected.csv"
        )


@contextmanager
def bar(name: str, what: str, files: int) -> "Iterator[Callable[[Progress], None]]":
    """A progress bar on stderr, with counts and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(what + ", {task.fields[found]} faces, {task.fields[rejected]} rejected"),
        TimeRemainingColumn(),
    )
    shown = Bar(*columns, console=Console(stderr=True))
    task = shown.add_task(name, total=files, found=0, rejected=0)

    def show(state: "Progress") -> None:
        shown.start()  # Here, so that a run that cannot begin shows none.
        rejected = sum(state.rejected.values())
        shown.update(task, completed=state.done, found=state.found, rejected=rejected)

    try:
        yield show
    finally:
        if shown.live.is_started:
            shown.stop()
