"""Whether a store is what a protocol says: parts apart, nothing seen before, no clip missing."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.layouts.databases import DATABASES
from spooftrace.data.layouts.named import columns_of
from spooftrace.errors import SplitError
from spooftrace.evaluation.protocols.protocol import Fold, Protocol
from spooftrace.evaluation.protocols.splits import Splits
from spooftrace.evaluation.scores.columns import Columns, whole_keys
from spooftrace.labels import Label

_PARTS = ("train", "dev", "test")
_SHOWN = 5


def check_apart(protocol: Protocol, fold: Fold, columns: Columns, splits: Splits) -> None:
    """Refuse parts that share what the protocol keeps apart, or a picture.

    Raises:
        SplitError: naming the rows.
    """
    pairs = [
        *((name, pair) for name in protocol.apart for pair in combinations(_PARTS, 2)),
        *((name, (part, "test")) for name in protocol.unseen for part in ("train", "dev")),
    ]
    for name, (left, right) in pairs:
        _refuse_shared(protocol, fold, columns, splits, name, left, right)
    if "content" in columns:
        for left in ("train", "dev", "unused"):
            rows = getattr(splits, left)
            content = np.array(columns["content"], dtype=object)
            again = rows[np.isin(content[rows], content[splits.test])]
            # What no part wants may be anything; what was put aside for its picture may not.
            if left == "unused":
                again = again[_would_learn(fold, columns, again)]
            if again.size:
                raise SplitError(
                    f"{protocol.name}, fold {fold.name}: expected no picture of the test rows among"
                    f" those that learn, got {_ids(columns, again)}; the clips are copies of test"
                    " clips: remove them and prepare again"
                )


def missing_clips(fold: Fold, columns: Columns, databases: Sequence[str]) -> list[str]:
    """What the store lacks of a fold, clip by clip where the database's names are known.

    Args:
        fold: of a protocol.
        columns: of the store.
        databases: whose clips the fold wants.
    """
    lacking: list[str] = []
    there = set(zip(columns["database"], columns["clip"], strict=True))
    for database in DATABASES:
        if database.name not in databases or database.names is None:
            continue
        whole = columns_of(database, database.names())
        if list(databases) == [database.name]:
            splits = fold.divide(whole)
            wanted = np.concatenate([splits.train, splits.dev, splits.test])
        else:
            wanted = np.arange(len(whole["clip"]))
        lacking += [
            f"{database.name} {whole['clip'][row]}"
            for row in np.sort(wanted)
            if (database.name, whole["clip"][row]) not in there
        ]
    if fold.clips is not None:
        splits = fold.of_present(columns).divide(columns)
        parts = (np.concatenate([splits.train, splits.dev]), splits.test)
        words = ("training and development", "test")
        for rows, wanted_counts, word in zip(parts, fold.clips, words, strict=True):
            for label, count in zip(Label, wanted_counts, strict=True):
                found = len(
                    {
                        (columns["database"][r], columns["clip"][r])
                        for r in rows
                        if columns["label"][r] == label
                    }
                )
                if found < count:
                    name = label.name.lower()
                    lacking.append(f"{count - found} of {count} {name} {word} clips")
    return lacking


def lacks(protocol: Protocol, fold: Fold, lacking: Sequence[str]) -> str:
    """What to say of a store that lacks clips of a fold."""
    shown = ", ".join(lacking[:_SHOWN]) + (", ..." if len(lacking) > _SHOWN else "")
    return (
        f"{protocol.name}, fold {fold.name}: the store lacks {len(lacking)} of its clips ({shown});"
        " prepare the whole database (rejected.csv says what gave no face), or judge what is there"
        " with --incomplete, which marks every figure"
    )


def _refuse_shared(
    protocol: Protocol,
    fold: Fold,
    columns: Columns,
    splits: Splits,
    name: str,
    left: str,
    right: str,
) -> None:
    of, _, bound = name.partition(".")
    column = bound if of == "spoof" else name
    keys = whole_keys(columns, column)
    rows = {part: getattr(splits, part) for part in (left, right)}
    if of == "spoof":
        label = np.asarray(columns["label"], np.int8)
        rows = {part: at[label[at] == Label.SPOOF] for part, at in rows.items()}
    if keys is None or any(keys[row] is None for at in rows.values() for row in at):
        raise SplitError(
            f"{protocol.name}: expected the column {column} on every row, which it keeps apart; "
            "prepare the database by its layout (`spooftrace databases`)"
        )
    seen: Mapping[str, set[str | None]] = {
        part: {keys[row] for row in at} for part, at in rows.items()
    }
    both = seen[left] & seen[right]
    if both:
        shared = np.array([row for row in rows[right] if keys[row] in both], np.intp)
        raise SplitError(
            f"{protocol.name}, fold {fold.name}: expected no {column} of {right} in {left}, got "
            f"{', '.join(sorted(map(str, both))[:_SHOWN])} in rows {_ids(columns, shared)}; "
            "the store does not follow the protocol: prepare the database as it came"
        )


def _would_learn(fold: Fold, columns: Columns, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether rows would train or choose, were it not for their pictures."""
    without = {name: column for name, column in columns.items() if name != "content"}
    splits = fold.divide(without)
    return np.isin(rows, np.concatenate([splits.train, splits.dev]))


def _ids(columns: Columns, rows: NDArray[np.intp]) -> str:
    names = [str(columns["id"][row]) for row in rows[:_SHOWN]]
    return ", ".join(names) + (f", ... ({rows.size})" if rows.size > _SHOWN else "")
