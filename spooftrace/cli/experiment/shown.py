"""What the commands that study one detector share: their bar, and how results are shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from spooftrace.experiments.study import Study


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr that is told (done, of all)."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    quiet = not console.is_terminal  # a transient bar would leave an empty line in a log
    with Progress(console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def show_study(study: "Study", figure: "Figure", folder: Path) -> None:
    """Write tables and figure into the folder, and print the tables."""
    from rich.console import Console

    from spooftrace.experiments.results import terminal
    from spooftrace.experiments.study import results_of, write_study

    write_study(study, figure, folder)
    console = Console()
    console.print(terminal(results_of(study)))
    console.print(f"written: {folder}", markup=False, soft_wrap=True)
