"""Choosing alpha_0, the weight of the trace in Eq. 3, on a development split (Sec. 4.1).

score = map_score + alpha_0 * trace_score, where map_score is mean|M| / 2 and trace_score is
mean|G(I)| / 2: both carry the factor 1/2 already.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import ScoreFileError
from spooftrace.labels import Label
from spooftrace.metrics.curve import error_curve
from spooftrace.metrics.ranking import auc_of, eer_of
from spooftrace.metrics.rates import Scores, as_scores

if TYPE_CHECKING:
    from torch import Tensor

Term = TypeVar("Term", Scores, "Tensor")

ALPHA0_GRID = (0.0, *(10.0 ** (step / 8) for step in range(-16, 25)))
"""0, then eight steps a decade from 0.01 to 1000.

A trace is a few hundredths of the colour range where M is near 1, so that 1000 is the trace alone
for all practical purposes, and 0 is the map alone.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alpha0:
    """The chosen weight, and how well the score with it does on the rows it was chosen on."""

    value: float
    eer: float
    auc: float


def fuse(map_score: Term, trace_score: Term, alpha_0: float) -> Term:
    """Eq. 3 from its two terms, shape (n,), each of which has its factor 1/2 already.

    The one place where it is written: NumPy's arrays and torch's tensors add up alike.
    """
    return map_score + alpha_0 * trace_score


def fit_alpha0(
    map_score: ArrayLike,
    trace_score: ArrayLike,
    label: ArrayLike,
    grid: Iterable[float] = ALPHA0_GRID,
) -> Alpha0:
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
    tried = [_try(alpha, fuse(maps, traces, alpha), is_attack) for alpha in grid]
    # Rounded, because means of fractions that are equal on paper differ in their last bits.
    return min(tried, key=lambda fit: (round(fit.eer, 12), -round(fit.auc, 12), fit.value))


def _try(alpha: float, scores: Scores, is_attack: NDArray[np.bool_]) -> Alpha0:
    curve = error_curve(scores[is_attack], scores[~is_attack])
    return Alpha0(value=float(alpha), eer=float(eer_of(curve)), auc=float(auc_of(curve)))
