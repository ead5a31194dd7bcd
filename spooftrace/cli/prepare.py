"""`spooftrace prepare`: pictures and videos become a store of faces."""

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.data.databases.layout import Layout
from spooftrace.labels import Medium

if TYPE_CHECKING:
    from spooftrace.data.store_build import Progress
    from spooftrace.faces.landmarker import Landmarker
    from spooftrace.faces.quality import QualityGate


def prepare(
    source: Annotated[
        Path, typer.Argument(help="Folder with live/ and spoof/, manifest, video, or videos.")
    ],
    out: Annotated[str, typer.Option(help="Folder or URL of the new store.")],
    layout: Annotated[
        Layout | None, typer.Option(help="How SOURCE is laid out; default: detected.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="Name of the database; default: SOURCE's.")
    ] = None,
    medium: Annotated[
        Medium | None, typer.Option(help="What the faces are, where SOURCE does not say.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Of a video, use every n-th frame.")] = 10,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: one per CPU.")
    ] = None,
    min_size: Annotated[
        int | None, typer.Option(min=1, help="Least side of a face's crop, in pixels.")
    ] = None,
    min_sharpness: Annotated[float | None, typer.Option(min=0, help="Least sharpness.")] = None,
    min_inside: Annotated[
        float | None, typer.Option(min=0, max=1, help="Least share of the face in the picture.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="Folder of unfinished work; default: OUT/parts.")
    ] = None,
) -> None:
    """Find, crop and store the faces of a database.

    A run that was stopped, by whatever, is continued by the same command. Pictures without a usable
    face are listed in OUT/rejected.csv with the reason. See docs/preparing-data.md.
    """
    from spooftrace import preparation
    from spooftrace.data.databases.chooser import read_source

    listed = read_source(source, layout=layout, database=database, medium=medium)
    typer.echo(f"{source}: {len(listed.jobs)} files, layout {listed.layout.value}")
    if listed.ignored:
        said = "passed over, neither pictures nor videos or in no folder that is read"
        typer.echo(f"{said}: {_counts(listed.ignored)}")
    try:
        with _bar(len(listed.jobs)) as show:
            done = preparation.prepare(
                listed,
                out,
                landmarker=_quiet_landmarker,
                gate=_gate(min_size, min_sharpness, min_inside),
                every=every,
                workers=workers or _cpus(),
                work=work,
                progress=show,
            )
    except KeyboardInterrupt:
        typer.echo("stopped; what is finished is kept: the same command continues", err=True)
        raise typer.Exit(130) from None
    typer.echo(f"{out}: {done.found} faces")
    if done.rejected:
        typer.echo(
            f"rejected: {sum(done.rejected.values())} ({_counts(done.rejected)}); each is listed,"
            f" with the reason, in {out.rstrip('/')}/rejected.csv"
        )


def _quiet_landmarker() -> "Landmarker":
    """The landmarker. Made once in each process, which is where Pillow has to be silenced.

    What it warns of is either harmless or refused, and then listed.
    """
    from spooftrace.faces.mediapipe_mesh import MediaPipeLandmarker

    warnings.filterwarnings("ignore", module=r"PIL\.")
    return MediaPipeLandmarker()


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _cpus() -> int:
    """CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _gate(
    min_size: int | None, min_sharpness: float | None, min_inside: float | None
) -> "QualityGate":
    from spooftrace.faces.quality import QualityGate

    default = QualityGate()
    return QualityGate(
        min_size_px=default.min_size_px if min_size is None else min_size,
        min_sharpness=default.min_sharpness if min_sharpness is None else min_sharpness,
        min_inside=default.min_inside if min_inside is None else min_inside,
    )


@contextmanager
def _bar(files: int) -> "Iterator[Callable[[Progress], None]]":
    """A progress bar on stderr, with counts and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[found]} faces, {task.fields[rejected]} rejected"),
        TimeRemainingColumn(),
    )
    bar = Bar(*columns, console=Console(stderr=True))
    task = bar.add_task("prepare", total=files, found=0, rejected=0)

    def show(state: "Progress") -> None:
        bar.start()  # Here, so that a run that cannot begin shows none.
        rejected = sum(state.rejected.values())
        bar.update(task, completed=state.done, found=state.found, rejected=rejected)

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()
