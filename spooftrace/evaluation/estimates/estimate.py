"""Rates with their counts and intervals, all read from the same draws of clusters."""

from dataclasses import dataclass

import numpy as np

from spooftrace.evaluation.estimates.rate import ERRORS, Rate
from spooftrace.evaluation.estimates.rates import Rates
from spooftrace.metrics.bootstrap import ClusterInterval, cluster_intervals
from spooftrace.metrics.intervals import Interval, clopper_pearson

ELEMENTS_AT_ONCE = 4_000_000
"""Clusters times bootstrap rounds held in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One rate and how sure it is."""

    rate: Rate
    value: float
    """A fraction in [0, 1]; RIAPAR reaches 2."""
    events: int | None = None
    """Rows counted (errors; detections for TDR), where the rate is a share of rows."""
    trials: int | None = None
    """Rows it is a share of."""
    worst: str | None = None
    """The species that a worst rate is of."""
    exact: Interval | None = None
    """Clopper-Pearson from the counts, as if rows were independent."""
    clustered: ClusterInterval
    """From resampling clusters, or why not."""
    is_oracle: bool = False
    """Whether it stands in a report whose threshold was chosen on the rows reported on."""

    @property
    def interval(self) -> Interval | None:
        """The one to show: by cluster where there is one of any width, else from the counts."""
        return self.exact if self.is_counted else self.clustered.interval

    @property
    def is_counted(self) -> bool:
        """Whether the interval to show is the one from the counts."""
        found = self.clustered.interval
        return self.exact is not None and (found is None or found.high <= found.low)

    @property
    def is_error(self) -> bool:
        """Whether `events` are errors, so that none of them asks for the rule of three."""
        return self.rate.kind in ERRORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How intervals are made."""

    rounds: int = 2000
    level: float = 0.95
    fdr: float = 0.005
    """False detection rate of the TDR@FDR that stands in summaries (Sec. 4.1)."""


def estimates_of(
    rates: Rates, rng: np.random.Generator, resampling: Resampling, *, is_oracle: bool = False
) -> list[Estimate]:
    """Every rate shown, from one set of draws. Empty where the rows define none."""
    if not rates.shown:
        return []
    names = rates.clusters.names
    values = rates.point_estimates()
    intervals = cluster_intervals(
        rates.statistics,
        names,
        [rates.support[rate] for rate in rates.shown],
        rng,
        rounds=resampling.rounds,
        level=resampling.level,
        rounds_at_once=max(1, ELEMENTS_AT_ONCE // len(names)),
    )
    found = []
    for rate, clustered in zip(rates.shown, intervals, strict=True):
        counts, worst = rates.counts(rate, values), rates.worst_part(rate, values)
        events, trials = counts or (None, None)
        found.append(
            Estimate(
                rate=rate,
                value=values[rate],
                events=events,
                trials=trials,
                worst=None if worst is None else worst.species,
                exact=None if counts is None else clopper_pearson(*counts, resampling.level),
                clustered=clustered,
                is_oracle=is_oracle,
            )
        )
    return found
