"""The rates of parts of the rows: all of them, each source, each device, each group of people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from spooftrace.evaluation.estimates.clusters import choose_clusters
from spooftrace.evaluation.estimates.estimate import Estimate, Resampling, estimates_of
from spooftrace.evaluation.estimates.rate import AUC, Rate
from spooftrace.evaluation.estimates.rates import FDRS, rates_of
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.thresholds import is_expressible

POOLED = "pooled"


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
    grouping: str | None = None
    probabilities: Floats | None = None
    """(n,) of attack; NaN where there is no answer."""


def parts_of(table: ScoreTable, probabilities: Floats | None) -> list[Part]:
    """All rows; then, of every grouping that tells them apart, each group."""
    parts = [Part(name=POOLED, table=table, probabilities=probabilities)]
    own = {"database": table.database, "device": table.device}
    known = {name: column for name, column in own.items() if column is not None}
    for grouping, column in {**known, **table.groups}.items():
        named = np.array([value or "unknown" for value in column], dtype=object)
        values = sorted(set(named))
        if len(values) > 1:
            parts += [
                Part(name=value, table=table.rows(named == value), grouping=grouping)
                for value in values
            ]
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
    # Within one source there is nothing to draw sources from.
    within = part.grouping == "database" and options.cluster == "database"
    clusters = choose_clusters(table, None if within else options.cluster)
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
    live = np.count_nonzero(~table.is_attack & answered)
    attacks = np.count_nonzero(table.is_attack & answered)
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
