"""`spooftrace experiment robustness`: a detector's errors against what happens to a face."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.experiment import options
from spooftrace.cli.experiment.shown import bar, show_study
from spooftrace.cli.extras import require_data

if TYPE_CHECKING:
    from spooftrace.experiments.robustness.changes import Change


def robustness(
    target: Annotated[Path, typer.Argument(help="Run folder or bundle (.onnx).")],
    store: options.Store,
    out: Annotated[Path, typer.Option(help="Folder for the tables and the figure.")],
    changes: Annotated[
        str | None, typer.Option(help="Some alone, e.g. jpeg,blur; default: all of them.")
    ] = None,
    all_rows: Annotated[
        bool, typer.Option(help="Every row is test: for a store the detector never learnt from.")
    ] = False,
    faces: Annotated[
        int | None, typer.Option(min=1, help="At most so many of each class, drawn by the seed.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=100, help="Draws behind each interval.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
) -> None:
    """Errors against crop jitter, JPEG, blur, noise, gamma and resolution, on the test rows."""
    require_data("experiment robustness")
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.evaluation.estimates.estimate import Resampling
    from spooftrace.experiments.chosen_rows import at_most
    from spooftrace.experiments.robustness import curves as experiment
    from spooftrace.experiments.robustness.figure import draw
    from spooftrace.judging.rows import divide
    from spooftrace.judging.scoring import name_of

    wanted = _wanted(options.names(changes))
    bundle, opened = Bundle.load(target), Store.open(store)
    divided = divide(bundle, opened, store, all_rows=all_rows)
    rows = at_most(faces, (divided.names == "test").nonzero()[0], opened.columns()["label"], seed)
    conditions = experiment.Conditions(
        threshold=bundle.info.threshold, resampling=Resampling(rounds=rounds), seed=seed
    )
    with bar("robustness") as progress:
        curves, clusters = experiment.measure_curves(
            bundle, opened, rows, conditions, changes=wanted, progress=progress
        )
    study = experiment.study_of(curves, clusters, conditions, name_of(bundle), notes=divided.notes)
    show_study(study, draw(curves), out)


def _wanted(names: list[str]) -> "list[Change]":
    from spooftrace.errors import ConfigError
    from spooftrace.experiments.robustness.changes import CHANGES

    known = {change.key: change for change in CHANGES}
    for name in names:
        if name not in known:
            raise ConfigError(f"--changes: expected some of {', '.join(known)}, got {name!r}")
    return [known[name] for name in names] or list(CHANGES)
