"""From a score to a probability of attack: logistic calibration (Platt 1999), on other rows.

A score is a number that ranks; only a calibration makes it a probability, and only for the share
of attacks it was fitted at. Like a threshold it is chosen on a development split and carries its
name.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize, root
from scipy.special import expit, logit

from spooftrace.metrics.curve import Floats
from spooftrace.metrics.rates import as_scores

_ACCURACY = 1e-13
"""Relative, of slope and offset."""


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
    """Slope and offset of the smallest mean cross-entropy, which is convex in the two."""
    design = np.stack([scores, np.ones_like(scores)], axis=1)

    def loss(weights: Floats) -> float:
        logits = design @ weights
        return float(np.mean(np.logaddexp(0, logits) - targets * logits))

    def gradient(weights: Floats) -> Floats:
        return np.asarray(design.T @ (expit(design @ weights) - targets) / scores.size)

    def curvature(weights: Floats) -> Floats:
        expected = expit(design @ weights)
        return np.asarray(design.T @ (design * (expected * (1 - expected))[:, None]) / scores.size)

    start = np.array([0.0, float(logit(targets.mean()))])
    near = minimize(loss, start, jac=gradient, hess=curvature, method="trust-exact").x
    # Near the minimum the loss is flat to its last bits; its gradient is not.
    found = root(gradient, near, jac=curvature, tol=_ACCURACY)
    return float(found.x[0]), float(found.x[1])
