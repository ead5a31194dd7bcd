"""What the charts of a report show: error curve with its band, histograms, reliability."""

from dataclasses import dataclass

import numpy as np

from spooftrace.evaluation.estimates.clusters import Clusters
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.bands import roc_band
from spooftrace.metrics.calibration import Calibration
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.intervals import clopper_pearson
from spooftrace.metrics.reliability import reliability

HISTOGRAM_BINS = 48
BAND_ROUNDS = 500
"""Fewer than for the figures: a band is looked at, not quoted."""

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBand:
    """APCER of all attacks pooled where at most so many live faces are refused, with its band."""

    bpcer: Numbers
    apcer: Numbers
    low: Numbers | None
    """Pointwise; `None` with too few clusters for any."""
    high: Numbers | None
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Rows per bin of the score."""

    edges: Numbers
    live: tuple[int, ...]
    attacks: dict[str, tuple[int, ...]]
    """By medium."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityPoint:
    """One bin that has rows: what was stated and what was seen."""

    stated: float
    observed: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Everything that is drawn."""

    errors: ErrorBand | None
    histogram: Histogram
    reliability: tuple[ReliabilityPoint, ...] = ()
    probabilities: str = ""
    """Where the probabilities of the reliability curve come from."""


def probabilities_of(
    table: ScoreTable, calibration: Calibration | None
) -> tuple[Floats | None, str]:
    """Probability of attack of each row, (n,), and where it comes from; `None` without any.

    A calibration fitted on development rows where there is one; the scores themselves where all lie
    in [0, 1]. Rows of one class say nothing of a probability.
    """
    answered = table.has_answer
    scores, attacks = table.score[answered], table.is_attack[answered]
    if not attacks.any() or attacks.all():
        return None, ""
    found = np.full(len(table), np.nan)
    if calibration is not None:
        found[answered] = calibration.probability(scores)
        return found, f"logistic calibration fitted on {calibration.split} rows (Platt 1999)"
    if scores.min() < 0 or scores.max() > 1:
        return None, ""
    found[answered] = scores
    return found, "the scores themselves, taken as probabilities of attack"


def curves_of(
    table: ScoreTable,
    clusters: Clusters,
    probabilities: Floats | None,
    origin: str,
    rng: np.random.Generator,
    level: float,
) -> Curves | None:
    """What these rows let one draw; `None` without any answer."""
    answered = table.has_answer
    if not answered.any():
        return None
    points = () if probabilities is None else _reliability(table, probabilities, level)
    return Curves(
        errors=error_band(table, clusters, rng, level),
        histogram=_histogram(table),
        reliability=points,
        probabilities=origin if points else "",
    )


def error_band(
    table: ScoreTable, clusters: Clusters, rng: np.random.Generator, level: float
) -> ErrorBand | None:
    """The curve of errors of these rows; `None` where one class has no answer."""
    answered, attacks = table.has_answer, table.is_attack
    kinds = [answered & attacks, answered & ~attacks]
    if not all(rows.any() for rows in kinds):
        return None
    band = roc_band(
        table.score[answered],
        attacks[answered],
        clusters.codes[answered],
        rng,
        rounds=BAND_ROUNDS,
        level=level,
    )
    has_band = band.reason is None
    return ErrorBand(
        bpcer=_numbers(band.bpcer),
        apcer=_numbers(band.apcer),
        low=_numbers(band.low) if has_band else None,
        high=_numbers(band.high) if has_band else None,
        level=level,
    )


def _histogram(table: ScoreTable) -> Histogram:
    scores = table.score[table.has_answer]
    edges = np.histogram_bin_edges(scores, HISTOGRAM_BINS)
    return Histogram(
        edges=_numbers(edges),
        live=_counts(table.live_scores(), edges),
        attacks={name: _counts(found, edges) for name, found in table.attacks_by_species().items()},
    )


def _counts(scores: Floats, edges: Floats) -> tuple[int, ...]:
    return tuple(int(count) for count in np.histogram(scores, edges)[0])


def _reliability(
    table: ScoreTable, probabilities: Floats, level: float
) -> tuple[ReliabilityPoint, ...]:
    answered = table.has_answer
    found = reliability(probabilities[answered], table.is_attack[answered])
    points = []
    for rows, attacks, stated in zip(found.count, found.attacks, found.stated, strict=True):
        if rows:
            interval = clopper_pearson(int(attacks), int(rows), level)
            points.append(
                ReliabilityPoint(
                    stated=float(stated),
                    observed=float(attacks / rows),
                    low=interval.low,
                    high=interval.high,
                    rows=int(rows),
                )
            )
    return tuple(points)


def _numbers(values: Floats) -> Numbers:
    return tuple(float(value) for value in values)
