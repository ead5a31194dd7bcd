"""What live people pay at a stated security: BPCER10, BPCER20, BPCER100, BPCER at any APCER.

The mirror of TDR@FDR, where convenience is stated. The thresholds found here belong to the scores
they are read from; `spooftrace.metrics.thresholds` chooses one on other rows.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import NoSamplesError
from spooftrace.metrics.curve import ErrorCurve, Floats
from spooftrace.metrics.ranking import check_budget
from spooftrace.metrics.rates import as_scores, is_called_attack

BPCER_POINTS = {10: 0.1, 20: 0.05, 100: 0.01}
"""BPCER10 is the BPCER where the APCER is at most 1 in 10; and so on."""


class BpcerAtApcer(NamedTuple):
    """The BPCER where no species passes more often than allowed."""

    bpcer: float
    threshold: float
    species: str
    """The species that forces the threshold down; of equals the first by name."""


def threshold_at_apcer(attacks: ArrayLike, budget: float) -> float:
    """Highest threshold that at most `budget` of the attacks of *one* species pass.

    It is the score of an attack, which is detected there. With fewer than 1 / budget attacks none
    may pass.

    Args:
        attacks: scores of one species, shape (n,).
        budget: largest APCER allowed, in [0, 1).

    Raises:
        NoSamplesError: there is no attack.
        ScoreFileError: a score is not finite.
        ConfigError: the budget is not in [0, 1).
    """
    check_budget(budget)
    rising = np.sort(as_scores(attacks, "attack"))
    # As in threshold_at_bpcer: floor(budget * n) fails where the product rounds.
    passing = int(np.count_nonzero(np.arange(1, rising.size + 1) / rising.size <= budget))
    return float(rising[passing])


def bpcer_at_apcer(
    attacks: Mapping[str, ArrayLike], bona_fide: ArrayLike, budget: float
) -> BpcerAtApcer:
    """The smallest BPCER at which the APCER of *every* species is at most `budget`.

    Raises:
        NoSamplesError: no species, or one of them or the live class is empty.
        ScoreFileError: a score is not finite.
        ConfigError: the budget is not in [0, 1).
    """
    if not attacks:
        raise NoSamplesError("BPCER at APCER: expected at least one attack species, got none")
    highest = {
        species: threshold_at_apcer(as_scores(scores, f"attack ({species})"), budget)
        for species, scores in attacks.items()
    }
    species = min(highest, key=lambda name: (highest[name], name))
    refused = is_called_attack(as_scores(bona_fide, "live"), highest[species])
    return BpcerAtApcer(float(refused.mean()), highest[species], species)


def bpcer_at_apcer_block(coarse: ErrorCurve, budget: float) -> NDArray[np.intp]:
    """Of thresholds that are some of all, the last that few enough attacks pass."""
    return np.asarray(np.count_nonzero(coarse.apcer <= budget, axis=-1) - 1)


def bpcer_at_apcer_of(curve: ErrorCurve, budget: float) -> Floats:
    """BPCER at APCER of one species over the leading axes of the curve; NaN without a class.

    Of several species, the largest is the BPCER that holds the budget for all.
    """
    check_budget(budget)
    within = curve.apcer <= budget  # True up to some threshold, then False
    last = np.maximum(np.count_nonzero(within, axis=-1) - 1, 0)
    found: Floats = np.take_along_axis(curve.bpcer, last[..., None], -1)[..., 0]
    return np.where(curve.attacks[..., 0] > 0, found, np.nan)
