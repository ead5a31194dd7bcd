"""Mean and standard deviation over the folds of a protocol: leave-one-out, cross-validation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spooftrace.metrics.rates import as_scores


@dataclass(frozen=True, slots=True, kw_only=True)
class OverFolds:
    """A figure over folds. Folds share training rows, so that the deviation gives no interval."""

    mean: float
    deviation: float | None
    """Of the sample (divided by folds - 1); `None` for a single fold, which has none."""
    folds: int
    lowest: float
    highest: float


def over_folds(values: ArrayLike) -> OverFolds:
    """Mean and sample standard deviation of one figure, a fold counting once whatever its size.

    Raises:
        NoSamplesError: there is no fold.
        ScoreFileError: a value is not finite; a fold without the figure is to be left out and said.
    """
    figures = as_scores(values, "fold")
    return OverFolds(
        mean=float(figures.mean()),
        deviation=float(figures.std(ddof=1)) if figures.size > 1 else None,
        folds=figures.size,
        lowest=float(np.min(figures)),
        highest=float(np.max(figures)),
    )
