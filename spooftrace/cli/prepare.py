"""`spooftrace prepare`: pictures and videos become a store of faces."""

from typing import Annotated

import typer

from spooftrace.cli.extras import require_data
from spooftrace.cli.options import Limits
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
    limit: Limits = None,
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
    from spooftrace.faces.quality import gate_of

    gate = gate_of(limit or ())
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
            gate=gate,
            every=every,
            engine=chosen,
            work=work,
            max_failures=max_failures,
            progress=show,
        ),
    )
