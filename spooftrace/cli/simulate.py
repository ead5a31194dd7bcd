"""`spooftrace simulate`: portraits become a store of simulated attacks with known traces."""

from collections.abc import Callable
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
from spooftrace.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from spooftrace.building.portraits import Pictured, Portraits
    from spooftrace.data.sources.source import Source
    from spooftrace.labels import Medium


def simulate(
    portraits: Annotated[
        str | None, typer.Argument(help="Folder, URL or manifest of portraits of living people.")
    ] = None,
    out: Annotated[str, typer.Option(help="Folder or URL of the new store.")] = "",
    people: Annotated[
        int | None,
        typer.Option(min=1, help="Instead of PORTRAITS: so many people who do not exist."),
    ] = None,
    attacks: Annotated[
        str, typer.Option(help="all, or media separated by commas: print,replay,half_mask,...")
    ] = "all",
    per_face: Annotated[
        int, typer.Option(min=1, max=10_000, help="Presentations of each attack a portrait.")
    ] = 1,
    live_per_face: Annotated[
        int | None,
        typer.Option(
            min=1, max=10_000, help="Living presentations; default: a quarter of the attacks."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of rooms, cameras and attacks.")] = 0,
    database: Annotated[str | None, typer.Option(help="Name of the database.")] = None,
    workers: Workers = None,
    engine: Engines = EngineName.LOCAL,
    address: Address = None,
    max_failures: MaxFailures = 0.5,
    work: Annotated[
        str | None, typer.Option(help="Folder or URL of unfinished work; default: OUT/parts.")
    ] = None,
    sheets: Annotated[
        str | None,
        typer.Option(help="Folder or URL of the contact sheets; default: OUT/sheets."),
    ] = None,
) -> None:
    """Simulate attacks on living faces: what a medium adds is known to the pixel.

    A run that was stopped is continued by the same command; the store is the same for any number of
    workers. Portraits without exactly one good face are listed in OUT/rejected.csv. See
    docs/simulating.md.
    """
    require_data("simulate")
    if not out:
        raise typer.BadParameter("name the new store", param_hint="--out")
    if (portraits is None) == (people is None):
        raise typer.BadParameter("give either PORTRAITS or --people")
    if people is not None and database is not None:
        raise typer.BadParameter("--database names that of PORTRAITS; of --people it is `people`")
    from spooftrace.building import attacking
    from spooftrace.building.attacking import Programme
    from spooftrace.building.sheets import SHEETS, write_sheets
    from spooftrace.data.folder import Folder
    from spooftrace.data.store.store import Store

    workshop = engine_of(engine, address, workers)
    pictures = Folder(sheets) if sheets else Folder(out).within(SHEETS)
    pictures.check_way()
    chosen = named_attacks(attacks)
    programme = Programme(
        attacks=chosen,
        per_face=per_face,
        live_per_face=live_per_face or max(1, round(per_face * len(chosen) / 4)),
        seed=seed,
    )
    source, opened = (
        _people(people or 0, seed) if portraits is None else _pictures(portraits, database)
    )
    presentations = sum(1 for _ in programme.presentations())
    say(f"{source.name}: {len(source.jobs)} portraits, {presentations} presentations each")
    if source.ignored:
        say(f"passed over: {counts(source.ignored)}")
    build_store(
        "portraits",
        len(source.jobs),
        out,
        lambda show: attacking.simulate(
            source,
            out,
            programme,
            portraits=opened,
            engine=workshop,
            work=work,
            max_failures=max_failures,
            progress=show,
        ),
    )
    write_sheets(Store.open(out), pictures, chosen)
    say(f"look at them: {pictures.shown}")


def named_attacks(text: str) -> "tuple[Medium, ...]":
    """The media that `--attacks` names, each once, in the order in which they are listed.

    Raises:
        ConfigError: no such attack.
    """
    from spooftrace.simulation.attacks import ATTACKS

    known = [medium.value for medium in ATTACKS]
    names = [name.strip().lower().replace("-", "_") for name in text.split(",") if name.strip()]
    for name in names:
        if name != "all" and name not in known:
            raise ConfigError(
                f"--attacks: there is no attack {name!r}; {did_you_mean(name, known)}"
            )
    if not names:
        raise ConfigError(f"--attacks: expected all, or some of {', '.join(known)}; got nothing")
    return tuple(medium for medium in ATTACKS if "all" in names or medium.value in names)


def _people(count: int, seed: int) -> "tuple[Source, Callable[[], Portraits]]":
    from spooftrace.building.portraits import Modelled, people_of_model

    return people_of_model(count, seed), Modelled


def _pictures(place: str, database: str | None) -> "tuple[Source, Callable[[], Portraits]]":
    from spooftrace.building.portraits import living
    from spooftrace.data.layouts.chooser import read_source
    from spooftrace.labels import Medium

    return living(read_source(place, database=database, medium=Medium.LIVE)), _pictured


def _pictured() -> "Pictured":
    from spooftrace.building.portraits import Pictured

    return Pictured(quiet_landmarker())
