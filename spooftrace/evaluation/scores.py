"""The scores of a system on labelled faces: all that evaluation needs to know of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.columns import Columns
from spooftrace.labels import Label
from spooftrace.metrics.rates import Scores, as_scores

Text = NDArray[np.object_]
"""(n,) of `str`, or of `None` where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreTable:
    """One row per face; every column has shape (n,).

    Raises:
        ScoreFileError: columns of different lengths, or a score that is not finite.
        NoSamplesError: no rows.
    """

    id: Text
    label: NDArray[np.int8]
    """`Label` of each face."""
    medium: Text
    """`Medium` of each face."""
    split: Text
    """"train", "dev" or "test"."""
    score: Scores
    """Higher is more spoof."""
    clip: Text | None = None
    subject: Text | None = None
    database: Text | None = None
    map_score: Scores | None = None
    """mean|M| / 2, the first term of Eq. 3."""
    trace_score: Scores | None = None
    """mean|G(I)| / 2, the second term of Eq. 3 before its weight."""

    def __post_init__(self) -> None:
        as_scores(self.score, "table")
        lengths = {name: len(column) for name, column in self.columns().items()}
        if len(set(lengths.values())) > 1:
            raise ScoreFileError(f"score table: expected columns of one length, got {lengths}")

    def __len__(self) -> int:
        return self.score.size

    @property
    def is_attack(self) -> NDArray[np.bool_]:
        """(n,): whether each row is an attack presentation."""
        attacks: NDArray[np.bool_] = self.label == Label.SPOOF
        return attacks

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """The columns that are there, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: column for name, column in named.items() if column is not None}

    def rows(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> "ScoreTable":
        """The rows kept, in their order. Raises `NoSamplesError` where none is."""
        kept: dict[str, NDArray[np.generic]] = {
            name: column[keep] for name, column in self.columns().items()
        }
        return replace(self, **kept)  # type: ignore[arg-type]

    def attacks_by_medium(self) -> dict[str, Scores]:
        """Scores of the attacks by medium, in alphabetical order."""
        media = sorted(set(self.medium[self.is_attack]))
        return {medium: self.score[self.is_attack & (self.medium == medium)] for medium in media}


def table_of_store(
    columns: Columns, rows: NDArray[np.intp], split: Text, scores: Mapping[str, Scores]
) -> ScoreTable:
    """The table of some rows of a store.

    Args:
        columns: `Store.columns()`.
        rows: (m,) numbers of the rows that were scored.
        split: (n,) the part of every row of the store.
        scores: (m,) `score`, and `map_score` and `trace_score` where known, of those rows.
    """
    text = {
        name: np.array(columns[name], dtype=object)[rows]
        for name in ("id", "medium", "clip", "subject", "database")
    }
    return ScoreTable(
        id=text["id"],
        label=np.array(columns["label"], dtype=np.int8)[rows],
        medium=text["medium"],
        split=split[rows],
        score=scores["score"],
        clip=text["clip"],
        subject=text["subject"],
        database=text["database"],
        map_score=scores.get("map_score"),
        trace_score=scores.get("trace_score"),
    )
