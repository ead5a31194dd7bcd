"""Rates of one detector, or of several that differ in their seed only, with intervals.

Two things vary: the training (shown by the standard deviation over seeds) and the test people
(shown by the interval, which resamples them with every detector as it is).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from spooftrace.evaluation.estimates.clusters import choose_clusters
from spooftrace.evaluation.estimates.rate import (
    ACER,
    AUC,
    BPCER,
    EER,
    POOLED_APCER,
    WORST_APCER,
    Rate,
    tdr_at_fdr,
)
from spooftrace.evaluation.estimates.rates import Rates, rates_of
from spooftrace.evaluation.protocols.average import average
from spooftrace.experiments.trials import Outcome
from spooftrace.metrics.bootstrap import cluster_intervals
from spooftrace.metrics.intervals import Interval, clopper_pearson

FDR = 0.005
TDR = tdr_at_fdr(FDR)
RATES = (EER, AUC, TDR, POOLED_APCER, WORST_APCER, BPCER, ACER)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedMean:
    """One rate over several seeds; fractions."""

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
    """Every rate, and what its interval resamples."""

    by_rate: Mapping[Rate, SeedMean]
    unit: str

    def as_json(self) -> dict[str, Any]:
        """The rates as JSON takes them, by name."""
        return {str(rate): each.as_json() for rate, each in self.by_rate.items()}


def mean_over_seeds(
    outcomes: Sequence[Outcome], *, fdr: float = FDR, seed: int = 0, rounds: int = 2000
) -> SeedMeans:
    """Rates of the same test rows judged by each outcome's detector at its own threshold.

    Args:
        outcomes: one a seed, over the same rows.
        fdr: false detection rate at which detection is read.
        seed: of the resampling.
        rounds: of the resampling.
    """
    rates_shown = tuple(tdr_at_fdr(fdr) if rate == TDR else rate for rate in RATES)
    table = outcomes[0].table
    clusters = choose_clusters(table)
    each = [
        rates_of(outcome.table, outcome.threshold.value, clusters, fdrs=(fdr,), is_brief=True)
        for outcome in outcomes
    ]
    once = np.ones((1, len(clusters.names)))
    by_seed = np.stack([rates.statistics(once, rates_shown)[0] for rates in each])
    support = min(clusters.carrying(table.is_attack), clusters.carrying(~table.is_attack))
    intervals = cluster_intervals(
        lambda draws: np.mean([rates.statistics(draws, rates_shown) for rates in each], axis=0),
        clusters.names,
        [support] * len(rates_shown),
        np.random.default_rng(seed),
        rounds=rounds,
    )
    exact = _exact(each[0]) if len(each) == 1 else {}
    return SeedMeans(
        by_rate={
            rate: _seed_mean(by_seed[:, at].tolist(), intervals[at].interval or exact.get(rate))
            for at, rate in enumerate(rates_shown)
        },
        unit=clusters.unit,
    )


def _seed_mean(values: list[float], interval: Interval | None) -> SeedMean:
    over = average(values)
    return SeedMean(
        mean=over.mean,
        deviation=over.deviation,
        by_seed=tuple(values),
        interval=interval,
    )


def _exact(rates: Rates) -> dict[Rate, Interval]:
    """Clopper-Pearson from the counts, as if rows were independent, of what is a share of rows.

    The worst of several species has none: which is the worst was not known beforehand.
    """
    of_rows = {rate: rates.shares[rate] for rate in (POOLED_APCER, BPCER)}
    species = rates.parts[WORST_APCER]
    if len(species) == 1:
        of_rows[WORST_APCER] = rates.shares[species[0]]
    return {rate: clopper_pearson(*share.counts) for rate, share in of_rows.items()}
