"""Holding out whole groups - sources, people, clips - by the hash of their names.

No generator is involved: the same store is always divided the same way, on every machine and
whatever the order of its rows, and adding a group moves few of the others.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import SplitError
from spooftrace.evaluation.scores.columns import Columns, column_values, whole_keys
from spooftrace.labels import Label

LEVELS = ("database", "subject", "clip")
"""What is kept whole, tried in this order: a new source is the hardest to be right about."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which group each row belongs to."""

    column: str
    keys: NDArray[np.object_]
    """(n,): name of the group of each row; `None` on rows that do not take part."""
    alone: Mask
    """(n,): rows that are a group by themselves because they state no clip."""

    def describe(self, part: Mask) -> str:
        """The groups that a part consists of, in words."""
        names = sorted(set(self.keys[part]))
        shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
        groups = f"{len(names)} whole by {self.column}: {shown}"
        alone = np.count_nonzero(self.alone & part)
        if not alone:
            return groups
        # Pictures of one recording may lie on both sides: whoever reads the rates must know.
        rows = np.count_nonzero(part)
        return f"picture by picture ({alone} of {rows} rows state no clip), {groups}"


def choose_grouping(
    columns: Columns, labels: NDArray[np.int8], rows: Mask, wanted: str | None, *, parts: int
) -> Grouping:
    """The coarsest level that can be divided into so many parts, or the column wanted.

    Args:
        columns: metadata of all rows.
        labels: `Label` of all rows.
        rows: the rows to divide.
        wanted: a column, or `None` to try `LEVELS`.
        parts: each class must occur in at least as many groups.

    Raises:
        SplitError: the column is not there, is unknown for some rows, or has too few groups.
    """
    tried = []
    for name in LEVELS if wanted is None else (wanted,):
        problem, keys = _usable(columns, name, labels, rows, parts)
        if problem is None:
            return Grouping(name, keys, _alone(columns, name, rows))
        tried.append(f"{name}: {problem}")
    raise SplitError(
        f"split: expected a column with at least {parts} groups of each class, to hold some out "
        f"whole; {'; '.join(tried)}; state the split (attributes.split, split.dev, split.test), "
        "name another column (split.group), or add sources"
    )


def hold_out(
    grouping: Grouping, labels: NDArray[np.int8], rows: Mask, *, share: float, leave: int
) -> Mask:
    """Groups of about `share` of each class, such that `leave` groups of each class remain.

    Groups are looked at in the order of their hashes; one is taken when it brings the held part
    closer to the share of both classes. A class that is then still missing gets the group that
    fits best.
    """
    names, counts = _count(grouping.keys[rows], labels[rows])
    choice = _Choice(counts, share, leave)
    for group in range(len(names)):
        if choice.leaves_enough(group) and choice.distance_with(group) < choice.distance:
            choice.take(group)
    for label in Label:
        if not choice.rows[label]:
            able = filter(choice.leaves_enough, np.flatnonzero(counts[:, label]).tolist())
            choice.take(min(able, key=choice.distance_with))
    chosen = {names[group] for group in choice.groups}
    held: Mask = rows & np.array([key in chosen for key in grouping.keys])
    return held


class _Choice:
    """The groups taken so far, how many rows of each label they have, and what remains."""

    def __init__(self, counts: NDArray[np.int64], share: float, leave: int) -> None:
        self._counts = counts
        self._target = counts.sum(axis=0) * share
        self._leave = leave
        self._remaining = (counts > 0).sum(axis=0)
        self.rows = np.zeros(len(Label), dtype=np.int64)
        self.groups: list[int] = []

    @property
    def distance(self) -> float:
        """How far the taken rows are from the share, both classes together."""
        return self._distance(self.rows)

    def distance_with(self, group: int) -> float:
        return self._distance(self.rows + self._counts[group])

    def leaves_enough(self, group: int) -> bool:
        return bool((self._remaining - (self._counts[group] > 0) >= self._leave).all())

    def take(self, group: int) -> None:
        self.groups.append(group)
        self.rows = self.rows + self._counts[group]
        self._remaining = self._remaining - (self._counts[group] > 0)

    def _distance(self, rows: NDArray[np.int64]) -> float:
        return float(np.abs(rows / self._target - 1).sum())


def _alone(columns: Columns, name: str, rows: Mask) -> Mask:
    """Rows that only their own name keeps together (see `whole_keys`)."""
    if name != "clip":
        return np.zeros_like(rows)
    unstated = [not clip for clip in column_values(columns, name, name)]
    alone: Mask = rows & np.array(unstated)
    return alone


def _usable(
    columns: Columns, name: str, labels: NDArray[np.int8], rows: Mask, parts: int
) -> tuple[str | None, NDArray[np.object_]]:
    """Why a level cannot be divided (`None` if it can), and its keys."""
    values = whole_keys(columns, name)
    if values is None:
        return "no such column", np.empty(0, dtype=object)
    keys = np.array(values, dtype=object)
    keys[~rows] = None
    unknown = sum(key is None for key in keys[rows])
    if unknown:
        return f"unknown for {unknown} of {np.count_nonzero(rows)} rows", keys
    _, counts = _count(keys[rows], labels[rows])
    live, spoof = (counts > 0).sum(axis=0)
    if min(live, spoof) < parts:
        return f"{live} with live and {spoof} with spoof rows", keys
    return None, keys


def _count(
    keys: NDArray[np.object_], labels: NDArray[np.int8]
) -> tuple[Sequence[str], NDArray[np.int64]]:
    """Groups in the order of their hashes, and how many rows of each label (g, 2) they have."""
    names = sorted(set(keys), key=_hash)
    numbers = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(Label)), dtype=np.int64)
    np.add.at(counts, (np.array([numbers[key] for key in keys], dtype=np.intp), labels), 1)
    return names, counts


def _hash(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=16).digest()
