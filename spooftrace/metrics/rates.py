"""Presentation-attack-detection error rates at a threshold (names of ISO/IEC 30107-3).

Convention   higher score = more spoof; a presentation is called an attack when score >= threshold.
Numbers      float64 NumPy, fractions in [0, 1] (a report prints percent). Scores are taken as they
are. Empty input  is an error (`NoSamplesError`), never 0 or NaN. NaN, inf     are errors
(`ScoreFileError`): a system that has no answer has no score.

docs/metrics.md defines every rate in words and says what is counted as what.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import NoSamplesError, ScoreFileError

Scores = NDArray[np.float64]
"""One finite number per presentation, shape (n,)."""


def as_scores(scores: ArrayLike, what: str) -> Scores:
    """The scores as a float64 vector, checked: at least one, all finite.

    Args:
        scores: anything of shape (n,) that NumPy reads as numbers.
        what: what the scores are of, for the message ("live", "attack (print)").

    Raises:
        NoSamplesError: there is none.
        ScoreFileError: one is NaN or infinite, or the shape is another.
    """
    checked = np.asarray(scores, dtype=np.float64)
    if checked.ndim != 1:
        raise ScoreFileError(f"{what} scores: expected shape (n,), got {checked.shape}")
    if checked.size == 0:
        raise NoSamplesError(
            f"{what} scores: expected at least one, got none; "
            "a rate of nothing is undefined, so add such rows or leave this rate out"
        )
    bad = np.flatnonzero(~np.isfinite(checked))
    if bad.size:
        raise ScoreFileError(
            f"{what} scores: expected finite numbers, got {checked[bad[0]]} at index {bad[0]} "
            f"({bad.size} of {checked.size} are not finite); leave out rows that have no score"
        )
    return checked


def _as_threshold(threshold: float) -> float:
    if np.isnan(threshold):
        raise ScoreFileError("threshold: expected a number, got nan")
    return float(threshold)


def apcer(attacks: ArrayLike, threshold: float) -> float:
    """APCER: share of attacks of *one* species that pass as live (score < threshold)."""
    scores = as_scores(attacks, "attack")
    return np.count_nonzero(scores < _as_threshold(threshold)) / scores.size


def bpcer(bona_fide: ArrayLike, threshold: float) -> float:
    """BPCER: the share of live presentations that are refused (score >= threshold)."""
    scores = as_scores(bona_fide, "live")
    return np.count_nonzero(scores >= _as_threshold(threshold)) / scores.size


def apcer_by_species(attacks: Mapping[str, ArrayLike], threshold: float) -> dict[str, float]:
    """APCER of every species (medium), in the order of `attacks`.

    Raises:
        NoSamplesError: there is no species, or one has no sample; the message names it.
    """
    if not attacks:
        raise NoSamplesError("APCER: expected at least one attack species, got none")
    return {
        species: apcer(as_scores(scores, f"attack ({species})"), threshold)
        for species, scores in attacks.items()
    }


def worst_apcer(attacks: Mapping[str, ArrayLike], threshold: float) -> tuple[str, float]:
    """The species that passes most easily, and its APCER; of equals the first by name."""
    rates = apcer_by_species(attacks, threshold)
    species = min(rates, key=lambda name: (-rates[name], name))
    return species, rates[species]


def acer(apcer: float, bpcer: float) -> float:
    """ACER: the mean of the two. A research figure, not one of ISO/IEC 30107-3.

    Which APCER goes in is the protocol's decision; the report of this package takes the worst
    species.
    """
    return (apcer + bpcer) / 2


def hter(attacks: ArrayLike, bona_fide: ArrayLike, threshold: float) -> float:
    """HTER: mean of the APCER of all attacks, pooled over species, and the BPCER."""
    return (apcer(attacks, threshold) + bpcer(bona_fide, threshold)) / 2
