"""Figures that need no threshold chosen beforehand: AUC, equal error rate, TDR at a given FDR.

They belong to the scores they are read from. A threshold that one of them happens on is no
operating point of those scores; `spooftrace.metrics.thresholds` chooses one on other rows.

The functions ending in `_of` read an `ErrorCurve`, over its leading axes at once, and are what a
bootstrap calls. A curve with an empty class (a bootstrap round that drew none) gives NaN; scores
with one are an error.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.errors import ConfigError
from spooftrace.metrics.curve import ErrorCurve, Floats, error_curve, share
from spooftrace.metrics.rates import as_scores


class EqualErrorRate(NamedTuple):
    """The equal error rate and a threshold at which it is reached."""

    rate: float
    threshold: float


def auc(attacks: ArrayLike, bona_fide: ArrayLike) -> float:
    """Area under the ROC: the chance that an attack outscores a live face, a tie counting half.

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite.
    """
    return float(auc_of(error_curve(attacks, bona_fide)))


def equal_error_rate(attacks: ArrayLike, bona_fide: ArrayLike) -> EqualErrorRate:
    """EER by the *nearest threshold*: mean of APCER and BPCER where they are closest (Sec. 4.1).

    APCER here pools all attacks given. Of two thresholds that are equally close, the one with the
    smaller mean is taken; of equal means, the lower threshold, which lets fewer attacks pass. (The
    other reading in use is `spooftrace.metrics.hull.eer_on_hull_of`.)

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite.
    """
    curve = error_curve(attacks, bona_fide)
    where = equal_error_index(curve)
    return EqualErrorRate(float(eer_of(curve)), float(curve.thresholds[where]))


def threshold_at_bpcer(bona_fide: ArrayLike, budget: float) -> float:
    """Lowest threshold that refuses at most `budget` of the live samples, ties against us.

    It lies one float64 step above a live score: comparing in less than float64 would refuse that
    sample too. With fewer than 1 / budget samples none may be refused: at 0.5 % that means fewer
    than 200.

    Args:
        bona_fide: live scores, shape (n,).
        budget: largest BPCER allowed, in [0, 1).

    Raises:
        NoSamplesError: there is no sample.
        ScoreFileError: a score is not finite.
        ConfigError: the budget is not in [0, 1).
    """
    check_budget(budget)
    falling = np.sort(as_scores(bona_fide, "live"))[::-1]
    # Samples that may be refused; floor(budget * n) alone fails where the product rounds (0.29 *
    # 100).
    refusable = int(np.count_nonzero(np.arange(1, falling.size + 1) / falling.size <= budget))
    return float(np.nextafter(falling[refusable], np.inf))


def check_budget(budget: float) -> None:
    """Refuse an error budget outside [0, 1) with a `ConfigError`."""
    if not 0 <= budget < 1:
        raise ConfigError(f"error budget: expected a fraction in [0, 1), got {budget}")


def auc_of(curve: ErrorCurve) -> Floats:
    """AUC over the leading axes of the curve; exact while attacks * live samples < 2^53."""
    live_here = curve.refused[..., :-1] - curve.refused[..., 1:]
    missed_in_half = (curve.missed[..., :-1] + curve.missed[..., 1:]) / 2
    wins = (live_here * (curve.attacks - missed_in_half)).sum(axis=-1)
    return share(wins, (curve.attacks * curve.live)[..., 0])


def equal_error_index(curve: ErrorCurve) -> NDArray[np.intp]:
    """Index of the nearest threshold, over the leading axes (`equal_error_rate` says of ties)."""
    # Over the common denominator attacks * live, so that ties are exact.
    missed, refused = curve.missed * curve.live, curve.refused * curve.attacks
    gap = np.abs(missed - refused)
    # APCER - BPCER strictly increases from threshold to threshold, so that only two neighbours can
    # tie.
    first = gap.argmin(axis=-1)[..., None]
    following = np.minimum(first + 1, gap.shape[-1] - 1)
    both = missed + refused
    tied = np.take_along_axis(gap, following, -1) == np.take_along_axis(gap, first, -1)
    better = np.take_along_axis(both, following, -1) < np.take_along_axis(both, first, -1)
    return np.asarray(np.where(tied & better, following, first)[..., 0], np.intp)


def equal_error_block(coarse: ErrorCurve) -> NDArray[np.intp]:
    """Of thresholds that are some of all, the last at which the APCER is not above the BPCER."""
    passed = coarse.missed * coarse.live <= coarse.refused * coarse.attacks
    return np.asarray(np.count_nonzero(passed, axis=-1) - 1)


def eer_of(curve: ErrorCurve) -> Floats:
    """EER by the nearest threshold, over the leading axes of the curve."""
    where = equal_error_index(curve)[..., None]
    missed = np.take_along_axis(curve.missed, where, -1)
    refused = np.take_along_axis(curve.refused, where, -1)
    return ((share(missed, curve.attacks) + share(refused, curve.live)) / 2)[..., 0]


def tdr_block(coarse: ErrorCurve, fdr: float) -> NDArray[np.intp]:
    """Of thresholds that are some of all, the last that refuses too many."""
    return np.asarray((coarse.bpcer <= fdr).argmax(axis=-1) - 1)


def tdr_of(curve: ErrorCurve, fdr: float = 0.005) -> Floats:
    """TDR@FDR over the leading axes of the curve: detected with at most `fdr` of the live refused.

    With fewer than 1 / fdr live samples none may be refused: at 0.5 % that means fewer than 200.
    """
    check_budget(fdr)
    allowed = share(curve.refused, curve.live) <= fdr
    missed = np.take_along_axis(curve.missed, allowed.argmax(axis=-1)[..., None], -1)
    detected = 1 - share(missed, curve.attacks)
    return np.where(curve.live > 0, detected, np.nan)[..., 0]
