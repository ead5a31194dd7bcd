"""Robustness of a detector: its errors against the strength of what happens to a face before it.

Both classes are changed alike, and the detector's threshold stays where it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import SplitError
from spooftrace.evaluation.estimates.clusters import Clusters, choose_clusters
from spooftrace.evaluation.estimates.estimate import Estimate, Resampling, estimates_of
from spooftrace.evaluation.estimates.rate import (
    ACER,
    AUC,
    BPCER,
    EER,
    POOLED_APCER,
    WORST_APCER,
    Rate,
)
from spooftrace.evaluation.estimates.rates import rates_of
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.naming import measured, title
from spooftrace.evaluation.tables.table import Cell, Table
from spooftrace.experiments.results import Results
from spooftrace.experiments.robustness.changes import CHANGES, Change
from spooftrace.judging.scoring import table_of_rows
from spooftrace.metrics.thresholds import Threshold

RATES = (BPCER, POOLED_APCER, WORST_APCER, ACER, EER, AUC)
_HEADER = ("change", "strength", *map(title, RATES))
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Errors at one strength."""

    strength: float
    estimates: dict[Rate, Estimate]
    """Of `RATES`; those at a threshold are missing where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Errors at every strength of one change."""

    change: Change
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Everything that is the same at every point."""

    threshold: Threshold | None
    resampling: Resampling
    seed: int = 0
    """Of what is drawn: directions, noise, and the intervals' draws."""


def measure_curves(
    bundle: Bundle,
    store: Store,
    rows: NDArray[np.intp],
    conditions: Conditions,
    *,
    changes: Sequence[Change] = CHANGES,
    progress: Progress | None = None,
) -> tuple[list[Curve], Clusters]:
    """Score the rows under every change at every strength.

    The rows as they are stored are scored once and are the neutral point of every curve. All
    points are judged by the same draws of clusters.

    Raises:
        SplitError: a class is missing among the rows.
        StoreError, BundleError: as `judging.scoring.table_of_rows`.
    """
    _require_both_classes(np.array(store.columns()["label"])[rows])
    total = 1 + sum(len(change.strengths) - 1 for change in changes)
    done = 0

    def point(change: Change | None, strength: float) -> tuple[Point, Clusters]:
        nonlocal done
        transform = None if change is None else change.at(strength, conditions.seed)
        table = table_of_rows(bundle, store, rows, transform=transform)
        clusters = choose_clusters(table)
        done += 1
        if progress:
            progress(done, total)
        return Point(strength=strength, estimates=_estimates(table, clusters, conditions)), clusters

    stored, clusters = point(None, 0.0)
    curves = []
    for change in changes:
        points = [
            Point(strength=strength, estimates=stored.estimates)
            if strength == change.neutral
            else point(change, strength)[0]
            for strength in change.strengths
        ]
        curves.append(Curve(change=change, points=tuple(points)))
    return curves, clusters


def study_of(
    curves: Sequence[Curve],
    clusters: Clusters,
    conditions: Conditions,
    system: str,
    notes: Sequence[str] = (),
) -> Results:
    """The curves as one table, with what a reader must know."""
    threshold = conditions.threshold
    judged = (
        "no threshold in the bundle: EER and AUC alone"
        if threshold is None
        else f"threshold {threshold.value:.6g}: {threshold.description}; the same at every strength"
    )
    rows = [_row(curve.change, point) for curve in curves for point in curve.points]
    table = Table(
        key="robustness",
        title="Errors against strength",
        columns=_HEADER,
        rows=tuple(rows),
        note="rates in percent, AUC as a fraction; both classes are changed alike",
    )
    return Results(
        experiment="robustness",
        document=Document(
            title="Robustness",
            headings=(f"system: {system}",),
            tables=(table,),
            notes=(
                *notes,
                judged,
                f"intervals: {conditions.resampling.level:.0%}, by resampling {clusters.unit}, or "
                "exact from counts where no draw differs",
                "a crop larger than the stored one, or beside it, is filled by mirroring its "
                "border",
                *clusters.notes,
            ),
        ),
    )


def _require_both_classes(labels: NDArray[np.int_]) -> None:
    live, attacks = np.count_nonzero(labels == 0), np.count_nonzero(labels == 1)
    if not live or not attacks:
        raise SplitError(
            f"robustness: expected live and spoof rows, got {live} live and {attacks} spoof; "
            "choose another split or store"
        )


def _estimates(
    table: ScoreTable, clusters: Clusters, conditions: Conditions
) -> dict[Rate, Estimate]:
    threshold = None if conditions.threshold is None else conditions.threshold.value
    rng = np.random.default_rng(conditions.seed)
    fdrs = (conditions.resampling.fdr,)
    rates = rates_of(table, threshold, clusters, fdrs=fdrs, is_brief=True)
    found = estimates_of(rates, rng, conditions.resampling)
    return {each.rate: each for each in found if each.rate in RATES}


def _row(change: Change, point: Point) -> tuple[Cell, ...]:
    strength = change.shown(point.strength)
    if point.strength == change.neutral and not change.neutral_shown:
        strength += " (stored)"
    found = (point.estimates.get(rate) for rate in RATES)
    return (change.title, strength, *(None if each is None else measured(each) for each in found))
