"""`spooftrace experiment ablation`: what each part of the method is worth (Sec. 4.5)."""

from functools import partial
from typing import Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.experiment.shown import show_trials
from spooftrace.cli.extras import require_torch


def ablation(
    store: options.Store,
    out: options.Out,
    preset: options.Preset = None,
    config: options.File = None,
    set_: options.Sets = None,
    seeds: Annotated[int, typer.Option(min=1, help="How often each variant is trained.")] = 3,
    variants: Annotated[
        str | None, typer.Option(help="Some of esr,gan,dgan,gan-lp,dgan-lp; default: all.")
    ] = None,
    device: options.Device = "auto",
    workers: options.Workers = 2,
) -> None:
    """Train ESR, ESR+GAN, ESR+D-GAN, each GAN with L_P too, on one split (Sec. 4.5, Table 4)."""
    require_torch("experiment ablation")
    from spooftrace.config import load_config
    from spooftrace.data.store.store import Store
    from spooftrace.experiments.ablation import plan_ablation, run_ablation

    planned = plan_ablation(
        load_config(preset=preset, file=config, sets=set_ or []),
        Store.open(store),
        out,
        seeds=seeds,
        variants=options.names(variants),
    )
    show_trials(
        partial(run_ablation, planned),
        out,
        title="ablation",
        trials=sum(map(len, planned.trials.values())),
        device=device,
        workers=workers,
    )
