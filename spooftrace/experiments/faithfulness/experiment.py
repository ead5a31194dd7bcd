"""The study of an explanation's faithfulness, whole: rows, answers, measures, tables, figure."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.evaluation.estimates.estimate import Resampling
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.experiments.faithfulness.answers import ask
from spooftrace.experiments.faithfulness.judge import load_judge
from spooftrace.experiments.faithfulness.measures import measure
from spooftrace.experiments.faithfulness.study import clusters_of, draw, study_of
from spooftrace.experiments.results import Results
from spooftrace.judging.rows import at_most, divide

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def run_faithfulness(
    run: Path,
    store: Store,
    *,
    protocol: Protocol | None = None,
    fold: str | None = None,
    faces: int | None = None,
    resampling: Resampling | None = None,
    seed: int = 0,
    device: torch.device | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> "tuple[Results, Figure]":
    """Whether the score of a run's detector stands and falls with the trace that it shows.

    Args:
        run: run folder: gradients need its networks, the rows its record and bundle.
        store: where the faces are.
        protocol: which rows judge; `None`: those that the detector's own run kept for the test.
        fold: of the protocol, as `judging.rows.divide` takes it.
        faces: at most so many of each class, drawn by the seed; `None`: all.
        resampling: behind the intervals.
        seed: of everything that is drawn.
        device: where the networks compute; `None` is the CPU.
        progress: called with (faces done, faces in all).

    Raises:
        CheckpointError: the run has no best checkpoint.
        SplitError: as `judging.rows.divide`, or a class is missing.
    """
    where = device or torch.device("cpu")
    judge = load_judge(run, where)
    divided = divide(Bundle.load(run), store, protocol, fold=fold)
    rows = at_most(faces, divided.splits.test, store.columns()["label"], seed)
    answers = ask(judge, store, rows, seed=seed, device=where, progress=progress)
    clusters = clusters_of(store, answers)
    values = measure(answers, judge.threshold, clusters, resampling or Resampling(), seed)
    study = study_of(
        values,
        answers,
        clusters,
        system=judge.name,
        threshold=judge.threshold,
        notes=divided.notes,
    )
    return study, draw(values, judge.threshold)
