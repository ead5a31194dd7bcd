"""Score files: CSV, of this package or of any other system.

Needed     `label` (live or spoof; 0 is live, 1 is spoof), `score` (finite, higher is more spoof)
Optional   `id`, `clip`, `subject`, `medium`, `split`, `database`, `device`, `attack_potential`,
           `map_score`, `trace_score`; `matched` (yes or no: whether a face matcher accepts);
           `answer` or `no_answer` (yes or no: where there is none, `score` is empty);
           `group_NAME` (anything to tell rows apart by)
Without    `medium`: attacks are of one unknown species. `split`: every row is test.
Ignored    columns of any other name
"""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.scores.cells import Cells, as_text, number
from spooftrace.evaluation.scores.table import ScoreTable, Text
from spooftrace.labels import SPLIT_NAMES, Label, Medium
from spooftrace.metrics.rates import ATTACK_POTENTIALS, Scores

COLUMNS = ("id", "clip", "subject", "label", "medium", "split", "score")
"""The columns of a file that this package writes, in their order."""
OPTIONAL = ("database", "device", "attack_potential", "matched", "map_score", "trace_score")
"""Written behind them where known."""
GROUP = "group_"
"""Columns whose names begin so are groups."""
NEEDED = ("label", "score")

LABELS: Mapping[str, Label] = {
    **dict.fromkeys(("live", "0", "bonafide", "bona_fide", "bona fide"), Label.LIVE),
    **dict.fromkeys(("spoof", "1", "attack"), Label.SPOOF),
}
"""What a label may read, in small letters."""

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
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*shown, strict=True))


def read_scores(path: str | Path, groups: Sequence[str] = ()) -> ScoreTable:
    """Read a score file; `groups` names further columns to tell rows apart by.

    Raises:
        ScoreFileError: no such file, not UTF-8, a column is missing or a cell holds something
            else; the message names the line and the column.
    """
    cells = Cells.read(Path(path), NEEDED)
    _check_groups(cells, groups)
    label = np.array(cells.parsed("label", _label), dtype=np.int8)
    medium = cells.parsed("medium", _medium) or [None] * len(label)
    answered = _answered(cells)
    return ScoreTable(
        id=as_text(cells.ids()),
        label=label,
        medium=as_text(_media(cells, medium, label.tolist())),
        split=as_text(cells.parsed("split", _split) or ["test"] * len(label)),
        score=_scores(cells, answered),
        answered=answered,
        matched=_flags(cells, "matched"),
        device=cells.texts("device"),
        attack_potential=_potentials(cells),
        clip=cells.texts("clip"),
        subject=cells.texts("subject"),
        database=cells.texts("database"),
        map_score=cells.numbers("map_score"),
        trace_score=cells.numbers("trace_score"),
        groups=_groups(cells, groups),
    )


def _label(cell: str) -> Label:
    if cell.lower() not in LABELS:
        raise ValueError(f"expected live or 0, spoof or 1, got {cell!r}")
    return LABELS[cell.lower()]


def _medium(cell: str) -> Medium | None:
    if not cell:
        return None
    if cell not in set(Medium):
        known = ", ".join(medium.value for medium in Medium)
        raise ValueError(f"expected one of {known}, or nothing, got {cell!r}")
    return Medium(cell)


def _split(cell: str) -> str:
    if cell.lower() not in SPLIT_NAMES:
        raise ValueError(f"expected train, dev or test, got {cell!r}")
    return SPLIT_NAMES[cell.lower()]


def _media(cells: Cells, media: Sequence[Medium | None], labels: Sequence[int]) -> list[str]:
    """The media, filled in where unknown, checked against the labels."""
    filled = []
    for line, medium, label in zip(cells.lines, media, labels, strict=True):
        unstated = Medium.UNKNOWN if label == Label.SPOOF else Medium.LIVE
        if medium is not None and medium.label != label:
            said = f"expected a medium that is {Label(label).name.lower()}, got {medium.value!r}"
            raise cells.wrong(line, "medium", said)
        filled.append((medium or unstated).value)
    return filled


def _scores(cells: Cells, answered: NDArray[np.bool_] | None) -> Scores:
    """The scores; NaN where there was no answer, and only there."""
    if answered is None:
        return np.array(cells.parsed("score", number))
    rows = zip(cells.lines, cells.by_column["score"], answered, strict=True)
    return np.array([_score(cells, line, cell.strip(), bool(has)) for line, cell, has in rows])


def _score(cells: Cells, line: int, cell: str, has_answer: bool) -> float:
    if not has_answer:
        if cell.lower() in ("", "nan"):
            return math.nan
        said = f"expected an empty cell, because there was no answer, got {cell!r}"
        raise cells.wrong(line, "score", said)
    try:
        return number(cell)
    except ValueError as error:
        raise cells.wrong(line, "score", str(error)) from None


def _answered(cells: Cells) -> NDArray[np.bool_] | None:
    """Which rows have an answer: column `answer`, or its opposite `no_answer`."""
    found, opposite = _flags(cells, "answer"), _flags(cells, "no_answer")
    if found is not None and opposite is not None:
        raise ScoreFileError(
            f"{cells.path}, line 1: expected one of answer and no_answer, got both; leave one out"
        )
    return found if opposite is None else ~opposite


def _potentials(cells: Cells) -> Text | None:
    values = cells.parsed("attack_potential", _potential)
    return as_text(values) if any(values) else None


def _potential(cell: str) -> str | None:
    name = cell.lower().replace("_", "-").replace(" ", "-")
    if name and name not in ATTACK_POTENTIALS:
        raise ValueError(
            f"expected one of {', '.join(ATTACK_POTENTIALS)}, or nothing, got {cell!r}"
        )
    return name or None


def _flags(cells: Cells, column: str) -> NDArray[np.bool_] | None:
    return np.array(cells.parsed(column, _flag), np.bool_) if cells.has(column) else None


def _flag(cell: str) -> bool:
    if cell.lower() not in FLAGS:
        raise ValueError(f"expected yes or no, got {cell!r}")
    return FLAGS[cell.lower()]


def _groups(cells: Cells, named: Sequence[str]) -> dict[str, Text]:
    """The columns `group_*`, and those named, with their empty cells unknown."""
    prefixed = [name for name in cells.by_column if name.startswith(GROUP)]
    found = {name.removeprefix(GROUP): cells.texts(name) for name in [*prefixed, *named]}
    return {name: column for name, column in found.items() if column is not None}


def _check_groups(cells: Cells, named: Sequence[str]) -> None:
    missing = [name for name in named if not cells.has(name)]
    if missing:
        raise ScoreFileError(
            f"{cells.path}, line 1: expected a column {missing[0]} to group by, got "
            f"{', '.join(cells.by_column)}"
        )


def _words(flags: NDArray[np.bool_]) -> Text:
    return as_text(["yes" if flag else "no" for flag in flags])
