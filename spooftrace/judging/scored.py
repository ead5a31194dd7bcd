"""The scores of a system, with everything that is known of where they come from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.evaluation.scores import file as score_file
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.evaluation.tables.table import Table
from spooftrace.labels import Label
from spooftrace.metrics.thresholds import Threshold

NEGATED = "scores negated: those of the file are higher for live faces, as stated"

if TYPE_CHECKING:  # a score file is judged without a detector and without a store
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.judging.changes import FaceChange


KEPT_FILE = ".unfinished-scores.jsonl"
"""Of a scoring that was stopped (`judging.kept`), in the folder where its results will go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFaces:
    """What it takes to look again at a face that was scored."""

    bundle: "Bundle"
    store: "Store"
    change: "FaceChange"
    row_of: Mapping[str, int]
    """Row of each id in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Scores, and their origin."""

    table: ScoreTable
    system: str
    """What was scored, in words."""
    notes: tuple[str, ...] = ()
    threshold: Threshold | None = None
    """The bundle's."""
    threshold_caveat: str = ""
    """What must be said of it on these faces."""
    question: str = ""
    """What was asked, fit for a folder's name: no two questions to one detector share one. Empty
    for scores that were read."""
    tables: tuple[Table, ...] = ()
    """What else was measured on the rows reported on."""
    provenance: tuple[tuple[str, str], ...] = ()
    """Where the scores come from: name and value."""
    faces: JudgedFaces | None = None
    """What panels can be drawn from."""


def read_scored(
    path: Path, groups: Sequence[str] = (), *, higher_is: Label = Label.SPOOF
) -> Scored:
    """Anybody's score file.

    Args:
        path: the file.
        groups: further columns to tell rows apart by.
        higher_is: what its scores are higher for; those of live faces are negated.

    Raises:
        ScoreFileError: there is no such file, or it is no score file.
    """
    table = score_file.read_scores(path, groups, higher_is=higher_is)
    notes = [*table.notes, *([NEGATED] if higher_is is Label.LIVE else [])]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    made = (("score file", f"{path.name} ({len(table)} rows)"), ("score file, sha256", digest))
    return Scored(table=table, system=str(path), notes=tuple(notes), provenance=made)
