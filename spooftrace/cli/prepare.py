"""`spooftrace prepare`: pictures and videos become a store of faces."""

from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.extras import require_data
from spooftrace.cli.output import say
from spooftrace.cli.preparing import (
    Address,
    EngineName,
    Engines,
    MaxFailures,
    Workers,
    build_store,
    counts,
    engine_of,
    quiet_landmarker,
)
from spooftrace.data.sources.layout import Layout
from spooftrace.labels import Medium

if TYPE_CHECKING:
    from spooftrace.faces.quality import QualityGate


def prepare(
    source: Annotated[
        str,
        typer.Argument(help="Folder with live/ and spoof/, manifest, video, or videos; or a URL."),
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
    pass_over: Annotated[
        bool, typer.Option("--pass-over", help="Leave out folders that are neither live nor spoof.")
    ] = False,
    every: Annotated[int, typer.Option(min=1, help="Of a video, use every n-th frame.")] = 10,
    workers: Workers = None,
    engine: Engines = EngineName.LOCAL,
    address: Address = None,
    max_failures: MaxFailures = 0.5,
    min_size: Annotated[
        int | None, typer.Option(min=1, help="Least side of a face's crop, in pixels.")
    ] = None,
    min_sharpness: Annotated[float | None, typer.Option(min=0, help="Least sharpness.")] = None,
    min_inside: Annotated[
        float | None, typer.Option(min=0, max=1, help="Least share of the face in the picture.")
    ] = None,
    work: Annotated[
        str | None, typer.Option(help="Folder or URL of unfinished work; default: OUT/parts.")
    ] = None,
) -> None:
    """Find, crop and store the faces of a database.

    A run that was stopped, by whatever, is continued by the same command. Pictures without a usable
    face are listed in OUT/rejected.csv with the reason. See docs/preparing-data.md.
    """
    require_data("prepare")
    from spooftrace.building import preparation
    from spooftrace.data.layouts.chooser import read_source

    chosen = engine_of(engine, address, workers)
    listed = read_source(
        source, layout=layout, database=database, medium=medium, pass_over=pass_over
    )
    read_as = ", ".join([str(listed.layout), *listed.notes])
    say(f"{source}: {len(listed.jobs)} files, layout {read_as}")
    if listed.ignored:
        said = "passed over, neither pictures nor videos or in no folder that is read"
        say(f"{said}: {counts(listed.ignored)}")
    build_store(
        "files",
        len(listed.jobs),
        out,
        lambda show: preparation.prepare(
            listed,
            out,
            landmarker=quiet_landmarker,
            gate=_gate(min_size, min_sharpness, min_inside),
            every=every,
            engine=chosen,
            work=work,
            max_failures=max_failures,
            progress=show,
        ),
    )


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
