"""`spooftrace simulate`: portraits become a store of simulated attacks with known traces."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.preparing import build_store, counts, cpus, quiet_landmarker
from spooftrace.errors import ConfigError

if TYPE_CHECKING:
    from spooftrace.building.attacking import Programme
    from spooftrace.building.portraits import Pictured, Portraits
    from spooftrace.data.sources.source import Source
    from spooftrace.labels import Medium

SHEETS = "sheets"
SHEET_FACES = 12


def simulate(
    portraits: Annotated[
        Path | None, typer.Argument(help="Folder or manifest of portraits of living people.")
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
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: one per CPU.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="Folder of unfinished work; default: OUT/parts.")
    ] = None,
    sheets: Annotated[
        Path | None, typer.Option(help="Folder of the contact sheets; default: OUT/sheets.")
    ] = None,
) -> None:
    """Simulate attacks on living faces: what a medium adds is known to the pixel.

    A run that was stopped is continued by the same command; the store is the same for any number of
    workers. Portraits without exactly one good face are listed in OUT/rejected.csv. See
    docs/simulating.md.
    """
    if not out:
        raise typer.BadParameter("name the new store", param_hint="--out")
    if (portraits is None) == (people is None):
        raise typer.BadParameter("give either PORTRAITS or --people")
    if people is not None and database is not None:
        raise typer.BadParameter("--database names that of PORTRAITS; of --people it is `people`")
    if sheets is not None and sheets.exists() and not sheets.is_dir():
        raise ConfigError(f"--sheets: expected a folder, {sheets} is a file; choose another place")
    from spooftrace.building.attacking import Programme

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
    _run(source, out, programme, opened, workers or cpus(), work)
    typer.echo(_sheets(out, sheets, chosen))


def _run(
    source: "Source",
    out: str,
    programme: "Programme",
    portraits: "Callable[[], Portraits]",
    workers: int,
    work: Path | None,
) -> None:
    """Make the store under a bar, and say what became of the portraits."""
    from spooftrace.building import attacking

    presentations = sum(1 for _ in programme.presentations())
    typer.echo(f"{source.name}: {len(source.jobs)} portraits, {presentations} presentations each")
    if source.ignored:
        typer.echo(f"passed over: {counts(source.ignored)}")
    build_store(
        "simulate",
        "portraits",
        len(source.jobs),
        out,
        lambda show: attacking.simulate(
            source,
            out,
            programme,
            portraits=portraits,
            workers=workers,
            work=work,
            progress=show,
        ),
    )


def named_attacks(text: str) -> "tuple[Medium, ...]":
    """The media that `--attacks` names, each once, in the order in which they are listed.

    Raises:
        ConfigError: no such attack.
    """
    from spooftrace.data.layouts.names import did_you_mean
    from spooftrace.simulation.attacks import ATTACKS

    known = [medium.value for medium in ATTACKS]
    names = [name.strip().lower().replace("-", "_") for name in text.split(",") if name.strip()]
    for name in names:
        if name != "all" and name not in known:
            raise ConfigError(
                f"--attacks: there is no attack {name!r}; {did_you_mean(name, known)};"
                f" there are {', '.join(known)}"
            )
    if not names:
        raise ConfigError(f"--attacks: expected all, or some of {', '.join(known)}; got nothing")
    return tuple(medium for medium in ATTACKS if "all" in names or medium.value in names)


def _people(count: int, seed: int) -> "tuple[Source, Callable[[], Portraits]]":
    from spooftrace.building.portraits import Modelled, people_of_model

    return people_of_model(count, seed), Modelled


def _pictures(place: Path, database: str | None) -> "tuple[Source, Callable[[], Portraits]]":
    from spooftrace.building.portraits import living
    from spooftrace.data.layouts.chooser import read_source
    from spooftrace.labels import Medium

    return living(read_source(place, database=database, medium=Medium.LIVE)), _pictured


def _pictured() -> "Pictured":
    from spooftrace.building.portraits import Pictured

    return Pictured(quiet_landmarker())


def _sheets(store: str, folder: Path | None, media: "Sequence[Medium]") -> str:
    """Make the contact sheets; where they lie, or why there are none."""
    if folder is None and "://" in store:
        return "no contact sheets: name a local folder for them with --sheets"
    folder = folder or Path(store) / SHEETS
    try:
        _write_sheets(store, folder, media)
    except OSError as error:
        raise ConfigError(
            f"--sheets: expected a folder to write contact sheets into, cannot write to {folder} "
            f"({error}); the store is complete: repeat the command with another --sheets"
        ) from error
    return f"look at them: {folder}"


def _write_sheets(store: str, folder: Path, media: "Sequence[Medium]") -> None:
    from PIL import Image

    from spooftrace.data.store.store import Store
    from spooftrace.simulation.contact_sheet import contact_sheet

    opened = Store.open(store)
    named = opened.columns()["medium"]
    folder.mkdir(parents=True, exist_ok=True)
    for medium in media:
        rows = [row for row, name in enumerate(named) if name == medium.value]
        samples = [opened.sample(row) for row in rows[:: max(1, len(rows) // SHEET_FACES)]]
        faces = samples[:SHEET_FACES]
        shown = [(f.live_twin, f.image, f.trace) for f in faces if f.trace is not None]
        if shown:
            lives, images, traces = zip(*shown, strict=True)
            sheet = contact_sheet(medium.value, lives, images, traces)
            Image.fromarray(sheet).save(folder / f"{medium.value}.png")
