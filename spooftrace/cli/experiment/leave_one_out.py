"""`spooftrace experiment leave-one-out`: attacks that training never saw (Sec. 4.3)."""

from typing import Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.experiment.shown import show_results
from spooftrace.cli.extras import require_torch
from spooftrace.cli.stops import going_on


def leave_one_out(
    store: options.Store,
    out: options.Out,
    preset: options.Preset = None,
    config: options.File = None,
    set_: options.Sets = None,
    media: Annotated[
        str | None, typer.Option(help="Which to hold out in turn, e.g. print,replay; default: all.")
    ] = None,
    device: options.Device = "auto",
    workers: options.Workers = 2,
) -> None:
    """Hold one attack out of training at a time, and judge it (Sec. 4.3, Table 2)."""
    require_torch("experiment leave-one-out")
    from spooftrace.cli import progress
    from spooftrace.config import load_config
    from spooftrace.data.store.store import Store
    from spooftrace.experiments.leave_one_out import plan_folds, run_folds
    from spooftrace.experiments.trials import Means
    from spooftrace.training.device import choose_device

    where = choose_device(device)
    folds = plan_folds(
        load_config(preset=preset, file=config, sets=set_ or []),
        Store.open(store),
        out,
        media=options.names(media),
    )
    with (
        going_on("what is finished is kept: the same command continues"),
        progress.trials("leave one out", len(folds)) as watch,
    ):
        results = run_folds(folds, Means(device=where, workers=workers, watch=watch))
    show_results(results, out)
