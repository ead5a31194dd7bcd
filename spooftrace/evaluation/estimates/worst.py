"""The faces that a system is most wrong about, whatever its threshold."""

from dataclasses import dataclass

import numpy as np

from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.labels import Label

OF_EACH_CLASS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstFace:
    """One row, and whether the threshold errs on it."""

    id: str
    label: str
    medium: str
    source: str | None
    score: float
    is_error: bool | None
    """`None` where there is no threshold."""


def worst_faces(table: ScoreTable, threshold: float | None) -> list[WorstFace]:
    """The live faces of the highest scores, then the attacks of the lowest; of equals the first."""
    found = []
    for is_attack, sign in ((False, -1), (True, 1)):
        rows = np.flatnonzero((table.is_attack == is_attack) & table.has_answer)
        order = np.argsort(sign * table.score[rows], kind="stable")[:OF_EACH_CLASS]
        found += [_face(table, int(row), threshold) for row in rows[order]]
    return found


def _face(table: ScoreTable, row: int, threshold: float | None) -> WorstFace:
    score, is_attack = float(table.score[row]), bool(table.is_attack[row])
    return WorstFace(
        id=str(table.id[row]),
        label=Label(int(table.label[row])).name.lower(),
        medium=str(table.medium[row]),
        source=None if table.database is None else table.database[row],
        score=score,
        is_error=None if threshold is None else (score >= threshold) != is_attack,
    )
