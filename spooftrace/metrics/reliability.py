"""Do the probabilities hold? Reliability curve, expected calibration error.

For probabilities of attack in [0, 1]: a score that is something else is first calibrated on other
rows (`spooftrace.metrics.calibration`).

Letters: n rows, b bins, c clusters, r rounds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import ConfigError, ScoreFileError
from spooftrace.metrics.bootstrap import Statistics
from spooftrace.metrics.curve import Floats, share
from spooftrace.metrics.rates import as_scores


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Stated against observed, bin by bin. An empty bin has count 0 and NaN for both."""

    edges: Floats
    """(b + 1,): a bin holds what is above its lower edge up to its upper edge; the first also its
    lower edge."""
    count: NDArray[np.intp]
    """(b,): rows in each bin."""
    stated: Floats
    """(b,): mean probability of the rows of the bin."""
    attacks: NDArray[np.intp]
    """(b,): how many of them are attacks."""

    @property
    def observed(self) -> Floats:
        """(b,): share of attacks in each bin."""
        attacks, rows = (np.array(part, np.float64) for part in (self.attacks, self.count))
        return share(attacks, rows)


def reliability(probabilities: ArrayLike, is_attack: ArrayLike, *, bins: int = 10) -> Reliability:
    """The reliability curve, over bins of equal width.

    Args:
        probabilities: of attack, in [0, 1], (n,).
        is_attack: (n,) of bool.
        bins: number of bins.

    Raises:
        NoSamplesError: there is no row.
        ScoreFileError: a number outside [0, 1] or not finite, or another number of labels.
        ConfigError: fewer than one bin.
    """
    stated, spoof = _checked(probabilities, is_attack)
    edges = _bin_edges(bins)
    bin_of = _bins(stated, edges)
    count = np.bincount(bin_of, minlength=edges.size - 1)
    sums: Floats = np.array(np.bincount(bin_of, stated, edges.size - 1), np.float64)
    attacks = np.bincount(bin_of[spoof], minlength=edges.size - 1)
    rows: Floats = np.array(count, np.float64)
    return Reliability(edges, count, share(sums, rows), attacks)


def ece_statistics(
    probabilities: ArrayLike,
    is_attack: ArrayLike,
    codes: NDArray[np.intp],
    *,
    bins: int = 10,
) -> Statistics:
    """The expected calibration error as a function of drawn clusters, the bins staying fixed.

    It is the mean gap between what was stated and what was observed, weighted by rows.

    Resampled values carry the upward bias of the ECE a second time: read the interval as the
    spread, not as a test of 0.
    """
    stated, spoof = _checked(probabilities, is_attack)
    edges = _bin_edges(bins)
    cells, shape = codes * (edges.size - 1) + _bins(stated, edges), (-1, edges.size - 1)
    size = (int(codes.max()) + 1) * (edges.size - 1)
    gaps = np.bincount(cells, weights=stated - spoof, minlength=size).reshape(shape)
    rows: Floats = np.bincount(codes).astype(np.float64)

    def read(draws: Floats) -> Floats:
        return share(np.abs(draws @ gaps).sum(axis=1), draws @ rows)[:, None]

    return read


def _bin_edges(bins: int) -> Floats:
    """(b + 1,): from 0 to 1, of equal width."""
    if bins < 1:
        raise ConfigError(f"bins: expected 1 or more, got {bins}")
    edges: Floats = np.linspace(0, 1, bins + 1)
    return edges


def _bins(probabilities: Floats, edges: Floats) -> NDArray[np.intp]:
    return np.searchsorted(edges[1:-1], probabilities)


def _checked(probabilities: ArrayLike, is_attack: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    stated, spoof = as_scores(probabilities, "probability"), np.asarray(is_attack, dtype=bool)
    outside = np.flatnonzero((stated < 0) | (stated > 1))
    if outside.size:
        raise ScoreFileError(
            f"probabilities: expected numbers in [0, 1], got {stated[outside[0]]:g} at index "
            f"{outside[0]}; a score that is no probability is calibrated on a development split "
            "first (fit_calibration)"
        )
    if spoof.shape != stated.shape:
        raise ScoreFileError(
            f"probabilities: expected one label each, got {stated.shape} and {spoof.shape}"
        )
    return stated, spoof
