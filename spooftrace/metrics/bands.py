"""Confidence bands of ROC and DET curves, by resampling clusters.

The bands are *vertical and pointwise*: at each BPCER that may be spent, the middle `level` of the
APCER reached in the draws, every draw choosing its own threshold - TDR@FDR for a whole axis of
FDRs. (Bands at fixed thresholds answer another question: what one threshold does on new people.)
Pointwise means that each point holds its truth with the stated confidence, not the curve as a
whole. A ROC plots 1 - APCER, a DET plot normal deviates of the same numbers.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import ConfigError
from spooftrace.metrics.bootstrap import MIN_CLUSTERS, resample
from spooftrace.metrics.clustered import Codes, Reading, ranking_statistics
from spooftrace.metrics.curve import ErrorCurve, Floats
from spooftrace.metrics.intervals import check_level
from spooftrace.metrics.ranking import tdr_block

GRID: Floats = np.unique(np.concatenate([[0.0], np.geomspace(1e-4, 1, 81), np.linspace(0, 1, 51)]))
"""BPCERs at which a band is computed: dense where a DET plot needs it and where a ROC does."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """The best APCER within each BPCER, and its band. All of shape (g,)."""

    bpcer: Floats
    """What may be refused; increasing."""
    apcer: Floats
    """Smallest APCER at a BPCER not above it; not increasing."""
    low: Floats
    high: Floats
    level: float
    method: str
    reason: str | None = None
    """Why `low` and `high` are NaN; `None` where they are not."""


def roc_band(
    scores: ArrayLike,
    is_attack: NDArray[np.bool_],
    codes: Codes,
    rng: np.random.Generator,
    *,
    grid: ArrayLike = GRID,
    rounds: int = 2000,
    level: float = 0.95,
) -> Band:
    """The curve of all attacks, pooled, with its band.

    Args:
        scores: (n,)
        is_attack: (n,)
        codes: (n,), cluster of each row, in [0, c).
        rng: the only source of randomness.
        grid: BPCERs in [0, 1], increasing.
        rounds: number of draws.
        level: confidence level of each point.

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite.
        ConfigError: the grid leaves [0, 1] or does not increase.
    """
    check_level(level)
    budgets = _as_grid(grid)
    readings = [
        Reading(partial(apcer_within, budget=budget), partial(tdr_block, fdr=budget))
        for budget in budgets.tolist()
    ]
    statistics = ranking_statistics(scores, is_attack, codes, readings)
    clusters = int(codes.max()) + 1
    carrying = min(np.unique(codes[is_attack]).size, np.unique(codes[~is_attack]).size)
    if carrying < MIN_CLUSTERS:
        estimate, unknown = statistics(np.ones((1, clusters)))[0], np.full(budgets.size, np.nan)
        reason = f"only {carrying} to resample of the rarer class"
        return Band(
            bpcer=budgets,
            apcer=estimate,
            low=unknown,
            high=unknown,
            level=level,
            method="none",
            reason=reason,
        )
    drawn = resample(statistics, clusters, rng, rounds=rounds)
    low, high = np.nanquantile(drawn.replicates, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Band(
        bpcer=budgets,
        apcer=drawn.estimate,
        low=low,
        high=high,
        level=level,
        method="cluster bootstrap, percentile, vertical and pointwise",
    )


def apcer_within(curve: ErrorCurve, budget: float) -> Floats:
    """(r,): smallest APCER at a BPCER within the budget, from a curve of shape (r, k)."""
    within = curve.bpcer <= budget
    found = np.take_along_axis(curve.apcer, within.argmax(axis=-1)[..., None], -1)
    return np.asarray(np.where(curve.live > 0, found, np.nan)[..., 0])


def _as_grid(grid: ArrayLike) -> Floats:
    budgets = np.asarray(grid, np.float64)
    if budgets.ndim != 1 or not (budgets >= 0).all() or not (budgets <= 1).all():
        raise ConfigError("grid of a band: expected BPCERs in [0, 1], shape (g,)")
    if not (np.diff(budgets) > 0).all():
        raise ConfigError("grid of a band: expected increasing BPCERs")
    return budgets
