"""Principal components with missing data, and how the scores of people hang together."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

GROUPS = 7
SHRINKAGE = 0.35
"""How far correlations between the scores are drawn to zero: a hundred people are few."""
FEWEST = 6
"""Groups of fewer entries are left out, for a mean of few would show them; a person is two."""

Floats = NDArray[Any]


def completed(vectors: Floats, seen: Floats, rank: int = 12, rounds: int = 12) -> Floats:
    """Vectors whose unseen entries are what `rank` components, fitted to all, say of them."""
    mean = (vectors * seen).sum(0) / np.maximum(seen.sum(0), 1)
    filled = np.where(seen, vectors, mean)
    for _ in range(rounds):
        mean = filled.mean(0)
        u, s, vt = np.linalg.svd(filled - mean, full_matrices=False)
        filled = np.where(seen, vectors, mean + (u[:, :rank] * s[:rank]) @ vt[:rank])
    return filled


def components(rows: Floats, count: int) -> tuple[Floats, Floats, Floats]:
    """Mean (v,), components times deviations (count, v), standard scores (n, count)."""
    mean = rows.mean(0)
    u, s, vt = np.linalg.svd(rows - mean, full_matrices=False)
    deviations = s[:count] / np.sqrt(len(rows) - 1)
    return mean, vt[:count] * deviations[:, None], u[:, :count] * np.sqrt(len(rows) - 1)


def quantised(name: str, mean: Floats, basis: Floats) -> dict[str, Floats]:
    """A part as int8 components with their scales."""
    scale = np.abs(basis).max(axis=1) / 127
    return {
        f"{name}_mean": mean.astype(np.float16 if name != "shape" else np.float32),
        f"{name}_basis": np.round(basis / scale[:, None]).astype(np.int8),
        f"{name}_scale": scale.astype(np.float32),
    }


def joint(scores: list[Floats]) -> tuple[Floats, Floats]:
    """Means of groups of people who look alike, and a factor of the covariance within them."""
    rows = np.concatenate(scores, axis=1)
    key = np.concatenate([scores[0][:, :5], 1.5 * scores[1][:, :4], scores[2][:, :2]], axis=1)
    _, member = kmeans2(key, GROUPS, minit="++", seed=3)
    kept = [g for g in range(GROUPS) if np.count_nonzero(member == g) >= FEWEST]
    groups = np.array([rows[member == g].mean(0) for g in kept])
    member_mean = np.array([rows[member == g].mean(0) for g in member])
    within = np.cov((rows - member_mean).T)
    within = (1 - SHRINKAGE) * within + SHRINKAGE * np.diag(np.diag(within))
    return groups, np.linalg.cholesky(within)
