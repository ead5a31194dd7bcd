"""What an interval resamples: sources, people or clips, the coarsest of which there are enough."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.protocols.holdout import LEVELS
from spooftrace.evaluation.scores.columns import whole_keys
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.bootstrap import FEW_CLUSTERS, MIN_CLUSTERS, encode_clusters


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Which cluster each row belongs to."""

    unit: str
    """"database", "subject" or "clip"; "row" where every cluster is a single row."""
    codes: NDArray[np.intp]
    """(n,): number of the cluster of each row."""
    names: list[str]
    notes: tuple[str, ...] = ()
    """What a reader of the intervals must know."""

    def carrying(self, rows: NDArray[np.bool_]) -> int:
        """How many clusters hold one of these rows."""
        return int(np.count_nonzero(np.bincount(self.codes[rows])))


def choose_clusters(table: ScoreTable, wanted: str | None = None) -> Clusters:
    """The coarsest of source, person and clip that has enough clusters of each class present.

    A unit of which there is one alone is passed over in silence (it has no spread), one of which
    there are too few with a note: intervals by a finer unit then hold for those few only.

    Args:
        table: the rows.
        wanted: take this unit, however many there are.

    Raises:
        ScoreFileError: the wanted unit is not one, or is unknown for some row.
    """
    if wanted is not None:
        return _with_notes(_wanted(table, wanted), table, [])
    finest: Clusters | None = None
    skipped: list[str] = []
    for unit in LEVELS:
        found = _by_unit(table, unit)
        if found is None:
            continue
        if _fewest(found, table) >= MIN_CLUSTERS:
            return _with_notes(found, table, skipped)
        if len(found.names) > 1:
            skipped.append(f"{len(found.names)} by {found.unit}")
        finest = found
    assert finest is not None  # every row is a clip at least
    return finest


def _by_unit(table: ScoreTable, unit: str) -> Clusters | None:
    """The clusters of a unit, or `None` where it is unknown for a row."""
    known = table.columns()
    columns = {name: known[name].tolist() for name in ("id", "database", unit) if name in known}
    columns.setdefault("clip", [None] * len(table))  # then every row is a clip of its own
    keys = whole_keys(columns, unit)
    if keys is None or None in keys:
        return None
    codes, names = encode_clusters(keys)
    return Clusters(unit=unit, codes=codes, names=names)


def _wanted(table: ScoreTable, unit: str) -> Clusters:
    if unit not in LEVELS:
        raise ScoreFileError(f"cluster: expected one of {', '.join(LEVELS)}, got {unit!r}")
    found = _by_unit(table, unit)
    if found is None:
        raise ScoreFileError(
            f"cluster: expected a column {unit} without empty cells, got "
            f"{'some' if unit in table.columns() else 'no such column'}; choose another unit"
        )
    return found


def _fewest(clusters: Clusters, table: ScoreTable) -> int:
    """Number of clusters of the class that has fewer, among the classes present."""
    classes = [rows for rows in (table.is_attack, ~table.is_attack) if rows.any()]
    return min(clusters.carrying(rows) for rows in classes)


def _with_notes(clusters: Clusters, table: ScoreTable, skipped: Sequence[str]) -> Clusters:
    notes = []
    is_single = len(clusters.names) == len(table)
    unit = "row" if is_single else clusters.unit
    if skipped:
        notes.append(
            f"too few to resample ({', '.join(skipped)}; {MIN_CLUSTERS} of each class are needed), "
            f"so the intervals resample by {unit} and hold for these sources only"
        )
    if MIN_CLUSTERS <= _fewest(clusters, table) < FEW_CLUSTERS:
        notes.append(
            f"fewer than {FEW_CLUSTERS} to resample by {unit} of one class: the intervals are "
            "somewhat too narrow"
        )
    if is_single:
        notes.append(
            f"every {clusters.unit} is a single row: the intervals take rows as independent, and "
            "are too narrow where rows are near copies"
        )
    return replace(clusters, unit=unit, notes=tuple(notes))
