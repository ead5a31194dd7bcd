"""Choosing alpha_0, the weight of the trace in Eq. 3, on a development split (Sec. 4.1).

score = map_score + alpha_0 * trace_score, with map_score = mean|M| / 2, trace_score = mean|G(I)| / 2
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import ScoreFileError
from spooftrace.labels import Label
from spooftrace.metrics.curve import error_curve
from spooftrace.metrics.ranking import auc_of, eer_of
from spooftrace.metrics.rates import Scores, as_scores

ALPHA0_GRID = (0.0, *(10.0 ** (step / 8) for step in range(-16, 25)))
"""0, then eight steps a decade from 0.01 to 1000.

A trace is a few hundredths of the colour range where M is near 1, so that 1000 is the trace alone
for all practical purposes, and 0 is the map alone.
"""


def fuse(map_score: ArrayLike, trace_score: ArrayLike, alpha_0: float) -> Scores:
    """Eq. 3 from its two terms, each of which has its factor 1/2 already. Shape (n,)."""
    return as_scores(map_score, "map") + alpha_0 * as_scores(trace_score, "trace")


def fit_alpha0(
    map_score: ArrayLike,
    trace_score: ArrayLike,
    label: ArrayLike,
    grid: Iterable[float] = ALPHA0_GRID,
) -> float:
    """Smallest EER on the grid; of equals the largest AUC; of equals the smallest alpha_0.

    Args:
        map_score: mean|M| / 2 of each face, shape (n,).
        trace_score: mean|G(I)| / 2 of each face, shape (n,).
        label: `Label` of each face, shape (n,).
        grid: values to try.

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite, or the three lengths differ.
    """
    maps, traces = as_scores(map_score, "map"), as_scores(trace_score, "trace")
    is_attack = np.asarray(label) == Label.SPOOF
    if not maps.size == traces.size == is_attack.size:
        raise ScoreFileError(
            "alpha_0: expected as many map scores as trace scores and labels, got "
            f"{maps.size}, {traces.size} and {is_attack.size}"
        )
    quality = {alpha: _quality(fuse(maps, traces, alpha), is_attack) for alpha in grid}
    return min(quality, key=lambda alpha: (*quality[alpha], alpha))


def _quality(scores: Scores, is_attack: NDArray[np.bool_]) -> tuple[float, float]:
    """EER and -AUC: the smaller, the better."""
    curve = error_curve(scores[is_attack], scores[~is_attack])
    return float(eer_of(curve)), -float(auc_of(curve))
