"""`spooftrace analyze`: decisions for pictures, folders and videos, with their evidence."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spooftrace.cli.output import console, printable, say
from spooftrace.cli.stops import going_on
from spooftrace.errors import ConfigError, PictureError

if TYPE_CHECKING:
    from collections.abc import Callable

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
    from spooftrace.detector.results import Results

    detector = SpoofDetector.load(model)
    limit, source = detector.threshold(threshold)
    if detector.doubt:
        say(f"note: {printable(detector.doubt)}", err=True)
    _make_folder(out)
    named, others = collect(files, skip=out)
    if not named:
        raise PictureError(
            f"expected pictures or videos, found none in {', '.join(map(str, files))} "
            f"({others} other files); name the files themselves"
        )
    show = _print_json if as_json else _table(limit, source, others)
    analysis = Analysis(detector=detector, every=every, threshold=threshold, panels=out)
    results = None if out is None else Results(out / "results.json", detector)
    done: list[dict[str, Any]] = []

    def left() -> str:
        if results is None:
            return f"{len(done)} of {len(named)} files were judged; --out FOLDER keeps the answers"
        return (
            f"the answers to {results.count} of {len(named)} files are in {results.path}; "
            f"next is {printable(str(named[min(results.count, len(named) - 1)].path))}"
        )

    with going_on(left):
        for file in named:
            done.append(analysis.file(file))
            if results is not None:
                results.add(done[-1])
            show(done[-1])
    if not any(was_read(record) for record in done):
        raise PictureError(
            f"none of {len(done)} files could be read; the first: {done[0]['detail']}"
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
    say(json.dumps(record, allow_nan=False))


def _table(limit: float, source: str, others: int) -> "Callable[[dict[str, Any]], None]":
    """Print the head of the table; returns what prints a row."""
    from rich.text import Text

    lines = console(soft_wrap=True, highlight=False)
    lines.print(f"threshold {limit:.4f} ({source}); a spoof from there on")
    if others:
        lines.print(f"{others} files that are neither pictures nor videos are left out")
    lines.print(f"{'decision':<10} {'score':>8}  file", style="bold")

    def show(record: dict[str, Any]) -> None:
        decision = record["decision"]
        score = "-" if record["score"] is None else f"{record['score']:.4f}"
        lines.print(
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
