"""Rates that are shares of rows: which rows are counted, and of which."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.rates import ATTACK_POTENTIALS

Mask = NDArray[np.bool_]


class Share(NamedTuple):
    """The rows counted, which are among the rows they are a share of; both (n,)."""

    events: Mask
    trials: Mask


def by_medium(table: ScoreTable, rows: Mask) -> dict[str, Mask]:
    """The attacks among these rows by medium, in alphabetical order."""
    attacks = rows & table.is_attack
    return {name: attacks & (table.medium == name) for name in sorted(set(table.medium[attacks]))}


def shares_of(table: ScoreTable, threshold: float | None) -> dict[str, Share]:
    """Every share of rows that these define, by key (`estimates.formulas`)."""
    shares: dict[str, Share] = {}
    if threshold is not None:
        shares |= _decided(table, threshold)
        shares |= _by_potential(table, threshold)
    if table.answered is not None:
        shares |= _unanswered(table)
    if table.matched is not None and threshold is not None:
        shares |= _whole_system(table, table.matched, threshold)
    return {key: share for key, share in shares.items() if share.trials.any()}


def _decided(table: ScoreTable, threshold: float) -> dict[str, Share]:
    answered, called = table.has_answer, table.score >= threshold
    spoof, live = answered & table.is_attack, answered & ~table.is_attack
    trials = {f"apcer/{medium}": rows for medium, rows in by_medium(table, answered).items()}
    trials["apcer/pooled"] = spoof
    missed = {key: Share(rows & ~called, rows) for key, rows in trials.items()}
    return missed | {"bpcer": Share(live & called, live)}


def _by_potential(table: ScoreTable, threshold: float) -> dict[str, Share]:
    """By attack potential and medium, the lowest potential first."""
    if table.attack_potential is None:
        return {}
    found = {}
    for level in ATTACK_POTENTIALS:
        rows = table.has_answer & (table.attack_potential == level)
        for medium, attacks in by_medium(table, rows).items():
            missed = attacks & (table.score < threshold)
            found[f"_apcer@potential={level}/{medium}"] = Share(missed, attacks)
    return found


def _unanswered(table: ScoreTable) -> dict[str, Share]:
    """Of all presentations of a kind, those without an answer: APNRR and BPNRR."""
    every, silent = np.ones(len(table), np.bool_), ~table.has_answer
    kinds = {f"apnrr/{medium}": rows for medium, rows in by_medium(table, every).items()}
    kinds["bpnrr"] = ~table.is_attack
    return {key: Share(rows & silent, rows) for key, rows in kinds.items()}


def _whole_system(table: ScoreTable, matched: Mask, threshold: float) -> dict[str, Share]:
    """Detection and matcher together: IAPAR by medium, FRR. No answer is not accepted."""
    every, accepted = np.ones(len(table), np.bool_), (table.score < threshold) & matched
    attacks = by_medium(table, every)
    shares = {f"iapar/{medium}": Share(rows & accepted, rows) for medium, rows in attacks.items()}
    return shares | {"frr": Share(~table.is_attack & ~accepted, ~table.is_attack)}
