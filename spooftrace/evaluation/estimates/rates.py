"""The rates that some rows define, as functions of how often each cluster is drawn.

Every cluster drawn once is the point estimate; the bootstrap draws some of them several times and
others not at all. So whatever is computed here is computed once, for the report, for differences
of two systems, for experiments and for means over seeds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from spooftrace.evaluation.estimates.clusters import Clusters
from spooftrace.evaluation.estimates.rate import (
    ACER,
    AUC,
    BPCER,
    BPNRR,
    ECE,
    EER,
    EER_ON_HULL,
    FRR,
    HTER,
    POOLED_APCER,
    RIAPAR,
    WORST_APCER,
    WORST_APNRR,
    WORST_IAPAR,
    Kind,
    Over,
    Rate,
    bpcer_at_apcer,
    tdr_at_fdr,
)
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics import rates
from spooftrace.metrics.clustered import Reading, ranking_statistics, share_statistics
from spooftrace.metrics.curve import Floats
from spooftrace.metrics.hull import eer_on_hull_of
from spooftrace.metrics.operating_points import (
    BPCER_POINTS,
    bpcer_at_apcer_block,
    bpcer_at_apcer_of,
)
from spooftrace.metrics.ranking import auc_of, eer_of, equal_error_block, tdr_block, tdr_of
from spooftrace.metrics.rates import ATTACK_POTENTIALS, Mask, Presentations, Share
from spooftrace.metrics.reliability import ece_statistics

Values = dict[Rate, Floats]
"""(r,) values of each draw."""
Readings = Mapping[Rate, Reading]

FDRS = (0.001, 0.002, 0.005, 0.01)
"""False detection rates at which detection is read; Sec. 4.1 takes 0.5 %."""


@dataclass(slots=True, kw_only=True, eq=False)
class Rates:
    """All rates of some rows, and what each is made of."""

    clusters: Clusters
    shown: list[Rate] = field(default_factory=list)
    """Those that are reported, in their order; others are steps on the way to one."""
    support: dict[Rate, int] = field(default_factory=dict)
    """How many clusters carry a rate: of the kinds of rows it needs, those of the rarest."""
    shares: dict[Rate, Share] = field(default_factory=dict)
    """Those that are shares of rows."""
    parts: dict[Rate, list[Rate]] = field(default_factory=dict)
    """Of which rates another is the largest."""
    trials: dict[Rate, int] = field(default_factory=dict)
    """Rows of which a rate read at a level is a share."""
    steps: list[Callable[[Floats, Values], Values]] = field(default_factory=list)

    def values(self, draws: Floats) -> Values:
        """Every rate of every draw: draws (r, c), values (r,)."""
        found: Values = {}
        for step in self.steps:
            found |= step(draws, found)
        return found

    def statistics(self, draws: Floats, of: Sequence[Rate] | None = None) -> Floats:
        """(r, s): the rates shown, or those wanted, of draws (r, c)."""
        found = self.values(draws)
        return np.stack([found[rate] for rate in (self.shown if of is None else of)], axis=1)

    def point_estimates(self) -> dict[Rate, float]:
        """Every rate with each cluster drawn once."""
        once = self.values(np.ones((1, len(self.clusters.names))))
        return {rate: float(value[0]) for rate, value in once.items()}

    def worst_part(self, rate: Rate, values: Mapping[Rate, float]) -> Rate | None:
        """The species that a worst rate is of; of equals the first by name."""
        parts = sorted(self.parts.get(rate, ()), key=lambda part: part.species or "")
        return max(parts, key=lambda part: values[part], default=None)

    def counts(self, rate: Rate, values: Mapping[Rate, float]) -> tuple[int, int] | None:
        """Events and trials of a rate that is a share of rows."""
        share = self.shares.get(self.worst_part(rate, values) or rate)
        if share is not None:
            return share.counts
        trials = self.trials.get(rate)
        return None if trials is None else (round(values[rate] * trials), trials)

    def _add(self, rate: Rate, support: int, *, is_shown: bool = True) -> None:
        self.support[rate] = support
        if is_shown:
            self.shown.append(rate)

    def _add_ranking(
        self,
        table: ScoreTable,
        rows: tuple[Mask, Mask],
        readings: Readings,
        *,
        is_shown: bool = True,
    ) -> None:
        """Rates read from the error curve of some attacks and all live faces."""
        spoof, live = rows
        either = spoof | live
        ranking = ranking_statistics(
            table.score[either],
            table.is_attack[either],
            self.clusters.codes[either],
            list(readings.values()),
        )
        self.steps.append(lambda draws, _: dict(zip(readings, ranking(draws).T, strict=True)))
        support = min(self.clusters.carrying(spoof), self.clusters.carrying(live))
        for rate in readings:
            self._add(rate, support, is_shown=is_shown)

    def _add_shares(self, shares: Mapping[Rate, Share]) -> None:
        if not shares:
            return
        events, trials = (np.stack(masks).T for masks in zip(*shares.values(), strict=True))
        share = share_statistics(events, trials, self.clusters.codes)
        self.steps.append(lambda draws, _: dict(zip(shares, share(draws).T, strict=True)))
        for rate, each in shares.items():
            is_step = rate.species is not None and rate.potential is not None
            self._add(rate, self.clusters.carrying(each.trials), is_shown=not is_step)
        self.shares |= shares

    def _add_worst(self, rate: Rate, parts: Iterable[Rate]) -> None:
        found = list(parts)
        if found:
            self.steps.append(lambda _, values: {rate: rates.worst([values[p] for p in found])})
            self._add(rate, min(self.support[part] for part in found))
            self.parts[rate] = found

    def _add_of_two(
        self, rate: Rate, body: Callable[[Floats, Floats], Floats], one: Rate, other: Rate
    ) -> None:
        if one in self.support and other in self.support:
            self.steps.append(lambda _, values: {rate: body(values[one], values[other])})
            self._add(rate, min(self.support[one], self.support[other]))


def rates_of(
    table: ScoreTable,
    threshold: float | None,
    clusters: Clusters,
    *,
    fdrs: Sequence[float] = FDRS,
    is_brief: bool = False,
    probabilities: Floats | None = None,
) -> Rates:
    """The rates that these rows define.

    Args:
        table: the rows.
        threshold: without one, only rates that need none.
        clusters: what is drawn.
        fdrs: where TDR@FDR is read.
        is_brief: without the EER on the hull and BPCER at APCER, which cost the most.
        probabilities: (n,) of attack, for the calibration error; NaN where there is no answer.
    """
    made = Rates(clusters=clusters)
    spoof, live = table.is_attack & table.has_answer, ~table.is_attack & table.has_answer
    species = table.species()
    if spoof.any() and live.any():
        hull = {} if is_brief else {EER_ON_HULL: Reading(eer_on_hull_of)}
        detected = {
            tdr_at_fdr(fdr): Reading(partial(tdr_of, fdr=fdr), partial(tdr_block, fdr=fdr))
            for fdr in fdrs
        }
        eer = {EER: Reading(eer_of, equal_error_block)}
        readings = {**eer, **hull, AUC: Reading(auc_of), **detected}
        made._add_ranking(table, (spoof, live), readings)
        made.trials |= dict.fromkeys(detected, int(np.count_nonzero(spoof)))
        if not is_brief:
            _add_bpcer_points(made, table, {n: m & spoof for n, m in species.items()}, live)
    shares = _shares(table, threshold, species)
    made._add_shares(shares)
    for rate in (WORST_APCER, WORST_APNRR, WORST_IAPAR):
        # One part a species, whatever its attack potential.
        by_species = [
            part
            for part in shares
            if part.kind is rate.kind and part.species is not None and part.potential is None
        ]
        made._add_worst(rate, by_species)
    _add_potentials(made, shares)
    made._add_of_two(ACER, rates.acer, WORST_APCER, BPCER)
    made._add_of_two(HTER, rates.hter, POOLED_APCER, BPCER)
    made._add_of_two(RIAPAR, rates.riapar, WORST_IAPAR, FRR)
    if probabilities is not None:
        _add_ece(made, table, probabilities)
    return made


def _shares(
    table: ScoreTable, threshold: float | None, species: Mapping[str, Mask]
) -> dict[Rate, Share]:
    """Every share of rows that these define, those without any trial left out."""
    shown = Presentations(
        is_attack=table.is_attack,
        answered=table.has_answer,
        called=np.zeros(len(table), np.bool_)
        if threshold is None
        else rates.is_called_attack(table.score, threshold),
        matched=table.matched,
    )
    shares: dict[Rate, Share] = {}
    if threshold is not None:
        shares |= {
            Rate(Kind.APCER, species=name): rates.apcer(shown, rows)
            for name, rows in species.items()
        }
        shares |= {POOLED_APCER: rates.apcer(shown), BPCER: rates.bpcer(shown)}
    if threshold is not None and table.attack_potential is not None:
        for potential in ATTACK_POTENTIALS:
            at = table.attack_potential == potential
            for name, rows in species.items() if at.any() else ():
                rate = Rate(Kind.APCER, species=name, potential=potential)
                shares[rate] = rates.apcer(shown, rows & at)
    if table.answered is not None:
        shares |= {
            Rate(Kind.APNRR, species=name): rates.apnrr(shown, rows)
            for name, rows in species.items()
        }
        shares[BPNRR] = rates.bpnrr(shown)
    if threshold is not None and table.matched is not None:
        shares |= {
            Rate(Kind.IAPAR, species=name): rates.iapar(shown, rows)
            for name, rows in species.items()
        }
        shares[FRR] = rates.frr(shown)
    return {rate: share for rate, share in shares.items() if share.trials.any()}


def _add_bpcer_points(
    made: Rates, table: ScoreTable, species: Mapping[str, Mask], live: Mask
) -> None:
    """BPCER10, 20 and 100: each species against all live faces, and the largest of these."""
    present = {name: rows for name, rows in species.items() if rows.any()}
    for name, rows in present.items():
        readings = {
            bpcer_at_apcer(budget, name): Reading(
                partial(bpcer_at_apcer_of, budget=budget),
                partial(bpcer_at_apcer_block, budget=budget),
            )
            for budget in BPCER_POINTS.values()
        }
        made._add_ranking(table, (rows, live), readings, is_shown=False)
    for budget in BPCER_POINTS.values():
        made._add_worst(bpcer_at_apcer(budget), [bpcer_at_apcer(budget, name) for name in present])
        made.trials[bpcer_at_apcer(budget)] = int(np.count_nonzero(live))


def _add_potentials(made: Rates, shares: Mapping[Rate, Share]) -> None:
    """At each attack potential, the worst species of it or of a lower one."""
    reached: list[Rate] = []
    for potential in ATTACK_POTENTIALS:  # what a weaker attacker can do, a stronger one can as well
        here = [rate for rate in shares if rate.species and rate.potential == potential]
        if here:
            reached += here
            made._add_worst(Rate(Kind.APCER, Over.WORST, potential=potential), reached)


def _add_ece(made: Rates, table: ScoreTable, probabilities: Floats) -> None:
    answered = table.has_answer
    codes = made.clusters.codes[answered]
    read = ece_statistics(probabilities[answered], table.is_attack[answered], codes)
    known = codes.max() + 1
    made.steps.append(lambda draws, _: {ECE: read(draws[:, :known])[:, 0]})
    made._add(ECE, made.clusters.carrying(answered))
