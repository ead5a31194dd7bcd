"""`spooftrace analyze`: decisions for pictures, videos and cameras, with their evidence."""

import json
import sys
import warnings
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spooftrace.cli import progress
from spooftrace.cli.options import Average, Limits
from spooftrace.cli.output import console, printable, say
from spooftrace.cli.stops import going_on
from spooftrace.detector.shipped import DEFAULT
from spooftrace.errors import ConfigError, PictureError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spooftrace.detector.analysis import NamedFile
    from spooftrace.detector.detector import SpoofDetector
    from spooftrace.detector.results import Results

FAILED = 3
"""Exit code where a decision is one of `--fail-on`."""
SURE = 8
"""The lead of `--stop-when-sure`."""


class Failing(StrEnum):
    """What scripts may want to stop at."""

    SPOOF = "spoof"
    NO_ANSWER = "no_answer"


_COLOURS = {"live": "green", "spoof": "bold red", "no_answer": "yellow"}


def analyze(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Pictures, videos, folders or patterns of them; cameras (camera:0), stream URLs."
        ),
    ],
    model: Annotated[
        Path, typer.Option(help="Bundle, run folder, or a name of `spooftrace models`.")
    ] = Path(DEFAULT),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    csv: Annotated[Path | None, typer.Option(help="CSV file for a line per answer.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for results.json, a panel per face, an annotated video per video."
        ),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Of a video, judge every n-th frame.")] = 10,
    threshold: Annotated[
        float | None, typer.Option(help="Spoof from this score on; default: the bundle's.")
    ] = None,
    stop_when_sure: Annotated[
        bool, typer.Option(help="Leave a video once 8 more frames are on one side.")
    ] = False,
    limit: Limits = None,
    average: Average = False,
    resume: Annotated[
        bool, typer.Option(help="Go on where a stopped call with the same --out and options was.")
    ] = False,
    fail_on: Annotated[
        list[Failing] | None,
        typer.Option(help=f"Exit code {FAILED} where a decision is this one; may be repeated."),
    ] = None,
) -> None:
    """Judge faces: live, spoof, or no answer with the reason.

    A file that cannot be read has no answer and stops nothing; the exit code is 1 when none could
    be read. Cameras and streams are judged until they end, or Ctrl-C.
    """
    from spooftrace.detector.analysis import Analysis, inputs
    from spooftrace.detector.detector import SpoofDetector
    from spooftrace.detector.following import FollowConfig
    from spooftrace.detector.voting import VoteConfig
    from spooftrace.faces.quality import gate_of

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the note says it
        detector = SpoofDetector.load(model, gate=gate_of(limit or ()), is_averaging=average)
    spoof_from, source = detector.threshold(threshold)
    if detector.doubt:
        say(f"note: {printable(detector.doubt)}", err=True)
    _make_folder(out)
    named, streams, others = inputs(files, skip=out)
    analysis = Analysis(
        detector=detector,
        every=every,
        threshold=threshold,
        follow_config=FollowConfig(vote=VoteConfig(lead=SURE if stop_when_sure else None)),
        panels=out,
    )
    show = _print_json if as_json else _table(spoof_from, source, others)
    asked = {
        "every": every,
        "threshold": threshold,
        "stop_when_sure": stop_when_sure,
        "limits": list(limit or ()),
        "average": average,
    }
    answers = _Answers(show, named, _results(out, detector, asked, resume=resume), csv)
    with going_on(answers.left), _progress() as watch:
        for file in answers.missing():
            answers.take(analysis.file(file))
            watch(answers.count, len(named))
        for address in streams:
            for record in analysis.stream(address):
                answers.take(record)
    answers.check_read()
    if any(answers.decisions[decision] for decision in fail_on or ()):
        raise typer.Exit(FAILED)


class _Answers:
    """Where the answers go, as they come: the screen, `results.json`, a CSV file."""

    def __init__(
        self,
        show: "Callable[[dict[str, Any]], None]",
        named: "Sequence[NamedFile]",
        results: "Results | None",
        csv: Path | None,
    ) -> None:
        from spooftrace.detector.answers_csv import AnswersCsv

        self._show, self._named, self._results = show, named, results
        self._csv = None if csv is None else AnswersCsv(csv)
        self.decisions: Counter[str] = Counter()
        self.count = 0
        self._unread: list[str] = []
        self._answered: set[str] = set()
        for record in results.kept if results is not None else ():
            self._count(record)

    def missing(self) -> "list[NamedFile]":
        """The files without an answer, of this call or of the one that it goes on with."""
        return [file for file in self._named if str(file.path) not in self._answered]

    def take(self, record: dict[str, Any]) -> None:
        """Keep and show one more."""
        if self._results is not None:
            self._results.add(record)
        self._count(record)
        self._show(record)

    def _count(self, record: dict[str, Any]) -> None:
        from spooftrace.detector.analysis import was_read

        self.count += 1
        self._answered.add(record["file"])
        self.decisions[record["decision"]] += 1
        if not was_read(record):
            self._unread.append(record["detail"])
        if self._csv is not None:
            self._csv.add(record)

    def left(self) -> str:
        """What is kept of what was done, and what is next."""
        of = len(self._named)
        if self._results is None:
            return f"{self.count} of {of} files were judged; --out FOLDER keeps the answers"
        kept, missing = self._results.count, self.missing()
        if not missing or not of:
            return f"{kept} answers are in {self._results.path}"
        return (
            f"the answers to {kept} of {of} files are in {self._results.path}; the same command "
            f"with --resume goes on with {printable(str(missing[0].path))}"
        )

    def check_read(self) -> None:
        """Raise PictureError where nothing could be read at all."""
        if len(self._unread) == self.count:
            first = self._unread[0] if self._unread else "the stream held no frame"
            raise PictureError(f"none of {self.count} files could be read; the first: {first}")


def _results(
    out: Path | None, detector: "SpoofDetector", asked: dict[str, Any], *, resume: bool
) -> "Results | None":
    """The file of all records; None without a folder for it."""
    from spooftrace.detector.results import Results

    if out is None:
        if resume:
            raise typer.BadParameter("--resume goes on in the folder of --out; name it")
        return None
    return Results(out / "results.json", detector, asked, resume=resume)


def _progress() -> "AbstractContextManager[Callable[[int, int], None]]":
    """A bar, where the rows do not stand on the same terminal."""
    if sys.stdout.isatty():
        return nullcontext(lambda done, total: None)
    return progress.bar("judging")


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
    if record["kind"] == "frame":
        text += f"  frame {record['frame']}"
        if record["vote"]:
            text += f"  so far {record['vote']['decision']}"
    if record["kind"] == "video":
        text += f"  [{record['answered']} of {record['frames_seen']} frames answered]"
    if record["reason"]:
        text += f"  {record['reason']}: {record['detail']}"
    return printable(text)
