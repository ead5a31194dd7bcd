"""Rates with their counts and intervals: of all rows, and of each source, device and group."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spooftrace.evaluation.estimates.clusters import Clusters, choose_clusters
from spooftrace.evaluation.estimates.rate import AUC, ERRORS, Rate
from spooftrace.evaluation.estimates.rates import FDRS, Rates, rates_of
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.bootstrap import ClusterInterval, cluster_intervals
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.intervals import Interval, clopper_pearson
from spooftrace.metrics.thresholds import is_expressible

POOLED = "pooled"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What a reader may choose; nothing here chooses a threshold."""

    resampling: Resampling = field(default_factory=Resampling)
    cluster: str | None = None
    """Unit that intervals resample: database, subject or clip; `None`: the coarsest possible."""
    seed: int = 0
    """Of the generator that resamples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The rates of some of the rows."""

    name: str
    """`pooled`, or a value of the column `grouping`."""
    grouping: str | None = None
    """`database` (the source), `device`, or the name of a group; `None` where pooled."""
    live: int
    """Number of live faces that were answered."""
    attacks: dict[str, int]
    """Number of attacks that were answered, by species."""
    unanswered: int = 0
    """Rows of both classes without an answer, which the two numbers leave out."""
    cluster: str
    """Unit that the intervals resample: database, subject, clip or row."""
    clusters: int
    estimates: tuple[Estimate, ...]
    notes: tuple[str, ...]

    def estimate(self, rate: Rate) -> Estimate | None:
        """What these rows say of a rate, if they define it."""
        return next((found for found in self.estimates if found.rate == rate), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Some of the rows, under a name."""

    name: str
    table: ScoreTable
    clusters: Clusters
    """What its intervals resample."""
    grouping: str | None = None
    probabilities: Floats | None = None
    """(n,) of attack; NaN where there is no answer."""


def parts_of(table: ScoreTable, probabilities: Floats | None, cluster: str | None) -> list[Part]:
    """All rows; then, of every grouping that tells them apart, each group.

    Args:
        table: the rows.
        probabilities: (n,) of attack.
        cluster: the unit that intervals are to resample; `None`: what fits each part.
    """
    clusters = choose_clusters(table, cluster)
    parts = [Part(name=POOLED, table=table, clusters=clusters, probabilities=probabilities)]
    own = {"database": table.database, "device": table.device}
    known = {name: column for name, column in own.items() if column is not None}
    for grouping, column in {**known, **table.groups}.items():
        named = np.array([value or "unknown" for value in column], dtype=object)
        values = sorted(set(named))
        if len(values) > 1:
            # Within one source there is nothing to draw sources from.
            within = None if grouping == "database" == cluster else cluster
            for value in values:
                rows = table.rows(named == value)
                clusters = choose_clusters(rows, within)
                parts.append(Part(name=value, table=rows, clusters=clusters, grouping=grouping))
    return parts


def section_of(
    part: Part,
    threshold: float | None,
    options: ReportOptions,
    rng: np.random.Generator,
    *,
    is_oracle: bool,
) -> Section:
    """The rates of one part, with their intervals."""
    table, is_brief = part.table, part.name != POOLED
    clusters = part.clusters
    fdr, answered = options.resampling.fdr, table.has_answer
    rates = rates_of(
        table,
        threshold,
        clusters,
        fdrs=(fdr,) if is_brief else tuple(sorted({*FDRS, fdr})),
        is_brief=is_brief,
        probabilities=part.probabilities,
    )
    found = estimates_of(rates, rng, options.resampling, is_oracle=is_oracle)
    attacks = {name: int((rows & answered).sum()) for name, rows in table.species().items()}
    return Section(
        name=part.name,
        grouping=part.grouping,
        live=int(np.count_nonzero(~table.is_attack & answered)),
        attacks={name: count for name, count in attacks.items() if count},
        unanswered=int(np.count_nonzero(~answered)),
        cluster=clusters.unit,
        clusters=len(clusters.names),
        estimates=tuple(found),
        notes=(*_remarks(table, found, fdr), *clusters.notes),
    )


def _remarks(table: ScoreTable, found: Sequence[Estimate], fdr: float) -> list[str]:
    """What the numbers cannot say by themselves."""
    answered = table.has_answer
    live = int(np.count_nonzero(~table.is_attack & answered))
    attacks = int(np.count_nonzero(table.is_attack & answered))
    if not live or not attacks:
        missing = "live rows" if not live else "attacks"
        return [f"no {missing}: figures that need both classes are undefined"]
    remarks = []
    if not is_expressible(fdr, live):
        remarks.append(
            f"with fewer than {math.ceil(1 / fdr)} live rows, {fdr:.2%} of them is less than one: "
            f"TDR@FDR {fdr:.2%} is read where none is refused, and one odd live row decides it"
        )
    if any(each.rate == AUC and each.value < 0.5 for each in found):
        remarks.append(
            "AUC below one half: either the system is misled by these rows, or its scores run the "
            "other way (higher must mean more spoof)"
        )
    return remarks
