"""Presentation-attack-detection error rates at a threshold (names of ISO/IEC 30107-3).

Convention   higher score = more spoof; a presentation is called an attack when score >= threshold.
Numbers      float64 NumPy, fractions in [0, 1] (a report prints percent). Scores are taken as they
are. Empty input  is an error (`NoSamplesError`), never 0 or NaN. NaN, inf     are errors
(`ScoreFileError`): a system that has no answer has no score.

docs/metrics.md defines every rate in words and says what is counted as what.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import ConfigError, NoSamplesError, ScoreFileError

Scores = NDArray[np.float64]
"""One finite number per presentation, shape (n,)."""

ATTACK_POTENTIALS = ("basic", "enhanced-basic", "moderate", "high", "beyond-high")
"""From lowest to highest (ISO/IEC 18045, which ISO/IEC 30107-3 refers to)."""


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


def apcer_by_potential(
    attacks: Mapping[str, ArrayLike],
    potentials: Mapping[str, str],
    threshold: float,
    order: Sequence[str] = ATTACK_POTENTIALS,
) -> dict[str, tuple[str, float]]:
    """APCER at each attack potential: the worst species of that potential *or a lower one*.

    Args:
        attacks: scores by species.
        potentials: for every species, what an attacker needs for it, a word of `order`.
        threshold: decision threshold.
        order: the potentials from lowest to highest.

    Returns:
        For each potential that some species has, from lowest to highest, the worst species and its
        APCER. Never decreasing.

    Raises:
        NoSamplesError: there is no species, or one has no sample.
        ConfigError: a species without a potential, or one that is not in `order`.
    """
    rates = apcer_by_species(attacks, threshold)
    level = {species: _level(species, potentials, order) for species in rates}
    found = {}
    for at in sorted(set(level.values())):
        within = {species: rate for species, rate in rates.items() if level[species] <= at}
        worst = min(within, key=lambda name: (-within[name], name))
        found[order[at]] = worst, within[worst]
    return found


def _level(species: str, potentials: Mapping[str, str], order: Sequence[str]) -> int:
    potential = potentials.get(species)
    if potential not in order:
        raise ConfigError(
            f"attack potential of {species}: expected one of {', '.join(order)}, got {potential}"
        )
    return order.index(potential)


def acer(apcer: float, bpcer: float) -> float:
    """ACER: the mean of the two. A research figure, not one of ISO/IEC 30107-3.

    Which APCER goes in is the protocol's decision; the report of this package takes the worst
    species.
    """
    return (apcer + bpcer) / 2


def hter(attacks: ArrayLike, bona_fide: ArrayLike, threshold: float) -> float:
    """HTER: mean of the APCER of all attacks, pooled over species, and the BPCER."""
    return (apcer(attacks, threshold) + bpcer(bona_fide, threshold)) / 2
