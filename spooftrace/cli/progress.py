"""Progress bars, all on stderr: results alone go to stdout.

Away from a terminal a bar would fill a log with its copies. There the long commands say a line
from time to time instead, and the short ones nothing.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from spooftrace.cli.output import printable, say
from spooftrace.cli.stops import after_this_one

if TYPE_CHECKING:
    from spooftrace.building.build import Progress as Built
    from spooftrace.experiments.trials import Watch
    from spooftrace.training.loop import Watcher

SILENCE_S = 60.0
"""Away from a terminal, a long command says how far it is this often."""
MEASURED_S = 5.0
"""A training is watched this long before it is said how long it will take."""


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that is told (done, of all) and leaves nothing behind."""
    with _bar(transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def stages() -> Iterator["Watch"]:
    """A bar that starts again with every stage; told (stage, done, of all)."""
    with _bar(transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda what, done, total: shown.update(
            task, completed=done, total=total, description=what
        )


@contextmanager
def trials(what: str, count: int) -> Iterator["Watch"]:
    """A bar over all trials in their iterations, and a line a finished trial."""
    finished: set[str] = set()
    columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn(), TimeRemainingColumn())
    with _bar(*columns) as shown:
        task = shown.add_task(what, total=None)

        def watch(name: str, done: int, iterations: int) -> None:
            if done == iterations:
                finished.add(name)
                done_so_far = f"{what}: {name} finished ({len(finished)} of {count})"
                shown.console.print(done_so_far, highlight=False, soft_wrap=True)
                done = 0
            shown.update(
                task,
                completed=len(finished) * iterations + done,
                total=count * iterations,
                description=f"{what}: {name}",
            )

        yield watch


@contextmanager
def building(what: str, files: int) -> Iterator[Callable[["Built"], None]]:
    """A bar over the files of a source, with the faces found and the pictures rejected."""
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(what + ", {task.fields[found]} faces, {task.fields[rejected]} rejected"),
        TimeRemainingColumn(),
    )
    shown, line = _bar(*columns), _Line()
    task = shown.add_task(what, total=files, found=0, rejected=0)

    def show(state: "Built") -> None:
        shown.start()  # Here, so that a run that cannot begin shows none.
        rejected = sum(state.rejected.values())
        shown.update(task, completed=state.done, found=state.found, rejected=rejected)
        line.say(f"{state.done} of {files} {what}, {state.found} faces, {rejected} rejected")

    try:
        yield show
    finally:
        if shown.live.is_started:
            shown.stop()


@contextmanager
def training(iterations: int) -> Iterator["Watcher"]:
    """A bar with the time left and the latest losses; Ctrl-C waits for the end of an iteration."""
    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[latest]}"),
    )
    stopping = "stopping after this iteration; Ctrl-C again stops at once"
    with after_this_one(stopping) as check, _bar(*columns) as shown:
        task = shown.add_task("training", total=iterations, latest="")
        line, pace = _Line(), Pace(iterations, time.monotonic)

        def watch(step: int, values: Mapping[str, float]) -> None:
            check()
            shown.update(task, completed=step)
            if values:
                shown.update(task, latest=_losses(values))
            expected = pace.after(step)
            if expected:
                shown.console.print(expected, highlight=False, soft_wrap=True)
            line.say(f"{step} of {iterations} iterations  {_losses(values)}".rstrip())

        yield watch


class Pace:
    """How long a training will take, told once, from the time of its first iterations."""

    def __init__(self, iterations: int, clock: Callable[[], float]) -> None:
        self._total, self._clock = iterations, clock
        self._begun: tuple[int, float] | None = None
        self._is_told = False

    def after(self, step: int) -> str | None:
        """A sentence when enough is known, and never again.

        The first iteration is not counted: it compiles, allocates and waits for its batch.
        """
        if self._begun is None:
            self._begun = (step, self._clock())
            return None
        first, since = self._begun
        passed = self._clock() - since
        if self._is_told or passed < MEASURED_S:
            return None
        self._is_told = True
        each, left = passed / (step - first), self._total - step
        return (
            f"{each:.2g} s an iteration: about {duration(left * each)} for the {left} left "
            "(Ctrl-C stops, --resume goes on)"
        )


def duration(seconds: float) -> str:
    """As people say it: `40 s`, `3 min`, `2.5 h`, `12 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.0f} days"


class _Line:
    """A line a minute where no bar can be seen."""

    def __init__(self) -> None:
        self._is_seen = Console(stderr=True).is_terminal
        self._last = time.monotonic()

    def say(self, text: str) -> None:
        now = time.monotonic()
        if not self._is_seen and now - self._last >= SILENCE_S:
            self._last = now
            say(printable(text), err=True)


def _bar(*columns: ProgressColumn, transient: bool = False) -> Progress:
    """A bar with the default columns, or these; not shown away from a terminal."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=transient, disable=not console.is_terminal)


def _losses(values: Mapping[str, float]) -> str:
    """The losses that this run has: the methods differ, and Sec. 4.5 leaves some out."""
    shown = {
        "true_traces/esr": "esr {:.3f}",
        "true_traces/spoof": "trace {:.3f}",
        "true_traces/spoof_without": "(none {:.3f})",
        "true_traces/live": "on live faces {:.3f}",
        "generator/esr": "esr {:.3f}",
        "supervision/pixel": "pixel {:.4f}",
        "discriminators/adversarial": "D {:.2f}",
        "images_per_second": "{:.1f} images/s",
    }
    return "  ".join(form.format(values[key]) for key, form in shown.items() if key in values)
