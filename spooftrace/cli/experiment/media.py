"""`spooftrace experiment media`: what the traces tell of the medium (Sec. 4.4)."""

from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.experiment.shown import show_results
from spooftrace.cli.extras import require_torch


def media(
    run: Annotated[Path, typer.Argument(help="Run folder of the detector, which stays frozen.")],
    store: Annotated[str, typer.Option(help="The store that the run was trained on.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results; default: in the run folder.")
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(
            help="Media, families or MEDIUM/DEVICE, e.g. live,print,replay; default: the families."
        ),
    ] = None,
    size: Annotated[int, typer.Option(min=67, help="Side of AlexNet's input, in pixels.")] = 227,
    width: Annotated[float, typer.Option(help="Factor on AlexNet's channels.")] = 1.0,
    epochs: Annotated[int, typer.Option(min=1, help="Of each of the two trainings.")] = 30,
    learning_rate: Annotated[float, typer.Option(help="Of Adam.")] = 1e-4,
    seed: Annotated[int, typer.Option(min=0, help="Of AlexNet's training.")] = 0,
    device: options.Device = "auto",
) -> None:
    """Classify media from estimated traces, and from images as control (Sec. 4.4, Table 3)."""
    require_torch("experiment media")
    from spooftrace.cli import progress
    from spooftrace.data.store.store import Store
    from spooftrace.experiments.media.classification import plan_media, run_media
    from spooftrace.experiments.media.classifier import ClassifierConfig
    from spooftrace.training.device import choose_device

    where = choose_device(device)
    planned = plan_media(run, Store.open(store), options.names(classes))
    config = ClassifierConfig(
        size_px=size, width=width, epochs=epochs, learning_rate=learning_rate, seed=seed
    )
    with progress.stages() as watch:
        results = run_media(planned, config, where, watch)
    show_results(results, out or run / "experiments" / f"media-{len(planned.names)}-classes")
