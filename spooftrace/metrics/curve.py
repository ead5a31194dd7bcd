"""Both errors at every threshold that can matter: what EER, AUC and TDR@FDR are read from.

Samples are sorted once; weighing them (a bootstrap draws a sample 0, 1, 2, ... times) then costs a
cumulative sum and no sort. Letters: n samples, k = distinct scores + 1 thresholds, r bootstrap
rounds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.metrics.rates import Scores, as_scores

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ErrorCurve:
    """Errors at k thresholds in increasing order, as counts, so that comparing them is exact.

    The first threshold calls everything an attack, the last nothing. Leading axes (rounds) are
    allowed in the counts; the thresholds are common to all.
    """

    thresholds: Floats
    """(k,): half way between neighbouring distinct scores; the lowest score; just above the
    highest."""
    missed: Floats
    """(..., k): attacks below the threshold, weighted. Not decreasing."""
    refused: Floats
    """(..., k): live samples at or above the threshold, weighted. Not increasing."""

    @property
    def apcer(self) -> Floats:
        """(..., k): share of attacks below the threshold; NaN where there is no attack."""
        return share(self.missed, self.attacks)

    @property
    def bpcer(self) -> Floats:
        """(..., k): share of live samples at or above the threshold; NaN where there is none."""
        return share(self.refused, self.live)

    @property
    def attacks(self) -> Floats:
        """(..., 1): how many attacks there are, weighted."""
        return self.missed[..., -1:]

    @property
    def live(self) -> Floats:
        """(..., 1): how many live samples there are, weighted."""
        return self.refused[..., :1]


@dataclass(frozen=True, slots=True)
class RankedScores:
    """Attack and live scores in one increasing order."""

    order: NDArray[np.intp]
    """(n,): position, in attacks followed by live, of the sample of each rank."""
    is_attack: Floats
    """(n,): 1 for an attack, 0 for a live sample, by rank."""
    attacks_below: NDArray[np.intp]
    """(k,): how many attacks lie below each threshold."""
    live_below: NDArray[np.intp]
    """(k,): how many live samples lie below each threshold."""
    thresholds: Floats

    def curve(self, weights: Floats | None = None) -> ErrorCurve:
        """The errors with each sample counted once, or `weights` (..., n) times, by rank."""
        weights = np.ones_like(self.is_attack) if weights is None else weights
        spoof = self.is_attack > 0
        return self.weighted(weights[..., spoof], weights[..., ~spoof])

    def weighted(self, attacks: Floats, live: Floats) -> ErrorCurve:
        """The errors with the samples of each class, in increasing order, counted so many times.

        Args:
            attacks: (..., number of attacks), whole numbers.
            live: (..., number of live samples), whole numbers.
        """
        sums = _running_sum(live)
        return ErrorCurve(
            self.thresholds,
            missed=np.take(_running_sum(attacks), self.attacks_below, axis=-1),
            refused=sums[..., -1:] - np.take(sums, self.live_below, axis=-1),
        )


def rank(attacks: ArrayLike, bona_fide: ArrayLike) -> RankedScores:
    """Sort attacks and live samples together.

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite.
    """
    attack_scores, live_scores = as_scores(attacks, "attack"), as_scores(bona_fide, "live")
    scores = np.concatenate([attack_scores, live_scores])
    order = np.argsort(scores, kind="stable")
    ranked, is_attack = scores[order], order < attack_scores.size
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    below = np.append(starts, scores.size)
    attacks_below = np.concatenate([[0], np.cumsum(is_attack)])[below]
    return RankedScores(
        order=order,
        is_attack=is_attack.astype(np.float64),
        attacks_below=attacks_below,
        live_below=below - attacks_below,
        thresholds=_between(ranked[starts]),
    )


def error_curve(attacks: ArrayLike, bona_fide: ArrayLike) -> ErrorCurve:
    """The errors at every threshold; counts of shape (k,). Errors as `rank`."""
    return rank(attacks, bona_fide).curve()


def share(part: Floats, whole: Floats) -> Floats:
    """The share, NaN where the whole is 0."""
    return np.divide(part, np.where(whole == 0, np.nan, whole))


def _running_sum(counts: Floats) -> Floats:
    """Cumulative sum along the last axis with a leading 0."""
    sums = np.zeros((*counts.shape[:-1], counts.shape[-1] + 1))
    np.cumsum(counts, axis=-1, out=sums[..., 1:])
    return sums


def _between(values: Scores) -> Floats:
    """A threshold below, between and above increasing distinct values."""
    middle = values[:-1] / 2 + values[1:] / 2
    # Rounding may put the middle of two neighbouring floats outside (left, right].
    inside = (middle > values[:-1]) & (middle <= values[1:])
    middle = np.where(inside, middle, values[1:])
    return np.concatenate([values[:1], middle, np.nextafter(values[-1:], np.inf)])
