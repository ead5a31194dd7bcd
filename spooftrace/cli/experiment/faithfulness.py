"""`spooftrace experiment faithfulness`: whether the trace that is shown is what the score reads."""

from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli.experiment import options
from spooftrace.cli.experiment.shown import bar, show_study
from spooftrace.cli.extras import require_torch


def faithfulness(
    run: Annotated[Path, typer.Argument(help="Run folder: the gradient needs its networks.")],
    store: options.Store,
    out: Annotated[Path, typer.Option(help="Folder for the tables and the figure.")],
    all_rows: Annotated[
        bool, typer.Option(help="Every row is test: for a store the detector never learnt from.")
    ] = False,
    faces: Annotated[
        int, typer.Option(min=1, help="At most so many of each class, drawn by the seed.")
    ] = 200,
    rounds: Annotated[int, typer.Option(min=100, help="Draws behind each interval.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    device: options.Device = "auto",
) -> None:
    """Remove the trace, paste it elsewhere, delete and insert its pixels; watch the score."""
    require_torch("experiment faithfulness")
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.evaluation.estimates.estimate import Resampling
    from spooftrace.experiments.chosen_rows import at_most
    from spooftrace.experiments.faithfulness import answers as experiment
    from spooftrace.experiments.faithfulness.judge import load_judge
    from spooftrace.experiments.faithfulness.measures import measure
    from spooftrace.experiments.faithfulness.study import clusters_of, draw, study_of
    from spooftrace.judging.rows import divide
    from spooftrace.training.device import choose_device

    where = choose_device(device)
    judge, opened = load_judge(run, where), Store.open(store)
    divided = divide(Bundle.load(run), opened, store, all_rows=all_rows)
    rows = at_most(faces, (divided.names == "test").nonzero()[0], opened.columns()["label"], seed)
    with bar("faithfulness") as progress:
        answers = experiment.ask(judge, opened, rows, seed=seed, device=where, progress=progress)
    clusters = clusters_of(opened, answers)
    values = measure(answers, judge.threshold, clusters, Resampling(rounds=rounds), seed)
    study = study_of(
        values,
        answers,
        clusters,
        system=judge.name,
        threshold=judge.threshold,
        notes=divided.notes,
    )
    show_study(study, draw(values, judge.threshold), out)
