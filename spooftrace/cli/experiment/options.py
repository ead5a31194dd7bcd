"""Options that the experiments share, and the bar that shows how far they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from spooftrace.experiments.results import Results
    from spooftrace.experiments.trials import Watch

Store = Annotated[str, typer.Option(help="Store that `prepare` or `simulate` wrote.")]
Out = Annotated[Path, typer.Option(help="Folder of the experiment; goes on where it stopped.")]
Preset = Annotated[str | None, typer.Option(help="paper, small or tiny; without one, the paper's.")]
File = Annotated[Path | None, typer.Option(help="TOML file, laid over the preset.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="A single value, e.g. training.iterations=5000; repeatable."),
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
Workers = Annotated[int, typer.Option(min=1, help="Threads that make batches.")]


def names(listed: str | None) -> list[str]:
    """The names in `a,b`."""
    return [name.strip() for name in (listed or "").split(",") if name.strip()]


@contextmanager
def progress(what: str, trials: int) -> Iterator["Watch"]:
    """A bar over all trials on stderr, in their iterations, and a line a finished trial."""
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn(), TimeRemainingColumn())
    finished: set[str] = set()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)

        def watch(name: str, done: int, iterations: int) -> None:
            if done == iterations:
                finished.add(name)
                bar.console.print(f"{what}: {name} finished ({len(finished)} of {trials})")
                done = 0
            bar.update(
                task,
                completed=len(finished) * iterations + done,
                total=trials * iterations,
                description=f"{what}: {name}",
            )

        yield watch


@contextmanager
def stages() -> Iterator["Watch"]:
    """A bar on stderr that starts again with every stage."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(
            task, completed=done, total=total, description=what
        )


def show(results: "Results", folder: Path) -> None:
    """Write the results into the folder, and print them."""
    from rich.console import Console

    from spooftrace.experiments.results import terminal, write_results

    write_results(folder, results)
    console = Console()
    console.print(terminal(results))
    console.print(f"written: {folder}", markup=False, soft_wrap=True)
