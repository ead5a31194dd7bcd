"""Two systems on the same rows: is one better?

`mcnemar` compares decisions row by row and takes the rows as independent. `paired_intervals`
resamples whole clusters for any figure, both systems being read from the same draw, so that what
is hard for both cancels. (AUC on independent rows: `spooftrace.metrics.delong`.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from spooftrace.errors import NoSamplesError, ScoreFileError
from spooftrace.metrics.bootstrap import (
    ClusterInterval,
    Statistics,
    interval_or_reason,
    resample,
)
from spooftrace.metrics.curve import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class McNemar:
    """The errors of two systems on the same rows, and whether those of one are more."""

    both: int
    only_a: int
    """Rows on which a errs and b does not."""
    only_b: int
    neither: int

    @property
    def exact(self) -> float:
        """Two-sided p of the exact test (binomial, 1/2); never too small, often too large."""
        return float(min(1.0, 2 * binom.cdf(self._fewer, self._discordant, 0.5)))

    @property
    def mid_p(self) -> float:
        """Two-sided mid-p: half the weight of the outcome seen (Fagerland et al. 2013)."""
        tail = 2 * binom.cdf(self._fewer, self._discordant, 0.5)
        return float(min(1.0, tail - binom.pmf(self._fewer, self._discordant, 0.5)))

    @property
    def _fewer(self) -> int:
        return min(self.only_a, self.only_b)

    @property
    def _discordant(self) -> int:
        return self.only_a + self.only_b


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """A figure of a less that of b."""

    value: float
    interval: ClusterInterval
    p: float | None
    """Two-sided, from the share of draws on either side of 0; `None` where there is no interval.
    It cannot be smaller than 2 / (rounds + 1)."""


def mcnemar(wrong_a: ArrayLike, wrong_b: ArrayLike) -> McNemar:
    """Count who errs where; both (n,) of bool, the same rows in the same order.

    Raises:
        NoSamplesError: there is no row.
        ScoreFileError: the shapes differ, or are not (n,).
    """
    a, b = np.asarray(wrong_a, dtype=bool), np.asarray(wrong_b, dtype=bool)
    if a.ndim != 1 or a.shape != b.shape:
        raise ScoreFileError(
            f"McNemar: expected the same rows of both systems, shape (n,), got {a.shape} "
            f"and {b.shape}"
        )
    if a.size == 0:
        raise NoSamplesError("McNemar: expected at least one row, got none")
    both, only_a, only_b = (int(np.count_nonzero(rows)) for rows in (a & b, a & ~b, b & ~a))
    neither = a.size - both - only_a - only_b
    return McNemar(both=both, only_a=only_a, only_b=only_b, neither=neither)


def difference(statistics_a: Statistics, statistics_b: Statistics) -> Statistics:
    """The figures of a less those of b, read from the same draws of the same clusters."""
    return lambda draws: statistics_a(draws) - statistics_b(draws)


def paired_intervals(
    statistics_a: Statistics,
    statistics_b: Statistics,
    support: Sequence[int],
    clusters: int,
    rng: np.random.Generator,
    *,
    rounds: int = 2000,
    level: float = 0.95,
    rounds_at_once: int = 200,
) -> list[PairedDifference]:
    """BCa intervals and p of the differences of several figures.

    Args:
        statistics_a: figures of a, as functions of the draws (`metrics.clustered`).
        statistics_b: the same figures of b, over the same clusters.
        support: for each figure, how many clusters carry it, as in `cluster_intervals`.
        clusters: number of clusters.
        rng: the only source of randomness.
        rounds: number of draws.
        level: confidence level.
        rounds_at_once: draws computed together; bounds memory, changes no number.
    """
    both = difference(statistics_a, statistics_b)
    drawn = resample(both, clusters, rng, rounds=rounds, rounds_at_once=rounds_at_once)
    intervals = [interval_or_reason(drawn, at, count, level) for at, count in enumerate(support)]
    return [
        PairedDifference(
            value=float(drawn.estimate[at]),
            interval=interval,
            p=None if interval.interval is None else _two_sided(drawn.replicates[:, at]),
        )
        for at, interval in enumerate(intervals)
    ]


def _two_sided(replicates: Floats) -> float:
    """Twice the smaller share of draws beyond 0, the estimate itself counted among them."""
    drawn = replicates[np.isfinite(replicates)]
    beyond = min(np.count_nonzero(drawn <= 0), np.count_nonzero(drawn >= 0)) + 1
    return float(min(1.0, 2 * beyond / (drawn.size + 1)))
