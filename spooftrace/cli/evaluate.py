"""`spooftrace evaluate`: error rates of a detector on a store, or of anybody's score file."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.errors import ConfigError

if TYPE_CHECKING:
    from spooftrace.cli.judging import Judged
    from spooftrace.evaluation.report import Report


class Part(StrEnum):
    """Rows that may be reported on."""

    TEST = "test"
    DEV = "dev"


def evaluate(
    target: Annotated[
        Path, typer.Argument(help="Run folder, bundle (.onnx), or score file (.csv).")
    ],
    store: Annotated[str | None, typer.Option(help="Store that `prepare` wrote.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for scores.csv, report.json and report.md.")
    ] = None,
    split: Annotated[Part, typer.Option(help="Rows to report on.")] = Part.TEST,
    all_rows: Annotated[
        bool, typer.Option(help="Every row is test: for a store the detector never learnt from.")
    ] = False,
    threshold: Annotated[
        float | None, typer.Option(help="A threshold of your own; default: the bundle's.")
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(help="Choose the threshold on the dev rows: eer, min_acer, bpcer@0.01, ..."),
    ] = None,
    equalise: Annotated[
        int | None,
        typer.Option(help="First reduce every face to so many pixels (8 to 256) and back."),
    ] = None,
    grey_world: Annotated[bool, typer.Option(help="With --equalise: remove colour casts.")] = False,
    cluster: Annotated[
        str | None, typer.Option(help="Intervals resample by database, subject or clip.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Error rates per medium and per source, with intervals, at a threshold from other rows."""
    from spooftrace.cli import judging
    from spooftrace.evaluation.report import ReportOptions, build_report

    if threshold is not None and rule is not None:
        raise typer.BadParameter("give --threshold or --rule, not both")
    if grey_world and equalise is None:
        raise typer.BadParameter("--grey-world goes with --equalise")
    if target.suffix.lower() == ".csv":
        if store is not None or equalise is not None or all_rows:
            raise typer.BadParameter("a score file needs no --store, --equalise or --all-rows")
        judged = judging.from_scores(target)
    else:
        if store is None:
            raise typer.BadParameter(f"--store is needed to judge {target}")
        faces = judging.Faces(size_px=equalise, grey_world=grey_world)
        judged = judging.from_store(target, store, split.value, faces, all_rows=all_rows)
    chosen, said = judging.choose_threshold(judged, split.value, threshold, rule)
    report = build_report(
        judged.table,
        chosen,
        system=judged.system,
        split=split.value,
        options=ReportOptions(cluster=cluster),
        notes=(*judged.notes, *said),
        tables=judged.tables,
    )
    folder = out or judged.folder
    if folder is not None:
        _write(folder, report, judged)
    _show(report, folder, as_json=as_json)


def _write(folder: Path, report: "Report", judged: "Judged") -> None:
    from spooftrace.evaluation import score_file, tables

    try:
        folder.mkdir(parents=True, exist_ok=True)
        if judged.is_new:
            score_file.write_scores(judged.table, folder / "scores.csv")
        (folder / "report.json").write_text(report.to_json(), encoding="utf-8")
        (folder / "report.md").write_text(tables.markdown(report), encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--out {folder}: expected a folder to write into: {error.strerror}"
        ) from error


def _show(report: "Report", folder: Path | None, *, as_json: bool) -> None:
    from rich.console import Console

    from spooftrace.evaluation import tables

    if as_json:
        typer.echo(report.to_json(), nl=False)
        return
    console = Console()
    console.print(tables.terminal(report))
    if folder is not None:
        console.print(f"written: {folder}", markup=False, soft_wrap=True)
