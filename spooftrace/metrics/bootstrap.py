"""Intervals by resampling whole clusters: clips, people, or sources (recordings, databases).

Frames of one recording are near copies; drawing them one by one pretends to evidence that is not
there. Here a round draws as many clusters as there are, with replacement, and a statistic sees only
how often each was drawn.

Letters: c clusters, r rounds, s statistics computed from the same draw.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.intervals import Interval, check_level

MIN_CLUSTERS = 5
"""Fewer clusters than this carry no interval: what 4 clusters yield at 95 % covers little more than
80 % (docs/metrics.md#clusters)."""

FEW_CLUSTERS = 20
"""With fewer than this, an interval is somewhat too narrow, which must be said with it."""

Statistics = Callable[[Floats], Floats]
"""(r, c) draws -> (r, s) values; NaN where a round drew nothing to compute one of."""

_JACKKNIFE_GROUPS = 500
"""Of more clusters, this many groups are left out in turn: the same skewness for less work."""
_MIN_DEFINED = 0.9
"""Share of the draws that must hold what a statistic needs."""
_MAX_ALONE = 100
"""Most clusters for which single values are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterInterval:
    """An interval by cluster, or the reason why there is none."""

    interval: Interval | None
    clusters: int
    """How many clusters carry this statistic."""
    reason: str | None = None
    """Why there is no interval; `None` where there is one."""
    by_cluster: Mapping[str, float] = field(default_factory=dict)
    """Value of each cluster alone, where there are too few of them for an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """What a bootstrap yields, before intervals are read from it."""

    estimate: Floats
    """(s,): every cluster once."""
    replicates: Floats
    """(r, s)"""
    jackknife: Floats
    """(g, s): with one cluster, or one g-th of very many, left out."""


def encode_clusters(names: Sequence[Hashable]) -> tuple[NDArray[np.intp], list[str]]:
    """Number the clusters: (n,) codes in [0, c) in order of first appearance, and the c names."""
    if not names:
        raise NoSamplesError("clusters: expected at least one row, got none")
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    codes = np.array([numbers[name] for name in names], np.intp)
    return codes, [str(name) for name in numbers]


def resample(
    statistics: Statistics,
    clusters: int,
    rng: np.random.Generator,
    *,
    rounds: int = 2000,
    rounds_at_once: int = 200,
) -> Resampled:
    """Draw the clusters `rounds` times and compute the statistics of each draw.

    The draws depend on the generator's state and `rounds` only, not on `rounds_at_once`, which
    bounds memory.
    """
    if rounds < 1:
        raise ConfigError(f"bootstrap rounds: expected 1 or more, got {rounds}")
    sizes = [min(rounds_at_once, rounds - done) for done in range(0, rounds, rounds_at_once)]
    replicates = [statistics(_draw(clusters, size, rng)) for size in sizes]
    groups = min(clusters, _JACKKNIFE_GROUPS)
    left_out = (np.arange(clusters) % groups != np.arange(groups)[:, None]).astype(np.float64)
    pieces = [left_out[at : at + rounds_at_once] for at in range(0, groups, rounds_at_once)]
    return Resampled(
        estimate=statistics(np.ones((1, clusters)))[0],
        replicates=np.concatenate(replicates),
        jackknife=np.concatenate([statistics(piece) for piece in pieces]),
    )


def percentile_interval(resampled: Resampled, column: int, level: float = 0.95) -> Interval:
    """The middle `level` of the resampled values of one statistic (Efron 1979)."""
    check_level(level)
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    return _interval(resampled, column, tails, level, "cluster bootstrap, percentile")


def bca_interval(resampled: Resampled, column: int, level: float = 0.95) -> Interval:
    """The percentile interval corrected for bias and for skewness (BCa; Efron 1987).

    Falls back to the percentile interval, and says so in `method`, where all resampled values lie
    on one side of the estimate, so that the correction is infinite.
    """
    check_level(level)
    values, estimate = _defined(resampled.replicates[:, column]), resampled.estimate[column]
    below = (np.mean(values < estimate) + np.mean(values <= estimate)) / 2
    if not 0 < below < 1:
        return percentile_interval(resampled, column, level)
    bias = ndtri(below)
    z = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    slant = 1 - _acceleration(resampled.jackknife[:, column]) * z
    if (slant <= 0).any():
        return percentile_interval(resampled, column, level)
    tails = ndtr(bias + z / slant)
    return _interval(resampled, column, tails, level, "cluster bootstrap, BCa")


def cluster_intervals(
    statistics: Statistics,
    names: Sequence[str],
    support: Sequence[int],
    rng: np.random.Generator,
    *,
    rounds: int = 2000,
    level: float = 0.95,
    rounds_at_once: int = 200,
) -> list[ClusterInterval]:
    """BCa intervals of several statistics from one set of draws.

    Args:
        statistics: the statistics as functions of the draws.
        names: name of each cluster, (c,).
        support: for each statistic, how many clusters carry it: of the kinds of rows it needs
            (live faces, attacks of one medium), the number of clusters that hold the rarest kind.
        rng: the only source of randomness.
        rounds: number of draws.
        level: confidence level.
        rounds_at_once: draws computed together; bounds memory, changes no number.
    """
    too_few = [count < MIN_CLUSTERS for count in support]
    alone = {} if not any(too_few) else _each_alone(statistics, names, len(support))
    if all(too_few):
        return [_too_few(count, alone[at]) for at, count in enumerate(support)]
    resampled = resample(statistics, len(names), rng, rounds=rounds, rounds_at_once=rounds_at_once)
    return [
        _too_few(count, alone[at]) if few else interval_or_reason(resampled, at, count, level)
        for at, (count, few) in enumerate(zip(support, too_few, strict=True))
    ]


def interval_or_reason(
    resampled: Resampled, column: int, clusters: int, level: float = 0.95
) -> ClusterInterval:
    """The BCa interval of one statistic, unless the draws cannot tell anything about it.

    `clusters` is how many carry the statistic.
    """
    if clusters < MIN_CLUSTERS:
        return _too_few(clusters, {})
    drawn = resampled.replicates[:, column]
    values = _defined(drawn)
    if not np.isfinite(resampled.estimate[column]) or values.size < _MIN_DEFINED * drawn.size:
        reason = "too many draws of clusters hold nothing that this figure could be computed of"
        return ClusterInterval(interval=None, clusters=clusters, reason=reason)
    if np.ptp(values) == 0:
        reason = "every draw of clusters gives the same value; what was never seen cannot be drawn"
        return ClusterInterval(interval=None, clusters=clusters, reason=reason)
    return ClusterInterval(interval=bca_interval(resampled, column, level), clusters=clusters)


def _draw(clusters: int, rounds: int, rng: np.random.Generator) -> Floats:
    """(rounds, c): how often each cluster is drawn when c of them are drawn with replacement."""
    drawn = rng.integers(clusters, size=(rounds, clusters)) + np.arange(rounds)[:, None] * clusters
    counts = np.bincount(drawn.ravel(), minlength=rounds * clusters)
    return counts.reshape(rounds, clusters).astype(np.float64)


def _each_alone(
    statistics: Statistics, names: Sequence[str], columns: int
) -> dict[int, dict[str, float]]:
    """For each statistic, the value of each cluster by itself, where it has one."""
    if len(names) > _MAX_ALONE:
        return {column: {} for column in range(columns)}
    values = statistics(np.eye(len(names)))
    return {
        column: {
            name: float(value)
            for name, value in zip(names, values[:, column], strict=True)
            if np.isfinite(value)
        }
        for column in range(columns)
    }


def _too_few(count: int, alone: Mapping[str, float]) -> ClusterInterval:
    reason = (
        f"only {count} to resample; an interval by cluster means nothing with fewer than "
        f"{MIN_CLUSTERS}"
    )
    return ClusterInterval(interval=None, clusters=count, reason=reason, by_cluster=alone)


def _acceleration(left_out: Floats) -> float:
    """Skewness of the influence of the clusters, from the jackknife (Efron 1987)."""
    influence = _defined(left_out)
    influence = influence.mean() - influence
    spread = float(np.square(influence).sum())
    return float((influence**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0


def _interval(
    resampled: Resampled, column: int, tails: Floats, level: float, method: str
) -> Interval:
    low, high = np.quantile(_defined(resampled.replicates[:, column]), tails)
    return Interval(low=float(low), high=float(high), level=level, method=method)


def _defined(values: Floats) -> Floats:
    defined: Floats = values[np.isfinite(values)]
    return defined
