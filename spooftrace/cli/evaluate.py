"""`spooftrace evaluate`: error rates of a detector on a store, or of anybody's score file."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.extras import require_data
from spooftrace.cli.options import Higher, Part
from spooftrace.cli.output import say, show
from spooftrace.cli.stops import going_on
from spooftrace.errors import ConfigError
from spooftrace.labels import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spooftrace.evaluation.estimates.report import Report
    from spooftrace.evaluation.protocols.protocol import Protocol
    from spooftrace.evaluation.render.page import Panel
    from spooftrace.judging.report import Scored


def evaluate(
    target: Annotated[
        Path, typer.Argument(help="Run folder, bundle (.onnx), or score file (.csv).")
    ],
    store: Annotated[
        str | None, typer.Option(help="Store that `prepare` or `simulate` wrote.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for report.html, .json and .md, every table, and scores.csv."),
    ] = None,
    split: Annotated[Part, typer.Option(help="Rows to report on.")] = Part.TEST,
    all_rows: options.AllRows = False,
    threshold: Annotated[
        float | None, typer.Option(help="A threshold of your own; default: the bundle's.")
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(help="Choose the threshold on the dev rows: eer, min_acer, bpcer@0.01, ..."),
    ] = None,
    oracle: options.Oracle = False,
    group: Annotated[
        list[str] | None,
        typer.Option(help="Also report per value of this column (attributes.NAME of a store)."),
    ] = None,
    equalise: Annotated[
        int | None,
        typer.Option(help="First reduce every face to so many pixels (8 to 256) and back."),
    ] = None,
    grey_world: Annotated[bool, typer.Option(help="With --equalise: remove colour casts.")] = False,
    cluster: options.Cluster = None,
    higher_is: Annotated[
        Higher, typer.Option(help="What the scores of a file are higher for.")
    ] = Higher.SPOOF,
    title: Annotated[
        str | None, typer.Option(help="What the system is called; default: what it is read from.")
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            help="Judge clips, beside what others reached by this protocol, e.g. oulu-npu/1."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Error rates per medium and per source, with intervals, at a threshold from other rows."""
    require_data("evaluate")
    from spooftrace.detector.shipped import is_name
    from spooftrace.evaluation.protocols.protocol import all_rows_test
    from spooftrace.judging.report import KEPT_FILE

    protocol = all_rows_test() if all_rows else None
    folder = target if target.is_dir() and not is_name(target) else None
    place = out or folder
    keep = None if place is None else place / KEPT_FILE
    if threshold is not None and (rule is not None or oracle):
        raise typer.BadParameter("give --threshold, or --rule and --oracle, not both")
    if target.suffix.lower() == ".csv":
        if store is not None or equalise is not None or all_rows:
            raise typer.BadParameter("a score file needs no --store, --equalise or --all-rows")
        from spooftrace.judging.report import read_scored

        scored = read_scored(target, group or (), higher_is=Label[higher_is.name])
        threshold = higher_is.threshold(threshold)
    else:
        scored = _score(
            target,
            store,
            split=split.value,
            protocol=protocol,
            equalise=equalise,
            grey_world=grey_world,
            groups=group or (),
            higher_is=higher_is,
            keep=keep,
        )
    from spooftrace.judging.report import report_on

    scored = replace(scored, system=title or scored.system)
    if published is not None:
        from spooftrace.judging.published import as_clips_of

        scored, protocol = as_clips_of(scored, published)
    report = report_on(
        scored,
        protocol=protocol,
        split=split.value,
        threshold=threshold,
        rule=rule,
        oracle=oracle,
        cluster=cluster,
    )
    if out is None and folder is not None:
        out = folder / scored.question
    if out is not None:
        _write(out, report, scored)
        if keep is not None and scored.question:
            keep.unlink(missing_ok=True)
    _show(report, scored, [out] if out is not None else [], as_json=as_json)


def _score(
    target: Path,
    store: str | None,
    *,
    split: str,
    protocol: "Protocol | None",
    equalise: int | None,
    grey_world: bool,
    groups: "Sequence[str]",
    higher_is: Higher,
    keep: Path | None,
) -> "Scored":
    """What a detector says of a store, scored under a bar."""
    if higher_is is Higher.LIVE:
        raise typer.BadParameter("--higher-is is for score files")
    from spooftrace.detector.shipped import is_name, shipped

    if not (target.exists() or is_name(target)):
        raise ConfigError(
            f"{target}: expected a run folder, a bundle (.onnx), a shipped model "
            f"({', '.join(shipped())}) or a score file (.csv), got no such file or folder"
        )
    if store is None:
        raise typer.BadParameter(f"--store is needed to judge {target}")
    if grey_world and equalise is None:
        raise typer.BadParameter("--grey-world goes with --equalise")
    from spooftrace.cli import progress
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.judging.changes import FaceChange
    from spooftrace.judging.scoring import score_store

    if keep is not None:
        _make_folder(keep.parent)
    change = FaceChange(equalise_px=equalise, grey_world=grey_world)
    bundle, opened = Bundle.load(target), Store.open(store)
    kept = "what is scored is kept: the same command continues" if keep else ""
    with going_on(kept), progress.bar("scoring") as watch:
        return score_store(
            bundle,
            opened,
            protocol=protocol,
            split=split,
            change=change,
            groups=groups,
            keep=keep,
            progress=watch,
        )


def _make_folder(folder: Path) -> None:
    """Before the work, so that it is not lost."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"--out {folder}: expected a folder to write into: {error.strerror}"
        ) from error


def _write(folder: Path, report: "Report", scored: "Scored") -> None:
    """Scores that are on no disk yet, and the report with its page and panels."""
    from spooftrace.evaluation.render.files import write_report
    from spooftrace.evaluation.scores import file as score_file

    _make_folder(folder)
    try:
        if scored.question:
            score_file.write_scores(scored.table, folder / "scores.csv")
        write_report(report, folder, scored.tables, _panels(report, scored))
    except OSError as error:
        raise ConfigError(
            f"--out {folder}: expected a folder to write into: {error.strerror}"
        ) from error


def _panels(report: "Report", scored: "Scored") -> "dict[str, Panel]":
    """Of the faces that the report lists; none where there is but a score file."""
    if scored.faces is None:
        return {}
    from spooftrace.judging.panels import panels_of

    return panels_of(scored.faces, [face.id for face in report.faces], report.threshold)


def _show(report: "Report", scored: "Scored", folders: list[Path], *, as_json: bool) -> None:
    from spooftrace.evaluation.render.terminal import terminal
    from spooftrace.evaluation.tables.report import report_json, summary_document

    if as_json:
        say(report_json(report, scored.tables), end="")
    else:
        show(terminal(summary_document(report, scored.tables)), folders)
