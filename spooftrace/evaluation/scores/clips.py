"""From faces to clips: the score of a recording is the mean over its frames."""

from dataclasses import replace

import numpy as np

from spooftrace.evaluation.scores.table import ScoreTable


def by_clip(table: ScoreTable) -> ScoreTable:
    """One row a clip, in the order of first faces; a face without a clip is one by itself.

    The score is the mean of the frames that were answered; a clip of which none was has no answer.
    Everything else is that of the clip's first face, but the two terms of the score, which go.
    """
    if table.clip is None:
        return table
    databases = [None] * len(table) if table.database is None else table.database.tolist()
    keys = [
        ("clip", database, clip) if clip else ("face", database, face)
        for database, clip, face in zip(databases, table.clip, table.id, strict=True)
    ]
    first: dict[tuple[str, str | None, str], int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    number = {key: at for at, key in enumerate(first)}
    of_row = np.array([number[key] for key in keys], np.intp)
    answered = table.has_answer
    counts = np.bincount(of_row[answered], minlength=len(first))
    sums = np.bincount(of_row[answered], table.score[answered], minlength=len(first))
    with np.errstate(invalid="ignore"):
        means = sums / counts
    kept = table.rows(np.array(list(first.values()), np.intp))
    return replace(
        kept,
        score=means,
        answered=None if (counts > 0).all() else counts > 0,
        map_score=None,
        trace_score=None,
    )
