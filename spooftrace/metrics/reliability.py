"""Do the probabilities hold? Reliability curve, expected calibration error, Brier score.

For probabilities of attack in [0, 1]: a score that is something else is first calibrated on other
rows (`spooftrace.metrics.calibration`).

Letters: n rows, b bins, c clusters, r rounds.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import ConfigError, ScoreFileError
from spooftrace.metrics.bootstrap import Statistics
from spooftrace.metrics.curve import Floats, share
from spooftrace.metrics.rates import as_scores

Binning = Literal["width", "count"]


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

    @property
    def ece(self) -> float:
        """Expected calibration error: mean gap between stated and observed, weighted by rows."""
        gaps = self.count * np.nan_to_num(np.abs(self.observed - self.stated))
        return float(gaps.sum() / self.count.sum())

    @property
    def largest_gap(self) -> float:
        """Maximum calibration error: the largest gap of any bin that has rows."""
        return float(np.nanmax(np.abs(self.observed - self.stated)))


def reliability(
    probabilities: ArrayLike, is_attack: ArrayLike, *, bins: int = 10, by: Binning = "width"
) -> Reliability:
    """The reliability curve.

    Args:
        probabilities: of attack, in [0, 1], (n,).
        is_attack: (n,) of bool.
        bins: number of bins.
        by: "width": of equal width; "count": of about equal numbers of rows, equal probabilities
            staying together, so that fewer may remain.

    Raises:
        NoSamplesError: there is no row.
        ScoreFileError: a number outside [0, 1] or not finite, or another number of labels.
        ConfigError: fewer than one bin.
    """
    stated, spoof = _checked(probabilities, is_attack)
    edges = bin_edges(stated, bins, by)
    bin_of = _bins(stated, edges)
    count = np.bincount(bin_of, minlength=edges.size - 1)
    sums: Floats = np.array(np.bincount(bin_of, stated, edges.size - 1), np.float64)
    attacks = np.bincount(bin_of[spoof], minlength=edges.size - 1)
    rows: Floats = np.array(count, np.float64)
    return Reliability(edges, count, share(sums, rows), attacks)


def bin_edges(probabilities: Floats, bins: int, by: Binning) -> Floats:
    """(b + 1,): edges from 0 to 1, increasing."""
    if bins < 1:
        raise ConfigError(f"bins: expected 1 or more, got {bins}")
    shares: Floats = np.linspace(0, 1, bins + 1)
    if by == "width":
        return shares
    inner = np.quantile(probabilities, shares[1:-1])
    edges: Floats = np.unique(np.concatenate([[0.0], inner, [1.0]]))
    return edges


def brier(probabilities: ArrayLike, is_attack: ArrayLike) -> float:
    """Brier score: mean squared distance of the probability from what was true. Errors as above."""
    stated, spoof = _checked(probabilities, is_attack)
    return float(np.mean((stated - spoof) ** 2))


def ece_statistics(
    probabilities: ArrayLike,
    is_attack: ArrayLike,
    codes: NDArray[np.intp],
    *,
    bins: int = 10,
    by: Binning = "width",
) -> Statistics:
    """The expected calibration error as a function of drawn clusters, the bins staying fixed.

    Resampled values carry the upward bias of the ECE a second time: read the interval as the
    spread, not as a test of 0.
    """
    stated, spoof = _checked(probabilities, is_attack)
    edges = bin_edges(stated, bins, by)
    cells, shape = codes * (edges.size - 1) + _bins(stated, edges), (-1, edges.size - 1)
    size = (int(codes.max()) + 1) * (edges.size - 1)
    gaps = np.bincount(cells, weights=stated - spoof, minlength=size).reshape(shape)
    rows: Floats = np.bincount(codes).astype(np.float64)

    def read(draws: Floats) -> Floats:
        return share(np.abs(draws @ gaps).sum(axis=1), draws @ rows)[:, None]

    return read


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
