"""A protocol: which rows train, which choose, which judge, fold by fold, and what is made of it.

Which rows are meant is said by predicates over columns that are data (`SplitConfig`: column ->
values), so that a run records the fold it was trained by and a report the protocol it is of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from spooftrace.errors import SplitError
from spooftrace.evaluation.protocols.published import Published
from spooftrace.evaluation.protocols.splits import (
    SplitConfig,
    Splits,
    matching,
    of_present,
    split_rows,
)
from spooftrace.evaluation.scores.columns import Columns
from spooftrace.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One division of the rows."""

    name: str
    split: SplitConfig | None
    """Development rows, test rows and rows left out; the others train. `None`: all are test."""
    attacks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of the attacks among the test rows, those that are judged: column -> values. Empty: all."""
    clips: tuple[tuple[int, int], tuple[int, int]] | None = None
    """Live and attack clips that train or choose, and those that judge, as published; `None` where
    the database's names or nobody tell."""

    def of_present(self, columns: Columns) -> "Fold":
        """The same without values that no row has, for a store that is incomplete."""
        split = None if self.split is None else of_present(columns, self.split)
        return replace(self, split=split)

    def divide(self, columns: Columns) -> Splits:
        """The rows of each part; test rows that are not judged are unused.

        Raises:
            SplitError: a column or value is not there, or a part lacks a class.
        """
        if self.split is None:
            return _all_test(columns)
        parts = split_rows(columns, self.split)
        if not self.attacks:
            return parts
        judged = matching(columns, self.attacks, "attacks") | (
            np.asarray(columns["label"], np.int8) == Label.LIVE
        )
        test = parts.test[judged[parts.test]]
        if not (np.asarray(columns["label"], np.int8)[test] == Label.SPOOF).any():
            wanted = " and ".join(f"{name} {', '.join(v)}" for name, v in self.attacks.items())
            raise SplitError(
                f"fold {self.name}: expected test rows with {wanted}, got none of them "
                f"({parts.description}); prepare more people, or choose others with split.test"
            )
        unused = np.concatenate([parts.unused, parts.test[~judged[parts.test]]])
        return replace(parts, test=test, unused=np.sort(unused))


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Folds, how each is judged, and how they are put together."""

    name: str
    folds: tuple[Fold, ...]
    rule: str = "eer"
    """By which each fold's threshold is chosen on its development rows (`metrics.thresholds`)."""
    species: str = "medium"
    """Column of a store whose values are the species of attacks: what errors are counted by, and of
    what the worst is taken. `attributes.NAME` is a column too."""
    over: Literal["folds", "attacks"] = "folds"
    """What an average is taken over (`protocols.average`)."""
    database: str | None = None
    """The database it is of; `None`: it is of none."""
    published: Published | None = None
    """What others reached by it."""
    apart: tuple[str, ...] = ()
    """Columns whose values no two parts may share, such as people."""
    unseen: tuple[str, ...] = ()
    """Columns whose values among the test rows no other part may have; `spoof.COLUMN` is of
    attacks alone."""
    fdr: float = 0.005
    """At which its detection rate is read; Sec. 4.1 takes 0.5 %."""

    def databases(self, fold: Fold) -> tuple[str, ...]:
        """The databases whose clips a fold wants."""
        if self.database is not None:
            return (self.database,)
        parts = () if fold.split is None else (fold.split.train, fold.split.dev, fold.split.test)
        return tuple(dict.fromkeys(name for part in parts for name in part.get("database", ())))

    def is_of(self, databases: Iterable[object]) -> bool:
        """Whether all rows are of the protocol's database, so that published results compare.

        `databases` are those of the rows.
        """
        return self.database is not None and set(databases) == {self.database}


def default_split(config: SplitConfig | None = None) -> Protocol:
    """What the databases state or the configuration says; what neither says is held out whole."""
    return Protocol(name="default split", folds=(Fold(name="all", split=config or SplitConfig()),))


def all_rows_test() -> Protocol:
    """Every row is test: for rows that the system never learnt from."""
    return Protocol(name="all rows", folds=(Fold(name="all", split=None),))


def by_people(
    name: str, database: str, folds: tuple[Fold, ...], published: Published, *unseen: str
) -> Protocol:
    """A database's own protocol, in which no part shares people with another.

    Args:
        name: the layout's, and the protocol's number.
        database: the database it is of.
        folds: the divisions.
        published: what others reached by it.
        unseen: columns whose values among the test rows no other part may have.
    """
    return Protocol(
        name=name,
        folds=folds,
        database=database,
        published=published,
        apart=("subject",),
        unseen=unseen,
    )


def leave_one_attack_out(
    attacks: Sequence[str],
    split: SplitConfig | None = None,
    *,
    database: str | None = None,
    published: Published | None = None,
) -> Protocol:
    """Unknown attacks: each medium in turn is in no row that trains or chooses (Sec. 4.3).

    Every fold has the same people in the same parts, and is judged on the live faces of the test
    people and on their faces with the attack held out.

    Args:
        attacks: the media to hold out, a fold each.
        split: of the people, by person unless it says otherwise.
        database: the database this is the protocol of, if of one.
        published: what others reached by it there.
    """
    split = split or SplitConfig()
    by_person = replace(split, group=split.group or "subject")
    return Protocol(
        name="leave one attack out",
        folds=tuple(
            Fold(
                name=f"without {medium}",
                split=replace(by_person, unseen={**split.unseen, "medium": [medium]}),
                attacks={"medium": [medium]},
            )
            for medium in attacks
        ),
        over="attacks",
        database=database,
        published=published,
    )


def _all_test(columns: Columns) -> Splits:
    none, count = np.empty(0, np.intp), len(columns["label"])
    return Splits(
        train=none,
        dev=none,
        test=np.arange(count),
        unused=none,
        description=f"test: every row ({count})",
    )
