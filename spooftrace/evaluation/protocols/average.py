"""What an average is: the mean over folds or attacks, each counting once, with its deviation.

A rate of all rows counted together is no average; it is called pooled.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Average:
    """Over folds or attacks. Folds share training rows, so that the deviation is no interval."""

    mean: float
    deviation: float | None
    """Sample standard deviation (divided by n - 1); `None` of a single value."""


def average(values: Sequence[float]) -> Average:
    """Mean and sample standard deviation of at least one value."""
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return Average(mean=statistics.fmean(values), deviation=deviation)
