"""Presentation-attack-detection error rates at a threshold (names of ISO/IEC 30107-3).

Convention   higher score = more spoof; a presentation is called an attack when score >= threshold.
Numbers      float64 NumPy, fractions in [0, 1] (a report prints percent). Scores are taken as they
             are.
No answer    is no score: NaN in a column of scores, an error (`ScoreFileError`) where a function
             asks for scores.
Empty input  is an error (`NoSamplesError`), never 0; in a draw of clusters it is NaN.

Each rate has one body. Those that are shares of presentations say which are counted, and of which
(`Share`), so that a point estimate, its exact interval and a draw of clusters count the same rows;
those made of other rates take numbers or arrays of draws alike. docs/metrics.md defines each in
words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import NoSamplesError, ScoreFileError

Scores = NDArray[np.float64]
"""One finite number per presentation, shape (n,)."""
Mask = NDArray[np.bool_]
Values = TypeVar("Values", float, NDArray[np.float64])

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


def is_called_attack(scores: ArrayLike, threshold: float) -> Mask:
    """(n,): whether each presentation is called an attack; without a score it is not.

    Raises:
        ScoreFileError: the threshold is NaN.
    """
    if np.isnan(threshold):
        raise ScoreFileError("threshold: expected a number, got nan")
    return np.asarray(np.asarray(scores, np.float64) >= threshold)


class Share(NamedTuple):
    """The presentations counted, which are among those they are a share of; both (n,)."""

    events: Mask
    trials: Mask

    @property
    def counts(self) -> tuple[int, int]:
        """Numbers of events and of trials."""
        return int(np.count_nonzero(self.events)), int(np.count_nonzero(self.trials))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presentations:
    """What was presented, and what became of it; all of shape (n,)."""

    is_attack: Mask
    answered: Mask
    """Whether the detection gave an answer at all."""
    called: Mask
    """Whether it called the presentation an attack; False where there was no answer."""
    matched: Mask | None = None
    """Whether a face matcher took the presentation for the person it claims to be."""

    @property
    def accepted(self) -> Mask:
        """Passed by the detection and by the matcher; no answer is no acceptance."""
        assert self.matched is not None
        return self.answered & ~self.called & self.matched


def apcer(shown: Presentations, species: Mask | None = None) -> Share:
    """APCER: attacks called live, of those answered; of one species, or pooled over all."""
    trials = _attacks(shown, species) & shown.answered
    return Share(trials & ~shown.called, trials)


def bpcer(shown: Presentations) -> Share:
    """BPCER: live presentations called attacks, of those answered."""
    trials = ~shown.is_attack & shown.answered
    return Share(trials & shown.called, trials)


def apnrr(shown: Presentations, species: Mask | None = None) -> Share:
    """APNRR: attacks that had no answer, of all that were made."""
    trials = _attacks(shown, species)
    return Share(trials & ~shown.answered, trials)


def bpnrr(shown: Presentations) -> Share:
    """BPNRR: live presentations that had no answer, of all that were made."""
    trials = ~shown.is_attack
    return Share(trials & ~shown.answered, trials)


def iapar(shown: Presentations, species: Mask | None = None) -> Share:
    """IAPAR: impostor attacks that detection and matcher accept, of all that were made."""
    trials = _attacks(shown, species)
    return Share(trials & shown.accepted, trials)


def frr(shown: Presentations) -> Share:
    """FRR of the whole system: genuine presentations not accepted, of all that were made."""
    trials = ~shown.is_attack
    return Share(trials & ~shown.accepted, trials)


def worst(rates: Sequence[NDArray[np.float64]] | Sequence[float]) -> NDArray[np.float64]:
    """The largest rate over species; a species that a draw does not hold says nothing of it."""
    return np.asarray(np.fmax.reduce(np.asarray(rates, np.float64), axis=0))


def acer(apcer: Values, bpcer: Values) -> Values:
    """ACER: the mean of the two. A research figure, not one of ISO/IEC 30107-3.

    Which APCER goes in is the protocol's decision; this package takes the worst species.
    """
    return 0.5 * (apcer + bpcer)


def hter(pooled_apcer: Values, bpcer: Values) -> Values:
    """HTER: the mean of the APCER of all attacks, pooled over species, and the BPCER."""
    return 0.5 * (pooled_apcer + bpcer)


def riapar(iapar: Values, frr: Values) -> Values:
    """RIAPAR: 1 + (IAPAR - (1 - FRR)), in [0, 2]: refusing everybody (1) does not look secure."""
    return iapar + frr


def _attacks(shown: Presentations, species: Mask | None) -> Mask:
    return shown.is_attack if species is None else shown.is_attack & species
