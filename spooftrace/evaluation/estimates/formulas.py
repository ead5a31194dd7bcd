"""The figures of some rows as functions of how often each cluster is drawn.

Keys   `eer`, `eer/hull`, `auc`, `tdr@fdr=F`, `bpcer@apcer=F` (no species passes more often),
       `apcer/MEDIUM`, `apcer/pooled`, `apcer/worst`, `apcer@potential=P` (the worst species of this
       attack potential or a lower one), `bpcer`, `acer`, `hter`, `apnrr/MEDIUM`, `apnrr/worst`,
       `bpnrr`, `iapar/MEDIUM`, `iapar/worst`, `frr`, `riapar`, `ece`
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spooftrace.evaluation.estimates.clusters import Clusters
from spooftrace.evaluation.estimates.shares import Mask, Share, by_medium, shares_of
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.clustered import ranking_statistics, share_statistics
from spooftrace.metrics.curve import ErrorCurve, Floats
from spooftrace.metrics.hull import eer_on_hull_of
from spooftrace.metrics.operating_points import BPCER_POINTS, bpcer_at_apcer_of
from spooftrace.metrics.ranking import auc_of, eer_of, tdr_of
from spooftrace.metrics.reliability import ece_statistics

Reader = Callable[[ErrorCurve], Floats]
Found = dict[str, Floats]
"""(r,) values of each draw, by key."""

FDRS = (0.001, 0.002, 0.005, 0.01)
"""False detection rates at which detection is read; Sec. 4.1 takes 0.5 %."""
_WORSTS = {"apcer/worst": "apcer/", "apnrr/worst": "apnrr/", "iapar/worst": "iapar/"}
_POTENTIAL = "apcer@potential="
_MEANS = {
    "acer": ("apcer/worst", "bpcer", 0.5),
    "hter": ("apcer/pooled", "bpcer", 0.5),
    "riapar": ("iapar/worst", "frr", 1.0),
}


@dataclass(slots=True, kw_only=True, eq=False)
class Formulas:
    """All figures of some rows. `keys` are those shown; others are steps on the way."""

    clusters: Clusters
    steps: list[Callable[[Floats, Found], Found]] = field(default_factory=list)
    needs: dict[str, list[Mask]] = field(default_factory=dict)
    """Kinds of rows without any of which a figure is undefined."""
    shares: dict[str, Share] = field(default_factory=dict)
    worst_of: dict[str, list[str]] = field(default_factory=dict)
    """Of which figures another is the largest."""

    @property
    def keys(self) -> list[str]:
        """The figures shown, in their order."""
        return [key for key in self.needs if not key.startswith("_")]

    def values(self, draws: Floats) -> Found:
        """Every figure of every draw: draws (r, c), values (r,)."""
        found: Found = {}
        for step in self.steps:
            found |= step(draws, found)
        return found

    def statistics(self, draws: Floats) -> Floats:
        """(r, s): the figures shown, for the bootstrap."""
        found = self.values(draws)
        return np.stack([found[key] for key in self.keys], axis=1)

    def support(self, key: str) -> int:
        """How many clusters carry a figure: of the kinds of rows it needs, those of the rarest."""
        return min(self.clusters.carrying(rows) for rows in self.needs[key])


def formulas_of(
    table: ScoreTable,
    threshold: float | None,
    clusters: Clusters,
    *,
    fdrs: Sequence[float] = FDRS,
    is_brief: bool = False,
    probabilities: Floats | None = None,
) -> Formulas:
    """The figures that these rows define.

    Args:
        table: the rows.
        threshold: without one, only figures that need none.
        clusters: what is drawn.
        fdrs: where TDR@FDR is read.
        is_brief: without the EER on the hull and BPCER at APCER, which cost the most.
        probabilities: (n,) of attack, for the calibration error; NaN where there is no answer.
    """
    made = Formulas(clusters=clusters)
    answered, attacks = table.has_answer, table.is_attack
    spoof, live = attacks & answered, ~attacks & answered
    if spoof.any() and live.any():
        _add_ranking(made, table, _readers(fdrs, is_brief=is_brief), spoof, live)
        if not is_brief:
            _add_bpcer_points(made, table, live)
    _add_shares(made, shares_of(table, threshold))
    _add_worst(made)
    _add_means(made)
    if probabilities is not None:
        _add_ece(made, probabilities, attacks, answered)
    return made


def _readers(fdrs: Sequence[float], *, is_brief: bool) -> dict[str, Reader]:
    hull = {} if is_brief else {"eer/hull": eer_on_hull_of}
    return {"eer": eer_of, **hull, "auc": auc_of, **{f"tdr@fdr={fdr:g}": _tdr(fdr) for fdr in fdrs}}


def _tdr(fdr: float) -> Reader:
    return lambda curve: tdr_of(curve, fdr)


def _add_ranking(
    made: Formulas,
    table: ScoreTable,
    readers: Mapping[str, Reader],
    spoof: Mask,
    live: Mask,
) -> None:
    rows = spoof | live
    codes: NDArray[np.intp] = made.clusters.codes[rows]
    ranking = ranking_statistics(
        table.score[rows], table.is_attack[rows], codes, list(readers.values())
    )
    made.steps.append(lambda draws, _: dict(zip(readers, ranking(draws).T, strict=True)))
    made.needs |= {key: [spoof, live] for key in readers}


def _add_bpcer_points(made: Formulas, table: ScoreTable, live: Mask) -> None:
    """BPCER10, 20 and 100: each species against all live faces, and the largest of these."""
    media = by_medium(table, table.has_answer)
    for medium, rows in media.items():
        readers = {f"_bpcer@apcer={b:g}/{medium}": _bpcer(b) for b in BPCER_POINTS.values()}
        _add_ranking(made, table, readers, rows, live)
    for budget in BPCER_POINTS.values():
        _add_largest(
            made, f"bpcer@apcer={budget:g}", [f"_bpcer@apcer={budget:g}/{name}" for name in media]
        )


def _bpcer(budget: float) -> Reader:
    return lambda curve: bpcer_at_apcer_of(curve, budget)


def _add_shares(made: Formulas, shares: Mapping[str, Share]) -> None:
    if not shares:
        return
    events = np.stack([share.events for share in shares.values()], axis=1)
    trials = np.stack([share.trials for share in shares.values()], axis=1)
    share = share_statistics(events, trials, made.clusters.codes)
    made.steps.append(lambda draws, _: dict(zip(shares, share(draws).T, strict=True)))
    made.needs |= {key: [share.trials] for key, share in shares.items()}
    made.shares |= shares


def _add_worst(made: Formulas) -> None:
    for key, prefix in _WORSTS.items():
        parts = [each for each in made.shares if each.startswith(prefix) and each != "apcer/pooled"]
        if parts:
            _add_largest(made, key, parts)
    by_potential = [key for key in made.shares if key.startswith("_" + _POTENTIAL)]
    levels = dict.fromkeys(key.partition("=")[2].partition("/")[0] for key in by_potential)
    reached: list[str] = []
    for level in levels:  # lowest first: what a weaker attacker can do, a stronger one can as well
        reached += [key for key in by_potential if key.startswith(f"_{_POTENTIAL}{level}/")]
        _add_largest(made, _POTENTIAL + level, list(reached))


def _add_largest(made: Formulas, key: str, parts: list[str]) -> None:
    # A draw without a species says nothing of it.
    made.steps.append(lambda _, found: {key: np.fmax.reduce([found[part] for part in parts])})
    made.needs[key] = [rows for part in parts for rows in made.needs[part]]
    made.worst_of[key] = parts


def _add_means(made: Formulas) -> None:
    for key, (one, other, weight) in _MEANS.items():
        if one in made.needs and other in made.needs:
            made.steps.append(_weighted(key, one, other, weight))
            made.needs[key] = [*made.needs[one], *made.needs[other]]


def _weighted(key: str, one: str, other: str, weight: float) -> Callable[[Floats, Found], Found]:
    return lambda _, found: {key: weight * (found[one] + found[other])}


def _add_ece(made: Formulas, probabilities: Floats, attacks: Mask, answered: Mask) -> None:
    codes = made.clusters.codes[answered]
    read, known = ece_statistics(probabilities[answered], attacks[answered], codes), codes.max() + 1
    made.steps.append(lambda draws, _: {"ece": read(draws[:, :known])[:, 0]})
    made.needs["ece"] = [answered]
