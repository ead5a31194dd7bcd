"""The same rows of two score files: joined by id in whatever order, or by line where asked."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.scores.table import ScoreTable

_NAMED = 5
"""Ids that an error names."""
JOINED_BY_LINE = (
    "rows joined by line, as asked: nothing but their order says that they are the same"
)


def joined(
    first: ScoreTable, second: ScoreTable, *, by_line: bool = False
) -> tuple[ScoreTable, ScoreTable]:
    """The rows of both in the order of the first, joined by id.

    `by_line` takes the order for it where one of the files has no ids; the tables' notes say so.

    Raises:
        ScoreFileError: an id is in one only, or a row is not the same in both; says which. A file
            has no ids, and `by_line` is not set or the files are of different lengths.
    """
    if not (first.has_ids and second.has_ids):
        return _joined_by_line(first, second, asked=by_line)
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
    _check_rows(first, ordered)
    return first, ordered


def _joined_by_line(
    first: ScoreTable, second: ScoreTable, *, asked: bool
) -> tuple[ScoreTable, ScoreTable]:
    without = [name for name, table in (("first", first), ("second", second)) if not table.has_ids]
    if not asked:
        raise ScoreFileError(
            "compare: expected a column id in both files, got none in the"
            f" {' and the '.join(without)}; add ids, or say with --by-line that each line is the"
            " same row in both"
        )
    if len(first) != len(second):
        raise ScoreFileError(
            f"compare: expected as many rows in both files, got {len(first)} and {len(second)};"
            " rows joined by line must be the same"
        )
    _check_rows(first, second)
    named = second.id if second.has_ids else first.id
    return (
        replace(first, id=named, notes=(*first.notes, JOINED_BY_LINE)),
        replace(second, id=named, notes=(*second.notes, JOINED_BY_LINE)),
    )


def _check_rows(first: ScoreTable, second: ScoreTable) -> None:
    for column in ("label", "medium", "split"):
        _check_same(getattr(first, column), getattr(second, column), first.id.tolist(), column)


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
