"""Choosing the threshold, by a named rule, on a split that is not the one reported on.

A `Threshold` carries its provenance wherever it goes: into the bundle, the report, every answer of
a detector. Compare scores with its value in float64; the value may lie one float64 step above a
live score.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.curve import error_curve
from spooftrace.metrics.operating_points import bpcer_at_apcer
from spooftrace.metrics.ranking import equal_error_rate, threshold_at_bpcer
from spooftrace.metrics.rates import Scores, acer, as_scores, is_called_attack, worst

RULES = "eer, min_acer, bpcer@BUDGET, apcer@BUDGET, tdr@fdr=BUDGET"
"""Names that `fit_threshold` knows; BUDGET is a fraction such as 0.01."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A decision threshold and where it came from; `score >= value` is an attack."""

    value: float
    rule: str
    """How it was chosen: one of `RULES`, or `fixed`."""
    split: str | None
    """The rows it was chosen on, or `None` where it was stated and not chosen."""
    description: str
    """The same in words, with the counts and errors it was chosen by."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ConfigError(f"threshold.value: expected a finite number, got {self.value}")


def fixed_threshold(value: float, source: str) -> Threshold:
    """A threshold that somebody stated; `source` says who or where."""
    return Threshold(value=value, rule="fixed", split=None, description=f"stated by {source}")


def fit_threshold(
    rule: str, attacks: Mapping[str, ArrayLike], bona_fide: ArrayLike, *, split: str
) -> Threshold:
    """Choose a threshold by the rule of this name.

    Args:
        rule: one of `RULES`.
        attacks: scores by species.
        bona_fide: scores of live samples.
        split: name of the rows these scores are of ("dev"); it travels with the threshold.

    Raises:
        ConfigError: no such rule, or its budget is not in [0, 1).
        NoSamplesError: a class or a species is empty.
    """
    name, _, budget = rule.partition("@")
    if rule == "eer":
        return eer_threshold(_pooled(attacks), bona_fide, split=split)
    if rule == "min_acer":
        return min_acer_threshold(attacks, bona_fide, split=split)
    if name == "bpcer" and budget:
        return bpcer_threshold(bona_fide, _parse(budget, rule), split=split)
    if name == "apcer" and budget:
        return apcer_threshold(attacks, bona_fide, _parse(budget, rule), split=split)
    if name == "tdr" and budget.startswith("fdr="):
        fdr = _parse(budget.removeprefix("fdr="), rule)
        return tdr_threshold(_pooled(attacks), bona_fide, fdr, split=split)
    raise ConfigError(f"threshold rule: expected one of {RULES}, got {rule!r}")


def eer_threshold(attacks: ArrayLike, bona_fide: ArrayLike, *, split: str) -> Threshold:
    """Where APCER and BPCER are closest, all attacks pooled (`equal_error_rate` says of ties)."""
    rate, value = equal_error_rate(attacks, bona_fide)
    counts = _counts(np.size(attacks), np.size(bona_fide), split)
    words = f"APCER and BPCER are closest here: EER {rate:.2%} on {counts}"
    return Threshold(value=value, rule="eer", split=split, description=words)


def min_acer_threshold(
    attacks: Mapping[str, ArrayLike], bona_fide: ArrayLike, *, split: str
) -> Threshold:
    """Where the mean of the worst species' APCER and BPCER is smallest.

    Of equals, where the two are closest; of these, the lowest threshold, which lets fewer attacks
    pass.
    """
    pooled = _pooled(attacks)
    curve = error_curve(pooled, bona_fide)
    species = [np.sort(as_scores(scores, f"attack ({name})")) for name, scores in attacks.items()]
    missed = [np.searchsorted(scores, curve.thresholds) / scores.size for scores in species]
    weakest, refused = worst(missed), curve.refused / curve.live
    # Rounded, because sums of fractions that are equal on paper differ in their last bits.
    mean, gap = np.round(acer(weakest, refused), 12), np.round(np.abs(weakest - refused), 12)
    best = int(np.lexsort((curve.thresholds, gap, mean))[0])
    counts = _counts(pooled.size, np.size(bona_fide), split)
    words = f"smallest ACER, {mean[best]:.2%}, worst of {len(species)} species, on {counts}"
    value = float(curve.thresholds[best])
    return Threshold(value=value, rule="min_acer", split=split, description=words)


def bpcer_threshold(bona_fide: ArrayLike, budget: float, *, split: str) -> Threshold:
    """The lowest threshold that refuses at most `budget` of the live samples."""
    value = threshold_at_bpcer(bona_fide, budget)
    words = f"lowest threshold with BPCER <= {budget:.4g}: {_refusal(bona_fide, value, budget)}"
    rule = f"bpcer@{budget:g}"
    return Threshold(value=value, rule=rule, split=split, description=f"{words} of {split}")


def apcer_threshold(
    attacks: Mapping[str, ArrayLike], bona_fide: ArrayLike, budget: float, *, split: str
) -> Threshold:
    """The highest threshold at which at most `budget` of the attacks of *every* species pass."""
    found = bpcer_at_apcer(attacks, bona_fide, budget)
    hardest = attacks[found.species]
    passing = np.count_nonzero(~is_called_attack(hardest, found.threshold))
    count = np.size(hardest)
    words = (
        f"highest threshold with APCER <= {budget:.4g} of each of {len(attacks)} species: "
        f"{passing} of {count} attacks of {found.species} pass{_short(budget, count)}, "
        f"BPCER {found.bpcer:.2%} of {split}"
    )
    rule = f"apcer@{budget:g}"
    return Threshold(value=found.threshold, rule=rule, split=split, description=words)


def tdr_threshold(
    attacks: ArrayLike, bona_fide: ArrayLike, fdr: float = 0.005, *, split: str
) -> Threshold:
    """The operating point of TDR@FDR: the threshold of `bpcer_threshold`, and what it detects."""
    value = threshold_at_bpcer(bona_fide, fdr)
    words = (
        f"detects {is_called_attack(attacks, value).mean():.2%} of {np.size(attacks)} attacks at "
        f"FDR <= {fdr:.4g}: {_refusal(bona_fide, value, fdr)} of {split}"
    )
    return Threshold(value=value, rule=f"tdr@fdr={fdr:g}", split=split, description=words)


def is_expressible(budget: float, samples: int) -> bool:
    """Whether `budget` of so many samples is at least one: 0.5 % of 100 is not."""
    return round(budget * samples, 9) >= 1


def _refusal(bona_fide: ArrayLike, value: float, budget: float) -> str:
    """How many live samples a threshold refuses, and what that says about the budget."""
    count = np.size(bona_fide)
    refused = np.count_nonzero(is_called_attack(bona_fide, value))
    return f"{refused} of {count} live samples refused{_short(budget, count)}"


def _short(budget: float, count: int) -> str:
    if is_expressible(budget, count):
        return ""
    return " (the budget is less than one sample, so none may be)"


def _pooled(attacks: Mapping[str, ArrayLike]) -> Scores:
    if not attacks:
        raise NoSamplesError("attack scores: expected at least one species, got none")
    return np.concatenate(
        [as_scores(scores, f"attack ({name})") for name, scores in attacks.items()]
    )


def _counts(attacks: int, live: int, split: str) -> str:
    return f"{attacks} attacks and {live} live samples of {split}"


def _parse(budget: str, rule: str) -> float:
    try:
        return float(budget)
    except ValueError:
        raise ConfigError(
            f"threshold rule: expected one of {RULES} with a fraction for BUDGET, got {rule!r}"
        ) from None
