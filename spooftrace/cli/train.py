"""`spooftrace train`: from a store to a run folder with a bundle in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.extras import require_torch
from spooftrace.cli.output import say
from spooftrace.cli.stops import going_on

if TYPE_CHECKING:
    from spooftrace.config import Config
    from spooftrace.runs import Plan


def train(
    store: options.Stores,
    out: Annotated[Path, typer.Option(help="Run folder; must not hold another run.")],
    preset: options.Preset = None,
    config: options.File = None,
    set_: options.Sets = None,
    device: options.Device = "auto",
    workers: options.Workers = 2,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the newest checkpoint in --out, if any.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the resolved configuration and stop.")
    ] = False,
) -> None:
    """Train a detector (Sec. 3.5) and export the best networks to `OUT/model.onnx`.

    Checkpoint, alpha_0 and threshold are chosen on development rows; test rows are put aside. What
    the store does not state is held out whole: sources, where there are enough, else people or
    clips. Several stores are one: no picture trains that another one's test or development holds.
    Ctrl-C keeps a checkpoint of the iteration that it ends; see docs/training.md.
    """
    require_torch("train")
    from spooftrace import runs
    from spooftrace.cli import progress
    from spooftrace.data.store.store import Store
    from spooftrace.training.device import choose_device

    where = choose_device(device)
    resolved = _resolve(preset, config, set_ or [], out, resume=resume)
    plan = runs.plan(resolved, Store.open_all(store), out)
    if dry_run:
        say(plan.record().to_json(), end="")
        return
    say(_summary(plan))
    if not resume and preset is None and config is None:
        say(
            "no --preset: these are the paper's own numbers, for its databases and a GPU; --preset "
            "small is made for a CPU and minutes. The first iterations will tell how long it takes"
        )
    with (
        going_on(f"the same command with --resume goes on from the last checkpoint in {out}"),
        progress.training(resolved.training.iterations) as watch,
    ):
        finished = runs.execute(plan, device=where, workers=workers, resume=resume, watch=watch)
    best = finished.best or {}
    say(
        f"best on the development split: iteration {best['step']}, EER {best['eer']:.2%}, "
        f"AUC {best['auc']:.4f}, alpha_0 {best['alpha_0']:.3g}, threshold {best['threshold']:.4f}\n"
        f"bundle: {out / 'model.onnx'}\n"
        f"next:   spooftrace evaluate {out} --store {store[0]}"
    )


def _resolve(
    preset: str | None, file: Path | None, sets: list[str], out: Path, *, resume: bool
) -> "Config":
    """The configuration of this call; a resumed run keeps its own, with `--set` laid over it.

    Networks and split cannot change on the way; `CheckpointError` says so when they do.
    """
    from spooftrace import runs
    from spooftrace.config import lay_over, load_config

    recorded = runs.recorded_config(out) if resume else None
    if recorded is None:
        return load_config(preset=preset, file=file, sets=sets)
    if preset is not None or file is not None:
        say("note: a resumed run keeps its own configuration; --preset and --config are not read")
    return lay_over(recorded, sets)


def _summary(plan: "Plan") -> str:
    """What is about to happen, in two lines."""
    config, splits = plan.config, plan.splits
    return (
        f"{len(splits.train)} faces to train on, {len(splits.dev)} for development, "
        f"{len(splits.test)} put aside for the test ({splits.description})\n"
        f"{config.training.iterations} iterations of {config.batches.pairs} live + "
        f"{config.batches.pairs} spoof faces at {config.generator.image_size} px; "
        f"configuration {config.digest()}"
    )
