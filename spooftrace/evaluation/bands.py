"""Confidence bands of the error curve, from resampled clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.metrics.bootstrap import resample
from spooftrace.metrics.clustered import ranking_statistics
from spooftrace.metrics.curve import ErrorCurve, Floats

_AT_ONCE = 4_000_000
GRID_POINTS = 120


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """APCER where at most so many of the live faces are refused; pointwise, vertical."""

    bpcer: Floats
    apcer: Floats
    low: Floats
    high: Floats


def roc_band(
    scores: Floats,
    is_attack: NDArray[np.bool_],
    codes: NDArray[np.intp],
    rng: np.random.Generator,
    *,
    rounds: int,
    level: float,
) -> Band:
    """The error curve on a grid of allowed BPCER, and percentiles of its resampled values."""
    live = int(np.count_nonzero(~is_attack))
    grid = np.unique(
        np.concatenate([[0.0, 1.0], np.geomspace(0.5 / live, 1, GRID_POINTS), _even()])
    )
    read = ranking_statistics(scores, is_attack, codes, [lambda curve: _apcer_at(curve, grid)])
    drawn = resample(
        lambda draws: read(draws)[:, 0],
        int(codes.max()) + 1,
        rng,
        rounds=rounds,
        rounds_at_once=max(1, _AT_ONCE // scores.size),
    )
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.nanquantile(drawn.replicates, tails, axis=0)
    return Band(bpcer=grid, apcer=drawn.estimate, low=low, high=high)


def _even() -> Floats:
    return np.linspace(0, 1, 51)


def _apcer_at(curve: ErrorCurve, grid: Floats) -> Floats:
    """(..., g): APCER at the lowest threshold whose BPCER is within each allowance."""
    rounds = curve.refused.reshape(-1, curve.refused.shape[-1])
    missed = curve.missed.reshape(rounds.shape)
    found = np.empty((len(rounds), grid.size))
    for at, (refused, passed) in enumerate(zip(rounds, missed, strict=True)):
        if not refused[0] or not passed[-1]:
            found[at] = np.nan
            continue
        first = np.searchsorted(-refused, -grid * refused[0] * (1 + 1e-12))
        found[at] = passed[np.minimum(first, refused.size - 1)] / passed[-1]
    return found.reshape(*curve.refused.shape[:-1], grid.size)
