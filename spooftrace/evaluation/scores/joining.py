"""The same rows of two score files, in whatever order: joined by id, or refused by name."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.scores.table import ScoreTable

_NAMED = 5
"""Ids that an error names."""


def joined(first: ScoreTable, second: ScoreTable) -> tuple[ScoreTable, ScoreTable]:
    """The rows of both in the order of the first, joined by id.

    Raises:
        ScoreFileError: an id is in one only, or a row is not the same in both; says which.
    """
    ours, theirs = first.id.tolist(), second.id.tolist()
    for only, has, lacks in (
        (sorted(set(ours) - set(theirs)), "first", "second"),
        (sorted(set(theirs) - set(ours)), "second", "first"),
    ):
        if only:
            more = f" and {len(only) - _NAMED} more" if len(only) > _NAMED else ""
            raise ScoreFileError(
                f"compare: expected the same ids in both files, got {len(only)} in the {has} that "
                f"the {lacks} lacks: {', '.join(only[:_NAMED])}{more}"
            )
    place = {name: row for row, name in enumerate(theirs)}
    ordered = second.rows(np.array([place[name] for name in ours], dtype=np.intp))
    for column in ("label", "medium", "split"):
        _check_same(getattr(first, column), getattr(ordered, column), ours, column)
    return first, ordered


def _check_same(
    ours: NDArray[np.generic], theirs: NDArray[np.generic], ids: Sequence[str], column: str
) -> None:
    wrong = np.flatnonzero(np.asarray(ours != theirs, np.bool_))
    if wrong.size:
        at = int(wrong[0])
        raise ScoreFileError(
            f"compare: expected the same {column} for every id, got {ours[at]!s} and "
            f"{theirs[at]!s} for {ids[at]} ({wrong.size} of {len(ids)} differ)"
        )
