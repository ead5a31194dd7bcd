"""How an experiment is run under a bar, and its results are written and shown."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.cli.output import show
from spooftrace.cli.stops import going_on

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from spooftrace.experiments.results import Results
    from spooftrace.experiments.trials import Resources


def show_results(results: "Results", folder: Path, figure: "Figure | None" = None) -> None:
    """Write the results into the folder, and print their tables."""
    from spooftrace.evaluation.render.terminal import terminal
    from spooftrace.experiments.results import write_results

    write_results(folder, results, figure)
    show(terminal(results.document), [folder])


def show_trials(
    run: "Callable[[Resources], Results]",
    folder: Path,
    *,
    title: str,
    trials: int,
    device: str,
    workers: int,
) -> None:
    """Train so many trials, or go on with them, and show what they are worth."""
    from spooftrace.cli import progress
    from spooftrace.experiments.trials import Resources
    from spooftrace.training.device import choose_device

    where = choose_device(device)
    with (
        going_on("what is finished is kept: the same command continues"),
        progress.trials(title, trials) as watch,
    ):
        results = run(Resources(device=where, workers=workers, watch=watch))
    show_results(results, folder)
