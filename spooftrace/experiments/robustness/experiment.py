"""The study of a detector's robustness, whole: its rows, its curves, its table and its figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.evaluation.estimates.estimate import Resampling
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.experiments.named import choose
from spooftrace.experiments.results import Results
from spooftrace.experiments.robustness.changes import CHANGES
from spooftrace.experiments.robustness.curves import (
    Conditions,
    Progress,
    measure_curves,
    study_of,
)
from spooftrace.experiments.robustness.figure import draw
from spooftrace.judging.rows import at_most, divide
from spooftrace.judging.scoring import name_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def run_robustness(
    bundle: Bundle,
    store: Store,
    *,
    changes: Sequence[str] = (),
    protocol: Protocol | None = None,
    fold: str | None = None,
    faces: int | None = None,
    resampling: Resampling | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> "tuple[Results, Figure]":
    """Errors on the test rows against the strength of every change.

    Args:
        bundle: the detector; its threshold stays where it is.
        store: where the faces are.
        changes: keys of `changes.CHANGES`; none: all.
        protocol: which rows judge; `None`: those that the detector's own run kept for the test.
        fold: of the protocol, as `judging.rows.divide` takes it.
        faces: at most so many of each class, drawn by the seed; `None`: all.
        resampling: behind the intervals.
        seed: of everything that is drawn.
        progress: called with (points done, points in all).

    Raises:
        ConfigError: an unknown change.
        SplitError: as `judging.rows.divide`, or a class is missing.
    """
    named = choose(changes, [change.key for change in CHANGES], "--changes")
    by_key = {change.key: change for change in CHANGES}
    divided = divide(bundle, store, protocol, fold=fold)
    rows = at_most(faces, divided.splits.test, store.columns()["label"], seed)
    conditions = Conditions(
        threshold=bundle.info.threshold, resampling=resampling or Resampling(), seed=seed
    )
    curves, clusters = measure_curves(
        bundle,
        store,
        rows,
        conditions,
        changes=[by_key[key] for key in named],
        progress=progress,
    )
    study = study_of(curves, clusters, conditions, name_of(bundle), notes=divided.notes)
    return study, draw(curves)
