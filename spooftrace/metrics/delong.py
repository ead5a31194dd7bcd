"""AUC of two systems on the same rows: the test of DeLong, DeLong and Clarke-Pearson (1988).

By midranks (Sun and Xu 2014), so that a million rows cost two sorts a system. Rows are taken as
independent; where they come in clips or people, `spooftrace.metrics.paired` resamples those.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from spooftrace.errors import NoSamplesError, ScoreFileError
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.intervals import Interval, check_level
from spooftrace.metrics.rates import as_scores


@dataclass(frozen=True, slots=True, kw_only=True)
class DeLong:
    """Two areas and their difference."""

    auc_a: float
    auc_b: float
    standard_error: float
    """Of the difference a - b."""

    @property
    def difference(self) -> float:
        """AUC of a less AUC of b."""
        return self.auc_a - self.auc_b

    @property
    def p(self) -> float:
        """Two-sided, by the normal approximation.

        1 for equal areas; 0 for unequal ones whose difference shows no variance at all (a system
        without any error against one that is wrong on every row), where no test is possible.
        """
        if self.difference == 0:
            return 1.0
        with np.errstate(divide="ignore"):
            return float(2 * ndtr(-np.divide(abs(self.difference), self.standard_error)))

    def interval(self, level: float = 0.95) -> Interval:
        """Of the difference, by the normal approximation."""
        check_level(level)
        half = float(ndtri((1 + level) / 2)) * self.standard_error
        low, high = self.difference - half, self.difference + half
        return Interval(low=low, high=high, level=level, method="DeLong")


def delong(
    attacks_a: ArrayLike, bona_fide_a: ArrayLike, attacks_b: ArrayLike, bona_fide_b: ArrayLike
) -> DeLong:
    """Compare the AUC of systems a and b, whose scores are of the same rows in the same order.

    Raises:
        NoSamplesError: fewer than two rows of a class, of which there is no variance.
        ScoreFileError: a score is not finite, or the systems have different numbers of rows.
    """
    attacks = _pair(attacks_a, attacks_b, "attack")
    live = _pair(bona_fide_a, bona_fide_b, "live")
    (auc_a, by_attack_a, by_live_a), (auc_b, by_attack_b, by_live_b) = (
        _components(a, b) for a, b in zip(attacks, live, strict=True)
    )
    differences = (by_attack_a - by_attack_b, by_live_a - by_live_b)
    variance = sum(part.var(ddof=1) / part.size for part in differences)
    return DeLong(auc_a=auc_a, auc_b=auc_b, standard_error=float(np.sqrt(variance)))


def _components(attacks: Floats, live: Floats) -> tuple[float, Floats, Floats]:
    """The AUC, and for every attack and every live row the share of the other class it beats."""
    ranks = rankdata(np.concatenate([attacks, live]))
    by_attack = (ranks[: attacks.size] - rankdata(attacks)) / live.size
    by_live = 1 - (ranks[attacks.size :] - rankdata(live)) / attacks.size
    return float(by_attack.mean()), by_attack, by_live


def _pair(a: ArrayLike, b: ArrayLike, what: str) -> tuple[Floats, Floats]:
    first, second = _several(a, what), _several(b, what)
    if first.size != second.size:
        raise ScoreFileError(
            f"DeLong: expected the same {what} rows of both systems, "
            f"got {first.size} and {second.size}"
        )
    return first, second


def _several(scores: ArrayLike, what: str) -> Floats:
    checked = as_scores(scores, what)
    if checked.size < 2:
        raise NoSamplesError(f"DeLong: expected at least two {what} rows, got one")
    return checked
