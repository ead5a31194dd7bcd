"""From a score to a probability of attack: logistic calibration (Platt 1999), on other rows.

A score is a number that ranks; only a calibration makes it a probability, and only for the share
of attacks it was fitted at. Like a threshold it is chosen on a development split and carries its
name.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from spooftrace.errors import ConfigError
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.rates import as_scores

_STEPS = 100
_FLAT = 1e-10
"""Gradient per row at which the fit stops."""
_RIDGE = 1e-12
"""Keeps the Newton step defined where all scores are equal (Lin, Lin and Weng 2007)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Probability of attack = 1 / (1 + exp(-(slope * score + offset)))."""

    slope: float
    """Negative where the scores rank the rows of the split the wrong way round."""
    offset: float
    attack_share: float
    """Share of attacks for which the probabilities hold, in (0, 1)."""
    split: str
    """The rows it was fitted on."""

    def probability(self, scores: ArrayLike) -> Floats:
        """Probability of attack of each score, (n,), in [0, 1]. Errors as `as_scores`."""
        found: Floats = expit(self.slope * as_scores(scores, "uncalibrated") + self.offset)
        return found

    def at_attack_share(self, share: float) -> "Calibration":
        """The same evidence where attacks are rarer or more frequent (Bayes' rule).

        Raises:
            ConfigError: the share is not in (0, 1).
        """
        if not 0 < share < 1:
            raise ConfigError(f"share of attacks: expected a number in (0, 1), got {share}")
        shift = float(logit(share) - logit(self.attack_share))
        return replace(self, offset=self.offset + shift, attack_share=share)


def fit_calibration(attacks: ArrayLike, bona_fide: ArrayLike, *, split: str) -> Calibration:
    """Fit slope and offset by maximum likelihood, with Platt's targets.

    The targets (n + 1) / (n + 2) and 1 / (n + 2) in place of 1 and 0 keep the slope finite where
    the classes do not overlap.

    Args:
        attacks: scores of attacks, all species pooled, (n,).
        bona_fide: scores of live samples, (m,).
        split: name of the rows these scores are of ("dev").

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite.
    """
    spoof, live = as_scores(attacks, "attack"), as_scores(bona_fide, "live")
    scores = np.concatenate([spoof, live])
    targets = np.repeat(
        [(spoof.size + 1) / (spoof.size + 2), 1 / (live.size + 2)], [spoof.size, live.size]
    )
    # Centred and scaled, so that the fit does not depend on the unit of the score.
    centre, scale = scores.mean(), scores.std() or 1.0
    slope, offset = _fit((scores - centre) / scale, targets)
    return Calibration(
        slope=slope / scale,
        offset=offset - slope * centre / scale,
        attack_share=spoof.size / scores.size,
        split=split,
    )


def _fit(scores: Floats, targets: Floats) -> tuple[float, float]:
    """Newton's method with step halving on the mean cross-entropy, which is convex."""
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    weights = np.array([0.0, float(logit(targets.mean()))])
    for _ in range(_STEPS):
        expected = expit(design @ weights)
        gradient = design.T @ (expected - targets) / scores.size
        if np.abs(gradient).max() < _FLAT:
            break
        curvature = design.T @ (design * (expected * (1 - expected))[:, None]) / scores.size
        step = np.linalg.solve(curvature + _RIDGE * np.eye(2), gradient)
        weights = _halve_until_better(design, targets, weights, step)
    return float(weights[0]), float(weights[1])


def _halve_until_better(
    design: Floats, targets: Floats, weights: Floats, step: Floats
) -> NDArray[np.float64]:
    start = _cross_entropy(design @ weights, targets)
    for halvings in range(30):
        tried = weights - step * 0.5**halvings
        if _cross_entropy(design @ tried, targets) <= start:
            return tried
    return weights


def _cross_entropy(logits: Floats, targets: Floats) -> float:
    loss = float(np.mean(np.logaddexp(0, logits) - targets * logits))
    return loss if math.isfinite(loss) else math.inf
