"""How the results of an experiment are written and shown."""

from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.cli.output import show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from spooftrace.experiments.results import Results
    from spooftrace.experiments.study import Study


def show_results(results: "Results", folder: Path) -> None:
    """Write the results into the folder, and print them."""
    from spooftrace.experiments.results import terminal, write_results

    write_results(folder, results)
    show(terminal(results), [folder])


def show_study(study: "Study", figure: "Figure", folder: Path) -> None:
    """Write tables and figure into the folder, and print the tables."""
    from spooftrace.experiments.results import terminal
    from spooftrace.experiments.study import results_of, write_study

    write_study(study, figure, folder)
    show(terminal(results_of(study)), [folder])
