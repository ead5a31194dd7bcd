"""`spooftrace experiment robustness`: a detector's errors against what happens to a face."""

from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.experiment.shown import show_results
from spooftrace.cli.extras import require_data


def robustness(
    target: Annotated[Path, typer.Argument(help="Run folder or bundle (.onnx).")],
    store: options.Store,
    out: Annotated[Path, typer.Option(help="Folder for the tables and the figure.")],
    changes: Annotated[
        str | None, typer.Option(help="Some alone, e.g. jpeg,blur; default: all of them.")
    ] = None,
    all_rows: options.AllRows = False,
    faces: Annotated[
        int | None, typer.Option(min=1, help="At most so many of each class, drawn by the seed.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=100, help="Draws behind each interval.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
) -> None:
    """Errors against crop jitter, JPEG, blur, noise, gamma and resolution, on the test rows."""
    require_data("experiment robustness")
    from spooftrace.cli import progress
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.evaluation.estimates.estimate import Resampling
    from spooftrace.evaluation.protocols.protocol import all_rows_test
    from spooftrace.experiments.robustness.experiment import run_robustness

    bundle, opened = Bundle.load(target), Store.open(store)
    with progress.bar("robustness") as watch:
        results, figure = run_robustness(
            bundle,
            opened,
            changes=options.names(changes),
            protocol=all_rows_test() if all_rows else None,
            faces=faces,
            resampling=Resampling(rounds=rounds),
            seed=seed,
            progress=watch,
        )
    show_results(results, out, figure)
