"""How the results of an experiment are written and shown."""

from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.cli.output import show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from spooftrace.experiments.results import Results


def show_results(results: "Results", folder: Path, figure: "Figure | None" = None) -> None:
    """Write the results into the folder, and print their tables."""
    from spooftrace.evaluation.render.terminal import terminal
    from spooftrace.experiments.results import write_results

    write_results(folder, results, figure)
    show(terminal(results.document), [folder])
