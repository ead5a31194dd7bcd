"""The figures of one set of rows - pooled, or of one source - with their counts and intervals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spooftrace.evaluation.clusters import Clusters
from spooftrace.evaluation.scores import ScoreTable
from spooftrace.metrics.bootstrap import ClusterInterval, cluster_intervals
from spooftrace.metrics.clustered import ranking_statistics, share_statistics
from spooftrace.metrics.curve import ErrorCurve, Floats
from spooftrace.metrics.intervals import Interval, clopper_pearson
from spooftrace.metrics.ranking import auc_of, eer_of, tdr_of

Mask = NDArray[np.bool_]
Reader = Callable[[ErrorCurve], Floats]

_APCER, _POOLED, _WORST = "apcer/", "apcer/pooled", "apcer/worst"
_BPCER, _TDR = "bpcer", "tdr@fdr="
_ELEMENTS_AT_ONCE = 4_000_000
"""Rows times bootstrap rounds held in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure and how sure it is."""

    key: str
    """`eer`, `auc`, `tdr@fdr=F`, `apcer/MEDIUM`, `apcer/pooled`, `apcer/worst`, `bpcer`, `acer` or
    `hter`."""
    value: float
    """A fraction in [0, 1]."""
    events: int | None = None
    """Rows counted (errors; detections for TDR), where the figure is a share of rows."""
    trials: int | None = None
    """Rows it is a share of."""
    exact: Interval | None = None
    """Clopper-Pearson from the counts, as if rows were independent."""
    clustered: ClusterInterval
    """From resampling clusters, or why not."""

    @property
    def interval(self) -> Interval | None:
        """The one to show: by cluster where there is one, else from the counts."""
        return self.clustered.interval or self.exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How intervals are made, and at which FDR detection is read."""

    rounds: int = 2000
    level: float = 0.95
    fdr: float = 0.005
    """False detection rate of TDR@FDR (Sec. 4.1)."""


def compute_figures(
    table: ScoreTable,
    threshold: float | None,
    clusters: Clusters,
    rng: np.random.Generator,
    resampling: Resampling,
) -> list[Figure]:
    """Every figure that these rows define.

    Without a threshold, those that need none; without live rows or without attacks, those that need
    the other class alone. An empty list where that leaves nothing.
    """
    shares = {} if threshold is None else _shares(table, threshold)
    formulas = _formulas(table, shares, clusters, resampling.fdr)
    values = {key: float(value[0]) for key, value in formulas(_once(clusters)).items()}
    if not values:
        return []
    intervals = cluster_intervals(
        lambda draws: np.stack(list(formulas(draws).values()), axis=1),
        clusters.names,
        [_support(key, table, clusters) for key in values],
        rng,
        rounds=resampling.rounds,
        level=resampling.level,
        rounds_at_once=max(1, _ELEMENTS_AT_ONCE // len(table)),
    )
    counts = _counts(table, shares, values)
    return [
        _figure(key, value, counts.get(key), interval, resampling.level)
        for (key, value), interval in zip(values.items(), intervals, strict=True)
    ]


def worst_medium(values: Mapping[str, float]) -> str | None:
    """The medium whose APCER is the largest, of equals the first by name; `None` without any."""
    media = [key for key in values if key.startswith(_APCER) and key not in (_WORST, _POOLED)]
    worst = max(sorted(media), key=lambda key: values[key], default=None)
    return None if worst is None else worst.removeprefix(_APCER)


def _shares(table: ScoreTable, threshold: float) -> dict[str, tuple[Mask, Mask]]:
    """Events and trials of each share of rows at the threshold."""
    attacks, called = table.is_attack, table.score >= threshold
    media = sorted(set(table.medium[attacks]))
    trials = {_APCER + medium: attacks & (table.medium == medium) for medium in media}
    trials |= {_POOLED: attacks} if attacks.any() else {}
    shares = {key: (rows & ~called, rows) for key, rows in trials.items()}
    return shares | ({} if attacks.all() else {_BPCER: (~attacks & called, ~attacks)})


def _formulas(
    table: ScoreTable, shares: Mapping[str, tuple[Mask, Mask]], clusters: Clusters, fdr: float
) -> Callable[[Floats], dict[str, Floats]]:
    """All figures as functions of (r, c) draws, each of shape (r,)."""
    steps: list[Callable[[Floats, dict[str, Floats]], dict[str, Floats]]] = []
    if table.is_attack.any() and not table.is_attack.all():
        readers: dict[str, Reader] = {
            "eer": eer_of,
            "auc": auc_of,
            f"{_TDR}{fdr:g}": partial(tdr_of, fdr=fdr),
        }
        ranking = ranking_statistics(
            table.score, table.is_attack, clusters.codes, list(readers.values())
        )
        steps.append(lambda draws, _: dict(zip(readers, ranking(draws).T, strict=True)))
    if shares:
        events, trials = (np.stack(marks, axis=1) for marks in zip(*shares.values(), strict=True))
        share = share_statistics(events, trials, clusters.codes)
        steps.append(lambda draws, _: dict(zip(shares, share(draws).T, strict=True)))
        steps.append(lambda _, found: _derived(found))

    def formulas(draws: Floats) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for step in steps:
            found |= step(draws, found)
        return found

    return formulas


def _derived(found: Mapping[str, Floats]) -> dict[str, Floats]:
    """The worst APCER, and the means of an APCER and the BPCER."""
    media = [found[key] for key in found if key.startswith(_APCER) and key != _POOLED]
    if not media:
        return {}
    worst = np.fmax.reduce(media)  # a draw without a medium says nothing of it
    if _BPCER not in found:
        return {_WORST: worst}
    acer, hter = (worst + found[_BPCER]) / 2, (found[_POOLED] + found[_BPCER]) / 2
    return {_WORST: worst, "acer": acer, "hter": hter}


def _support(key: str, table: ScoreTable, clusters: Clusters) -> int:
    """How many clusters carry a figure: of the kinds of rows it needs, those with the rarest."""
    attacks, media = table.is_attack, sorted(set(table.medium[table.is_attack]))
    by_medium = [attacks & (table.medium == medium) for medium in media]
    if key in (_WORST, "acer"):
        needed = by_medium
    elif key == _BPCER:
        needed = []
    elif key.startswith(_APCER) and key != _POOLED:
        needed = [by_medium[media.index(key.removeprefix(_APCER))]]
    else:
        needed = [attacks]
    if not key.startswith(_APCER):
        needed = [*needed, ~attacks]
    return min(clusters.carrying(rows) for rows in needed)


def _counts(
    table: ScoreTable, shares: Mapping[str, tuple[Mask, Mask]], values: Mapping[str, float]
) -> dict[str, tuple[int, int]]:
    """Events and trials of the figures that are shares of rows."""
    counts = {
        key: (np.count_nonzero(events), np.count_nonzero(trials))
        for key, (events, trials) in shares.items()
    }
    worst = worst_medium(values)
    if worst is not None:
        counts[_WORST] = counts[_APCER + worst]
    attacks = np.count_nonzero(table.is_attack)
    detected = {key: round(values[key] * attacks) for key in values if key.startswith(_TDR)}
    return counts | {key: (events, attacks) for key, events in detected.items()}


def _figure(
    key: str,
    value: float,
    counts: tuple[int, int] | None,
    clustered: ClusterInterval,
    level: float,
) -> Figure:
    if counts is None:
        return Figure(key=key, value=value, clustered=clustered)
    events, trials = counts
    exact = clopper_pearson(events, trials, level)
    return Figure(
        key=key, value=value, events=events, trials=trials, exact=exact, clustered=clustered
    )


def _once(clusters: Clusters) -> Floats:
    return np.ones((1, len(clusters.names)))
