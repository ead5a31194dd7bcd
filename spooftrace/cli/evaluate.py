"""`spooftrace evaluate`: error rates of a detector on a store, or of anybody's score file."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.extras import require_data
from spooftrace.errors import ConfigError

if TYPE_CHECKING:
    from spooftrace.evaluation.estimates.report import Report
    from spooftrace.judging.scoring import Judged


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
    report_folder: Annotated[
        Path | None,
        typer.Option("--report", help="Folder for these, report.html and every table."),
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
    oracle: Annotated[
        bool,
        typer.Option(help="Choose it on the very rows reported on; every figure is marked."),
    ] = False,
    group: Annotated[
        list[str] | None,
        typer.Option(help="Also report per value of this column (attributes.NAME of a store)."),
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
    require_data("evaluate")
    from spooftrace.judging import scoring as judging

    if threshold is not None and (rule is not None or oracle):
        raise typer.BadParameter("give --threshold, or --rule and --oracle, not both")
    if grey_world and equalise is None:
        raise typer.BadParameter("--grey-world goes with --equalise")
    if target.suffix.lower() == ".csv":
        if store is not None or equalise is not None or all_rows:
            raise typer.BadParameter("a score file needs no --store, --equalise or --all-rows")
        judged = judging.from_scores(target, group or ())
    else:
        if store is None:
            raise typer.BadParameter(f"--store is needed to judge {target}")
        faces = judging.Faces(size_px=equalise, grey_world=grey_world)
        judged = judging.from_store(
            target, store, split.value, faces, all_rows=all_rows, groups=group or ()
        )
    report = judge(
        judged,
        split=split.value,
        threshold=threshold,
        rule=rule,
        oracle=oracle,
        cluster=cluster,
    )
    folder = out or (judged.folder if report_folder is None else None)
    for place, is_whole in ((folder, False), (report_folder, True)):
        if place is not None:
            _write(place, report, judged, is_whole=is_whole)
    _show(report, judged, [place for place in (folder, report_folder) if place], as_json=as_json)


def judge(
    judged: "Judged",
    *,
    split: str = "test",
    threshold: float | None = None,
    rule: str | None = None,
    oracle: bool = False,
    cluster: str | None = None,
) -> "Report":
    """The report on what was scored; the options are those of the command."""
    from spooftrace.evaluation.estimates.report import build_report
    from spooftrace.evaluation.estimates.sections import ReportOptions
    from spooftrace.judging.operating_point import choose_threshold

    chosen, said = choose_threshold(judged, split, threshold, rule, oracle=oracle)
    return build_report(
        judged.table,
        chosen,
        system=judged.system,
        split=split,
        options=ReportOptions(cluster=cluster),
        notes=(*judged.notes, *said),
        provenance=judged.provenance,
        oracle=oracle,
    )


def _write(folder: Path, report: "Report", judged: "Judged", *, is_whole: bool) -> None:
    from spooftrace.evaluation.scores import file as score_file

    try:
        folder.mkdir(parents=True, exist_ok=True)
        if judged.is_new:
            score_file.write_scores(judged.table, folder / "scores.csv")
        if is_whole:
            _write_whole(folder, report, judged)
        else:
            _write_summary(folder, report, judged)
    except OSError as error:
        flag = "--report" if is_whole else "--out"
        raise ConfigError(
            f"{flag} {folder}: expected a folder to write into: {error.strerror}"
        ) from error


def _write_summary(folder: Path, report: "Report", judged: "Judged") -> None:
    from spooftrace.evaluation.report_files import write_summary

    write_summary(report, folder, judged.tables)


def _write_whole(folder: Path, report: "Report", judged: "Judged") -> None:
    from spooftrace.evaluation.report_files import write_report

    panels = {}
    if judged.shown is not None:
        from spooftrace.judging.panels import panels_of

        ids = [face.id for face in report.faces]
        panels = panels_of(judged.shown, ids, report.threshold)
    write_report(report, folder, judged.tables, panels)


def _show(report: "Report", judged: "Judged", folders: list[Path], *, as_json: bool) -> None:
    from rich.console import Console

    from spooftrace.evaluation.render import text
    from spooftrace.evaluation.tables.report import report_json, summary_document

    if as_json:
        typer.echo(report_json(report, judged.tables), nl=False)
        return
    console = Console()
    console.print(text.terminal(summary_document(report, judged.tables)))
    for folder in folders:
        console.print(f"written: {folder}", markup=False, soft_wrap=True)
