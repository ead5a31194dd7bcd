"""What the answers amount to: means, shares of the gap, areas under curves, all with intervals.

A curve is normalised by its ends: 1 is the mean score of the spoof faces, 0 that of their
reconstructed live faces. The mean over faces is taken before the ratio, in every draw of clusters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.evaluation.estimates.clusters import Clusters
from spooftrace.evaluation.estimates.estimate import Resampling
from spooftrace.evaluation.tables.table import Measured
from spooftrace.experiments.faithfulness.answers import (
    CONDITIONS,
    KINDS,
    LIVE,
    PASTED,
    PASTED_SHUFFLED,
    REMOVED,
    REMOVED_SHUFFLED,
    SPOOF,
    Answers,
)
from spooftrace.experiments.faithfulness.probes import FRACTIONS, ORDERS
from spooftrace.metrics.bootstrap import cluster_intervals
from spooftrace.metrics.clustered import share_statistics
from spooftrace.metrics.intervals import Interval

Floats = NDArray[np.float64]
Found = dict[tuple[str, ...], Floats]
"""(r,) values by what they are; r draws."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number and its interval."""

    value: float
    interval: Interval | None

    def cell(self, *, is_share: bool = False, digits: int = 3) -> Measured:
        """For a table."""
        known = self.value if np.isfinite(self.value) else None
        return Measured(value=known, interval=self.interval, is_share=is_share, digits=digits)


def measure(
    answers: Answers,
    threshold: float,
    clusters: Clusters,
    resampling: Resampling,
    seed: int = 0,
) -> dict[tuple[str, ...], Value]:
    """Every figure, by key.

    ("score", condition)      mean score
    ("called", condition)     share called an attack at the threshold
    ("classes",)              mean score of the spoof faces less that of the live ones
    ("gap", condition)        how far the faces went from their own class's score to the other's
    (kind, order, k)          the normalised curve at `FRACTIONS[k]`
    ("area", kind, order)     area under it
    ("less", kind, order)     the same less that of random order
    """
    columns = _columns(answers, threshold)
    values = np.stack(list(columns.values()), axis=1)
    known = np.isfinite(values)
    means = share_statistics(np.where(known, values, 0), known, clusters.codes)

    def found(draws: Floats) -> Found:
        return _derived(dict(zip(columns, means(draws).T, strict=True)))

    once = found(np.ones((1, len(clusters.names))))
    support = [min(clusters.carrying(known[:, at]) for at in (0, 1))] * len(once)
    intervals = cluster_intervals(
        lambda draws: np.stack(list(found(draws).values()), axis=1),
        clusters.names,
        support,
        np.random.default_rng(seed),
        rounds=resampling.rounds,
        level=resampling.level,
    )
    return {
        key: Value(float(value[0]), each.interval)
        for (key, value), each in zip(once.items(), intervals, strict=True)
    }


def _columns(answers: Answers, threshold: float) -> Found:
    """(m,) by what they are; the first two are the scores of live and of spoof faces."""
    columns: Found = {("score", name): answers.scores[name] for name in CONDITIONS}
    for name, scores in answers.scores.items():
        called = np.where(np.isfinite(scores), scores >= threshold, np.nan)
        columns["called", name] = called.astype(np.float64)
    for (kind, order), curve in answers.curves.items():
        columns |= {(kind, order, str(at)): curve[:, at] for at in range(len(FRACTIONS))}
    return columns


def _derived(means: Found) -> Found:
    live, spoof = means["score", LIVE], means["score", SPOOF]
    gap = _or_nan(spoof - live)
    found = {key: value for key, value in means.items() if key[0] in ("score", "called")}
    found["classes",] = spoof - live
    for name in (REMOVED, REMOVED_SHUFFLED):
        found["gap", name] = (spoof - means["score", name]) / gap
    for name in (PASTED, PASTED_SHUFFLED):
        found["gap", name] = (means["score", name] - live) / gap
    for kind in KINDS:
        found |= _curves(kind, means)
    return found


def _curves(kind: str, means: Found) -> Found:
    """The normalised curves of one kind and the areas under them."""
    found: Found = {}
    for order in ORDERS:
        raw = np.stack([means[kind, order, str(at)] for at in range(len(FRACTIONS))])
        high, low = (raw[0], raw[-1]) if kind == "deletion" else (raw[-1], raw[0])
        curve = (raw - low) / _or_nan(high - low)
        found |= {(kind, order, str(at)): curve[at] for at in range(len(FRACTIONS))}
        widths = np.diff(FRACTIONS)[:, None]
        found["area", kind, order] = (widths * (curve[1:] + curve[:-1]) / 2).sum(axis=0)
    for order in ORDERS[:-1]:
        found["less", kind, order] = found["area", kind, order] - found["area", kind, "random"]
    return found


def _or_nan(values: Floats) -> Floats:
    return np.where(values == 0, np.nan, values)
