"""`spooftrace protocol`: an official protocol, every fold, beside what others reached by it."""

from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.experiment.shown import show_results
from spooftrace.cli.extras import require_data, require_torch
from spooftrace.cli.output import say
from spooftrace.cli.stops import going_on
from spooftrace.errors import ConfigError


def protocol(
    name: Annotated[
        str, typer.Argument(help="e.g. oulu-npu/4, siw-m/2, mcio, cross/siw+oulu-npu/msu-mfsd.")
    ],
    out: options.Out,
    store: Annotated[
        list[str] | None, typer.Option(help="Store of its database; repeatable, for several.")
    ] = None,
    preset: options.Preset = None,
    config: options.File = None,
    set_: options.Sets = None,
    fold: Annotated[
        str | None, typer.Option(help="Run these folds alone, by number from 1 or by name: 1,2.")
    ] = None,
    collect: Annotated[
        bool, typer.Option("--collect", help="Train nothing; put the folds in OUT together.")
    ] = False,
    scores: Annotated[
        Path | None, typer.Option(help="Train nothing; judge the score files FOLD.csv in here.")
    ] = None,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Go on without clips that the store lacks.")
    ] = False,
    device: options.Device = "auto",
    workers: options.Workers = 2,
) -> None:
    """Train and judge every fold of an official protocol. See docs/protocols.md."""
    require_data("protocol")
    from spooftrace.evaluation.protocols.official import protocol_named

    chosen = protocol_named(name)
    if scores is not None:
        from spooftrace.experiments.protocol import judge_scores

        show_results(judge_scores(chosen, scores), out)
        return
    require_torch("protocol")
    from spooftrace.cli import progress
    from spooftrace.config import load_config
    from spooftrace.data.store.store import Store
    from spooftrace.experiments.protocol import judge_scores, plan, run_fold
    from spooftrace.experiments.trials import Resources
    from spooftrace.training.device import choose_device

    if not store:
        raise ConfigError("protocol: expected --store, or --scores to judge score files; got none")
    names = [each.name for each in chosen.folds]
    wanted = [
        names[int(each) - 1] if each.isdecimal() and 0 < int(each) <= len(names) else each
        for each in options.names(fold)
    ]
    planned = plan(
        chosen,
        load_config(preset=preset, file=config, sets=set_ or []),
        Store.open_all(store),
        out,
        folds=wanted,
        incomplete=incomplete,
    )
    if not collect:
        where = choose_device(device)
        with (
            going_on("what is finished is kept: the same command continues"),
            progress.trials(chosen.name, len(planned)) as watch,
        ):
            for each in planned:
                run_fold(each, Resources(device=where, workers=workers, watch=watch))
    if wanted and not collect:
        say(
            f"{out}: {len(planned)} of {len(names)} folds are done; put all together with --collect"
        )
        return
    lacking = {each.fold.name: each.lacking for each in planned}
    show_results(judge_scores(chosen, out / "scores", lacking), out)
