"""`spooftrace experiment faithfulness`: whether the trace that is shown is what the score reads."""

from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.experiment.shown import show_results
from spooftrace.cli.extras import require_torch


def faithfulness(
    run: Annotated[Path, typer.Argument(help="Run folder: the gradient needs its networks.")],
    store: options.Store,
    out: Annotated[Path, typer.Option(help="Folder for the tables and the figure.")],
    all_rows: options.AllRows = False,
    faces: Annotated[
        int, typer.Option(min=1, help="At most so many of each class, drawn by the seed.")
    ] = 200,
    rounds: Annotated[int, typer.Option(min=100, help="Draws behind each interval.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    device: options.Device = "auto",
) -> None:
    """Remove the trace, paste it elsewhere, delete and insert its pixels; watch the score."""
    require_torch("experiment faithfulness")
    from spooftrace.cli import progress
    from spooftrace.data.store.store import Store
    from spooftrace.evaluation.estimates.estimate import Resampling
    from spooftrace.evaluation.protocols.protocol import all_rows_test
    from spooftrace.experiments.faithfulness.experiment import run_faithfulness
    from spooftrace.training.device import choose_device

    where, opened = choose_device(device), Store.open(store)
    with progress.bar("faithfulness") as watch:
        results, figure = run_faithfulness(
            run,
            opened,
            protocol=all_rows_test() if all_rows else None,
            faces=faces,
            resampling=Resampling(rounds=rounds),
            seed=seed,
            device=where,
            progress=watch,
        )
    show_results(results, out, figure)
