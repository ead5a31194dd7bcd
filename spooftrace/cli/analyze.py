"""`spooftrace analyze`: decisions for pictures, folders and videos, with their evidence."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spooftrace.cli.output import printable
from spooftrace.errors import ConfigError, PictureError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spooftrace.detector.detector import SpoofDetector

_COLOURS = {"live": "green", "spoof": "bold red", "no_answer": "yellow"}


def analyze(
    files: Annotated[list[Path], typer.Argument(help="Pictures, videos, or folders of them.")],
    model: Annotated[Path, typer.Option(help="Bundle, or run folder with its model.onnx.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for results.json and a panel per face.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Of a video, judge every n-th frame.")] = 10,
    threshold: Annotated[
        float | None, typer.Option(help="Spoof from this score on; default: the bundle's.")
    ] = None,
) -> None:
    """Judge faces: live, spoof, or no answer with the reason.

    A file that cannot be read has no answer and stops nothing; the exit code is 1 when none could
    be read.
    """
    from spooftrace.detector.analysis import Analysis, collect, was_read
    from spooftrace.detector.detector import SpoofDetector

    detector = SpoofDetector.load(model)
    limit, source = detector.threshold(threshold)
    if detector.doubt:
        typer.echo(f"note: {printable(detector.doubt)}", err=True)
    _make_folder(out)
    named, others = collect(files, skip=out)
    if not named:
        raise PictureError(
            f"expected pictures or videos, found none in {', '.join(map(str, files))} "
            f"({others} other files); name the files themselves"
        )
    show = _print_json if as_json else _table(limit, source, others)
    analysis = Analysis(detector=detector, every=every, threshold=threshold, panels=out)
    records: list[dict[str, Any]] = []
    for file in named:
        records.append(analysis.file(file))
        show(records[-1])
    if out is not None:
        _write_results(out, detector, records)
    if not any(was_read(record) for record in records):
        raise PictureError(
            f"none of {len(records)} files could be read; the first: {records[0]['detail']}"
        )


def _make_folder(out: Path | None) -> None:
    """Before the work, so that it is not lost."""
    if out is None:
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--out {out}: expected a folder that can be made ({error})") from error


def _print_json(record: dict[str, Any]) -> None:
    typer.echo(json.dumps(record, allow_nan=False))


def _table(limit: float, source: str, others: int) -> "Callable[[dict[str, Any]], None]":
    """Print the head of the table; returns what prints a row."""
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    console.print(f"threshold {limit:.4f} ({source}); a spoof from there on")
    if others:
        console.print(f"{others} files that are neither pictures nor videos are left out")
    console.print(f"{'decision':<10} {'score':>8}  file", style="bold")

    def show(record: dict[str, Any]) -> None:
        decision = record["decision"]
        score = "-" if record["score"] is None else f"{record['score']:.4f}"
        console.print(
            Text(f"{decision:<10}", style=_COLOURS[decision]), f"{score:>8} ", Text(_where(record))
        )

    return show


def _where(record: dict[str, Any]) -> str:
    """The file, the frames behind a clip's vote, and the reason where there is no answer."""
    text = str(record["file"])
    if record["kind"] == "video":
        text += f"  [{record['answered']} of {record['frames_seen']} frames answered]"
    if record["reason"]:
        text += f"  {record['reason']}: {record['detail']}"
    return printable(text)


def _write_results(out: Path, detector: "SpoofDetector", records: list[dict[str, Any]]) -> None:
    """`results.json`: the records, and which model they are of."""
    from spooftrace.version import __version__

    bundle = detector.bundle
    content = {
        "schema_version": 1,
        "package_version": __version__,
        "model": {
            "path": str(bundle.path),
            "sha256": bundle.sha256,
            "info": json.loads(bundle.info.to_json()),
        },
        "doubt": detector.doubt,
        "files": records,
    }
    path = out / "results.json"
    try:
        path.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error})") from error
