"""The scores of a system on labelled faces: all that evaluation needs to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ScoreFileError, SplitError
from spooftrace.evaluation.scores.columns import Columns, column_values
from spooftrace.labels import Label
from spooftrace.metrics.rates import Scores, as_scores

Text = NDArray[np.object_]
"""(n,) of `str`, or of `None` where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreTable:
    """One row per face; every column has shape (n,).

    Raises:
        ScoreFileError: columns of different lengths, or a score that is not finite though there was
            an answer.
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
    """Higher is more spoof; NaN where there was no answer."""
    clip: Text | None = None
    subject: Text | None = None
    database: Text | None = None
    device: Text | None = None
    attack_potential: Text | None = None
    """What an attack asks of the attacker: "low", "enhanced-basic", ...; `None` for live faces."""
    answered: NDArray[np.bool_] | None = None
    """Whether the system answered; `None`: always. No answer is no score and no error."""
    matched: NDArray[np.bool_] | None = None
    """Whether a face matcher accepts the presentation as the person it claims to be."""
    told_apart_by: Text | None = None
    """The species of each attack, where a protocol says that it is not the medium."""
    map_score: Scores | None = None
    """mean|M| / 2, the first term of Eq. 3."""
    trace_score: Scores | None = None
    """mean|G(I)| / 2, the second term of Eq. 3 before its weight."""
    groups: Mapping[str, Text] = field(default_factory=dict)
    """What else rows can be told apart by - attributes of people, say - by name."""
    has_ids: bool = True
    """Whether `id` was stated; else it is the row's number."""
    notes: tuple[str, ...] = ()
    """How a score file was understood, where it is no plain CSV."""

    def __post_init__(self) -> None:
        if self.has_answer.any() or not len(self):
            as_scores(self.score[self.has_answer], "table")
        columns: dict[str, NDArray[np.generic]] = {**self.columns(), **self.groups}
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ScoreFileError(f"score table: expected columns of one length, got {lengths}")

    def __len__(self) -> int:
        return self.score.size

    @property
    def is_attack(self) -> NDArray[np.bool_]:
        """(n,): whether each row is an attack presentation."""
        attacks: NDArray[np.bool_] = self.label == Label.SPOOF
        return attacks

    @property
    def has_answer(self) -> NDArray[np.bool_]:
        """(n,): whether each row has a score."""
        return np.ones(len(self), np.bool_) if self.answered is None else self.answered

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """The columns that are there, by name; without the groups."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        for name in ("groups", "has_ids", "notes"):
            del named[name]
        return {name: column for name, column in named.items() if column is not None}

    def rows(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> "ScoreTable":
        """The rows kept, in their order. Raises `NoSamplesError` where none is."""
        kept: dict[str, NDArray[np.generic]] = {
            name: column[keep] for name, column in self.columns().items()
        }
        groups = {name: column[keep] for name, column in self.groups.items()}
        return replace(self, groups=groups, **kept)  # type: ignore[arg-type]

    def species(self) -> dict[str, NDArray[np.bool_]]:
        """(n,) by species, in alphabetical order: whether each row is an attack of it.

        A species is the medium, unless a protocol tells attacks apart by something else.
        """
        attacks, of_row = self.is_attack, self.medium
        if self.told_apart_by is not None:
            of_row = self.told_apart_by
        names = sorted(set(of_row[attacks].tolist()))
        return {name: attacks & np.asarray(of_row == name, np.bool_) for name in names}

    def attacks_by_species(self) -> dict[str, Scores]:
        """Scores of the attacks that were answered, by species, in alphabetical order."""
        answered = {name: rows & self.has_answer for name, rows in self.species().items()}
        return {name: self.score[rows] for name, rows in answered.items() if rows.any()}

    def live_scores(self) -> Scores:
        """Scores of the live faces that were answered."""
        return self.score[~self.is_attack & self.has_answer]


def as_text(values: Sequence[str] | Sequence[str | None]) -> Text:
    """An object column, shape (n,)."""
    return np.array(values, dtype=object)


def table_of_store(
    columns: Columns,
    rows: NDArray[np.intp],
    split: Text,
    scores: Mapping[str, Scores],
    groups: Sequence[str] = (),
    *,
    species: str = "medium",
) -> ScoreTable:
    """The table of some rows of a store.

    Args:
        columns: `Store.columns()`.
        rows: (m,) numbers of the rows that were scored.
        split: (n,) the part of every row of the store.
        scores: (m,) `score`, and `map_score` and `trace_score` where known, of those rows.
        groups: further columns to tell rows apart by, `attributes.NAME` included.
        species: the column that tells attacks apart (`Protocol.species`), likewise.

    Raises:
        SplitError: there is no such column, or an attack among the rows states no species.
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
        told_apart_by=None if species == "medium" else _species(columns, rows, species),
        map_score=scores.get("map_score"),
        trace_score=scores.get("trace_score"),
        device=_known(columns.get("device"), rows),
        groups={
            name.removeprefix("attributes."): _text(column_values(columns, name, "--group"), rows)
            for name in groups
        },
    )


def _species(columns: Columns, rows: NDArray[np.intp], name: str) -> Text:
    """The species of each row; every attack must state one."""
    named = _text(column_values(columns, name, "species"), rows)
    attacks = np.array(columns["label"], dtype=np.int8)[rows] == Label.SPOOF
    missing = [row for row, value in zip(rows[attacks], named[attacks], strict=True) if not value]
    if missing:
        raise SplitError(
            f"species: expected every attack to state {name}, by which the protocol tells attacks "
            f"apart, got nothing for {len(missing)} of {np.count_nonzero(attacks)}, first "
            f"{columns['id'][missing[0]]}; state it in the source, or judge without the protocol"
        )
    return named


def _known(values: Sequence[object] | None, rows: NDArray[np.intp]) -> Text | None:
    """The rows of a column; `None` where nothing in them is known."""
    found = None if values is None else _text(values, rows)
    return found if found is not None and any(found) else None


def _text(values: Sequence[object], rows: NDArray[np.intp]) -> Text:
    return np.array(values, dtype=object)[rows]
