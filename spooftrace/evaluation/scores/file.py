"""Score files: tables in CSV of any dialect (`data.tables`), of this package or any other system.

Needed     `label` (live or spoof, or a word for it; 0 is live, 1 is spoof), `score` (finite, higher
           is more spoof)
Optional   `id`, `clip`, `subject`, `medium`, `split`, `database`, `device`, `attack_potential`,
           `map_score`, `trace_score`; `matched` (yes or no: whether a face matcher accepts);
           `answer` or `no_answer` (yes or no: where there is none, `score` is empty);
           `group_NAME` (anything to tell rows apart by)
Without    `medium`: attacks are of one unknown species. `split`: every row is test.
Ignored    columns of any other name, unless it is nearly one of these
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, TypeAdapter

from spooftrace.data import tables
from spooftrace.data.csv_text import csv_text
from spooftrace.data.tables import Table, read_table
from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.scores.table import ScoreTable, Text, as_text
from spooftrace.labels import Label, agreed_medium, plain
from spooftrace.metrics.rates import ATTACK_POTENTIALS, Scores

COLUMNS = ("id", "clip", "subject", "label", "medium", "split", "score")
"""The columns of a file that this package writes, in their order."""
OPTIONAL = ("database", "device", "attack_potential", "matched", "map_score", "trace_score")
"""Written behind them where known."""
GROUP = "group_"
"""Columns whose names begin so are groups."""
NEEDED = ("label", "score")
KNOWN = (*COLUMNS, *OPTIONAL, "answer", "no_answer")

FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("yes", "1", "true"), True),
    **dict.fromkeys(("no", "0", "false"), False),
}
"""What yes and no may read, in small letters."""


def write_scores(table: ScoreTable, path: str | Path) -> None:
    """Write a score file; numbers are written so that reading gives the same ones back."""
    columns = table.columns()
    columns["label"] = as_text([Label(label).name.lower() for label in table.label])
    if table.matched is not None:
        columns["matched"] = _words(table.matched)
    if table.answered is not None:
        columns["answer"] = _words(table.answered)
        rows = zip(table.score.tolist(), table.answered, strict=True)
        columns["score"] = np.array([score if has else None for score, has in rows], dtype=object)
    columns |= {GROUP + name: column for name, column in table.groups.items()}
    optional = (*OPTIONAL, "answer", *(GROUP + name for name in table.groups))
    names = [*COLUMNS, *(name for name in optional if name in columns)]
    empty = np.full(len(table), None, dtype=object)
    shown = [columns.get(name, empty).tolist() for name in names]
    Path(path).write_text(csv_text(names, zip(*shown, strict=True)), encoding="utf-8", newline="")


def read_scores(
    path: str | Path, groups: Sequence[str] = (), *, higher_is: Label = Label.SPOOF
) -> ScoreTable:
    """Read a score file.

    Args:
        path: the file.
        groups: further columns to tell rows apart by.
        higher_is: what the system's scores are higher for; those of live faces are negated.

    Raises:
        ScoreFileError: no such file, not a table, a column is missing or a cell holds something
            else; the message names the line and the column.
    """
    table = read_table(Path(path), KNOWN, NEEDED, ScoreFileError)
    _check_groups(table, groups)
    label = table.values("label", tables.LABELS)
    answered = _answered(table)
    score = _scores(table, answered)
    return ScoreTable(
        id=_ids(table),
        label=np.array(label, dtype=np.int8),
        medium=as_text(_media(table, label)),
        split=_splits(table),
        score=score if higher_is is Label.SPOOF else -score,
        answered=answered,
        matched=_flags(table, "matched"),
        device=_text(table, "device"),
        attack_potential=_potentials(table),
        clip=_text(table, "clip"),
        subject=_text(table, "subject"),
        database=_text(table, "database"),
        map_score=_numbers(table, "map_score"),
        trace_score=_numbers(table, "trace_score"),
        groups=_groups(table, groups),
        has_ids=table.has("id"),
        notes=table.notes,
    )


def _ids(table: Table) -> Text:
    """The ids, all different; the row's number where the file has none."""
    if not table.has("id"):
        return as_text([str(number) for number in range(len(table))])
    ids = [cell.strip() for cell in table.columns["id"]]
    if all(ids) and len(set(ids)) == len(ids):
        return as_text(ids)
    seen: dict[str, int] = {}
    for row, name in enumerate(ids):
        if not name:
            raise table.wrong(row, "id", "expected a name, got an empty cell")
        if name in seen:
            line = table.lines[seen[name]]
            raise table.wrong(
                row, "id", f"expected a name of its own, got {name!r} of line {line} again"
            )
        seen[name] = row
    raise AssertionError("an empty name, or one that stands there twice")


def _splits(table: Table) -> Text:
    """The parts; every row is test where the file does not say."""
    if not table.has("split"):
        return as_text(["test"] * len(table))
    splits: list[str] = table.values("split", tables.SPLITS)
    return as_text(splits)


def _media(table: Table, labels: Sequence[Label]) -> list[str]:
    """The media, filled in where unknown, checked against the labels."""
    if not table.has("medium"):
        return [agreed_medium(label, None).value for label in labels]
    media = table.values("medium", tables.MEDIA)
    names = {}
    for pair in set(zip(labels, media, strict=True)):
        try:
            names[pair] = agreed_medium(*pair).value
        except ValueError as error:
            row = list(zip(labels, media, strict=True)).index(pair)
            raise table.wrong(row, "medium", str(error)) from error
    return [names[pair] for pair in zip(labels, media, strict=True)]


def _scores(table: Table, answered: NDArray[np.bool_] | None) -> Scores:
    """The scores; NaN where there was no answer, and only there."""
    if answered is None:
        return np.array(table.numbers("score"))
    cells = list(table.columns["score"])
    for row in np.flatnonzero(~answered):
        if cells[row].strip().lower() not in ("", "nan"):
            said = f"expected an empty cell, because there was no answer, got {cells[row]!r}"
            raise table.wrong(int(row), "score", said)
        cells[row] = "0"
    filled = replace(table, columns={**table.columns, "score": cells})
    scores = np.array(filled.numbers("score"))
    scores[~answered] = np.nan
    return scores


def _answered(table: Table) -> NDArray[np.bool_] | None:
    """Which rows have an answer: column `answer`, or its opposite `no_answer`."""
    found, opposite = _flags(table, "answer"), _flags(table, "no_answer")
    if found is not None and opposite is not None:
        raise ScoreFileError(
            f"{table.path}, line 1: expected one of answer and no_answer, got both; leave one out"
        )
    return found if opposite is None else ~opposite


def _text(table: Table, column: str) -> Text | None:
    """A column that may be missing or empty; single empty cells are unknown."""
    cells = table.texts(column)
    return as_text(cells) if cells and any(cells) else None


def _numbers(table: Table, column: str) -> Scores | None:
    return np.array(table.numbers(column)) if table.has(column) else None


def _potentials(table: Table) -> Text | None:
    if not table.has("attack_potential"):
        return None
    found = table.values("attack_potential", _POTENTIALS)
    return as_text(found) if any(found) else None


def _potential(cell: str) -> str | None:
    name = plain(cell).replace("_", "-")
    if name and name not in ATTACK_POTENTIALS:
        raise ValueError(
            f"expected one of {', '.join(ATTACK_POTENTIALS)}, or nothing, got {cell!r}"
        )
    return name or None


def _flags(table: Table, column: str) -> NDArray[np.bool_] | None:
    return np.array(table.values(column, _FLAGS), np.bool_) if table.has(column) else None


def _flag(cell: str) -> bool:
    word = cell.strip().lower().removesuffix(".0")
    if word not in FLAGS:
        raise ValueError(f"expected yes or no, got {cell!r}")
    return FLAGS[word]


_POTENTIALS: Final = TypeAdapter(list[Annotated[str | None, BeforeValidator(_potential)]])
_FLAGS: Final = TypeAdapter(list[Annotated[bool, BeforeValidator(_flag)]])


def _groups(table: Table, named: Sequence[str]) -> dict[str, Text]:
    """The columns `group_*`, and those named, with their empty cells unknown."""
    prefixed = [name for name in table.columns if name.startswith(GROUP)]
    found = {name.removeprefix(GROUP): _text(table, name) for name in [*prefixed, *named]}
    return {name: column for name, column in found.items() if column is not None}


def _check_groups(table: Table, named: Sequence[str]) -> None:
    missing = [name for name in named if not table.has(name)]
    if missing:
        raise ScoreFileError(
            f"{table.path}, line 1: expected a column {missing[0]} to group by, got "
            f"{', '.join(table.columns)}"
        )


def _words(flags: NDArray[np.bool_]) -> Text:
    return as_text(["yes" if flag else "no" for flag in flags])
