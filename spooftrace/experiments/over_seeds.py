"""Figures of one detector, or of several that differ in their seed only, with intervals.

Two things vary: the training (shown by the standard deviation over seeds) and the test people
(shown by the interval, which resamples them with every detector as it is).
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from spooftrace.evaluation.estimates.clusters import choose_clusters
from spooftrace.experiments.trials import Outcome
from spooftrace.metrics.bootstrap import Statistics, cluster_intervals
from spooftrace.metrics.clustered import ranking_statistics, share_statistics
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.intervals import Interval, clopper_pearson
from spooftrace.metrics.ranking import auc_of, eer_of, tdr_of

TDR = "tdr@fdr=0.005"
KEYS = ("eer", "auc", TDR, "apcer/pooled", "apcer/worst", "bpcer", "acer")
Codes = np.ndarray[tuple[int, ...], np.dtype[np.intp]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedMean:
    """One figure over several seeds; fractions."""

    mean: float
    deviation: float | None
    """Sample standard deviation over seeds; `None` of a single one."""
    by_seed: tuple[float, ...]
    interval: Interval | None
    """Of the mean, over test clusters; of a single detector's share of rows where resampling tells
    nothing (no error seen, few people), exact from its counts."""

    def as_json(self) -> dict[str, Any]:
        """The same as JSON takes it."""
        return asdict(self)

    def shown(self, *, percent: bool) -> str:
        """`2.1 ± 0.3 [1.2, 3.4]`."""
        scale, digits = (100, 1) if percent else (1, 3)
        text = f"{scale * self.mean:.{digits}f}"
        if self.deviation is not None:
            text += f" ± {scale * self.deviation:.{digits}f}"
        if self.interval is None:
            return text
        low, high = scale * self.interval.low, scale * self.interval.high
        return f"{text} [{low:.{digits}f}, {high:.{digits}f}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedMeans:
    """Every figure, and what its interval resamples."""

    figures: Mapping[str, SeedMean]
    unit: str


def mean_over_seeds(outcomes: Sequence[Outcome], *, seed: int = 0, rounds: int = 2000) -> SeedMeans:
    """Figures of the same test rows judged by each outcome's detector at its own threshold.

    Args:
        outcomes: one a seed, over the same rows.
        seed: of the resampling.
        rounds: of the resampling.
    """
    table = outcomes[0].table
    clusters = choose_clusters(table)
    each = [_statistics(outcome, clusters.codes) for outcome in outcomes]
    by_seed = np.stack([figures(np.ones((1, len(clusters.names))))[0] for figures in each])
    support = min(clusters.carrying(table.is_attack), clusters.carrying(~table.is_attack))
    intervals = cluster_intervals(
        lambda draws: np.mean([figures(draws) for figures in each], axis=0),
        clusters.names,
        [support] * len(KEYS),
        np.random.default_rng(seed),
        rounds=rounds,
    )
    exact = _exact(outcomes[0]) if len(outcomes) == 1 else {}
    return SeedMeans(
        figures={
            key: _seed_mean(by_seed[:, at].tolist(), intervals[at].interval or exact.get(key))
            for at, key in enumerate(KEYS)
        },
        unit=clusters.unit,
    )


def _seed_mean(values: list[float], interval: Interval | None) -> SeedMean:
    return SeedMean(
        mean=statistics.fmean(values),
        deviation=statistics.stdev(values) if len(values) > 1 else None,
        by_seed=tuple(values),
        interval=interval,
    )


def _exact(outcome: Outcome) -> dict[str, Interval]:
    """Clopper-Pearson from the counts, as if rows were independent, of what is a share of rows."""
    table, called = outcome.table, outcome.table.score >= outcome.threshold.value
    attacks = table.is_attack
    missed = int(np.count_nonzero(attacks & ~called))
    apcer = clopper_pearson(missed, int(np.count_nonzero(attacks)))
    refused = int(np.count_nonzero(~attacks & called))
    found = {
        "apcer/pooled": apcer,
        "bpcer": clopper_pearson(refused, int(np.count_nonzero(~attacks))),
    }
    is_single = len(set(table.medium[attacks])) == 1
    return found | ({"apcer/worst": apcer} if is_single else {})


def _statistics(outcome: Outcome, codes: Codes) -> Statistics:
    """(r, c) draws to (r, KEYS): the figures of one detector."""
    table, called = outcome.table, outcome.table.score >= outcome.threshold.value
    attacks = table.is_attack
    media = [attacks & (table.medium == medium) for medium in sorted(set(table.medium[attacks]))]
    trials = np.stack([*media, attacks, ~attacks], axis=1)
    errors = np.stack([*(m & ~called for m in media), attacks & ~called, ~attacks & called], axis=1)
    shares = share_statistics(errors, trials, codes)
    ranking = ranking_statistics(table.score, attacks, codes, [eer_of, auc_of, tdr_of])

    def figures(draws: Floats) -> Floats:
        rates = shares(draws)
        # A draw without a medium says nothing of it.
        worst, pooled, bpcer = np.fmax.reduce(rates[:, :-2], axis=1), rates[:, -2], rates[:, -1]
        ranked = ranking(draws).T
        return np.stack([*ranked, pooled, worst, bpcer, (worst + bpcer) / 2], axis=1)

    return figures
