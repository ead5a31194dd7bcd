"""`spooftrace experiment leave-one-out`: attacks that training never saw (Sec. 4.3)."""

from functools import partial
from typing import Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.experiment.shown import show_trials
from spooftrace.cli.extras import require_torch


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
    from spooftrace.config import load_config
    from spooftrace.data.store.store import Store
    from spooftrace.experiments.leave_one_out import plan_folds, run_folds

    folds = plan_folds(
        load_config(preset=preset, file=config, sets=set_ or []),
        Store.open(store),
        out,
        media=options.names(media),
    )
    show_trials(
        partial(run_folds, folds),
        out,
        title="leave one out",
        trials=len(folds),
        device=device,
        workers=workers,
    )
