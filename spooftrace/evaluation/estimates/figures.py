"""The figures of one set of rows - pooled, or of one source - with their counts and intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from spooftrace.evaluation.estimates.clusters import Clusters
from spooftrace.evaluation.estimates.formulas import Formulas, formulas_of
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.bootstrap import ClusterInterval, cluster_intervals
from spooftrace.metrics.intervals import Interval, clopper_pearson

_ELEMENTS_AT_ONCE = 4_000_000
"""Rows times bootstrap rounds held in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure and how sure it is."""

    key: str
    """As listed in `spooftrace.evaluation.estimates.formulas`."""
    value: float
    """A fraction in [0, 1]; RIAPAR reaches 2."""
    events: int | None = None
    """Rows counted (errors; detections for TDR), where the figure is a share of rows."""
    trials: int | None = None
    """Rows it is a share of."""
    of: str | None = None
    """The species that a worst figure is of."""
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
        return self.key.startswith(("apcer/", "bpcer", "iapar/", "frr", "apcer@"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How intervals are made."""

    rounds: int = 2000
    level: float = 0.95
    fdr: float = 0.005
    """False detection rate of the TDR@FDR that stands in summaries (Sec. 4.1)."""


def compute_figures(
    table: ScoreTable,
    threshold: float | None,
    clusters: Clusters,
    rng: np.random.Generator,
    resampling: Resampling,
) -> list[Figure]:
    """The figures that these rows define, TDR at the FDR of summaries alone."""
    formulas = formulas_of(table, threshold, clusters, fdrs=(resampling.fdr,), is_brief=True)
    return read_figures(formulas, rng, resampling)


def read_figures(
    formulas: Formulas,
    rng: np.random.Generator,
    resampling: Resampling,
    *,
    is_oracle: bool = False,
) -> list[Figure]:
    """Every figure shown, from one set of draws. Empty where the rows define none."""
    if not formulas.keys:
        return []
    names = formulas.clusters.names
    once = formulas.values(np.ones((1, len(names))))
    values = {key: float(found[0]) for key, found in once.items()}
    intervals = cluster_intervals(
        formulas.statistics,
        names,
        [formulas.support(key) for key in formulas.keys],
        rng,
        rounds=resampling.rounds,
        level=resampling.level,
        rounds_at_once=max(1, _ELEMENTS_AT_ONCE // len(formulas.clusters.codes)),
    )
    figures = [
        _figure(key, formulas, values, interval, resampling.level)
        for key, interval in zip(formulas.keys, intervals, strict=True)
    ]
    return [replace(figure, is_oracle=is_oracle) for figure in figures]


def _figure(
    key: str,
    formulas: Formulas,
    values: Mapping[str, float],
    clustered: ClusterInterval,
    level: float,
) -> Figure:
    counts, of = _counts(key, formulas, values), worst_part(key, formulas, values)
    events, trials = counts or (None, None)
    return Figure(
        key=key,
        value=values[key],
        events=events,
        trials=trials,
        of=of and of.rpartition("/")[2],
        exact=None if counts is None else clopper_pearson(*counts, level),
        clustered=clustered,
    )


def worst_part(key: str, formulas: Formulas, values: Mapping[str, float]) -> str | None:
    """The key of the largest part of a worst figure, of equals the first by name."""
    parts = sorted(formulas.worst_of.get(key, ()), key=lambda part: part.rpartition("/")[2])
    return max(parts, key=lambda part: values[part], default=None)


def _counts(key: str, formulas: Formulas, values: Mapping[str, float]) -> tuple[int, int] | None:
    """Events and trials of a figure that is a share of rows."""
    share = formulas.shares.get(worst_part(key, formulas, values) or key)
    if share is not None:
        return np.count_nonzero(share.events), np.count_nonzero(share.trials)
    if not key.startswith(("tdr@", "bpcer@")):
        return None
    spoof, live = formulas.needs["auc"]
    trials = int(np.count_nonzero(spoof if key.startswith("tdr@") else live))
    return round(values[key] * trials), trials
