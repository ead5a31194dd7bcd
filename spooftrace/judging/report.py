"""From scores with their origin to the report, at a threshold whose origin is known."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.evaluation.estimates.estimate import ReportOptions
from spooftrace.evaluation.estimates.report import Report, build_report
from spooftrace.evaluation.protocols.operating import (
    development_threshold,
    is_of,
    oracle_threshold,
)
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.evaluation.scores import file as score_file
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.evaluation.tables.table import Table
from spooftrace.labels import Label
from spooftrace.metrics.thresholds import Threshold, fixed_threshold

if TYPE_CHECKING:  # a score file is judged without a detector and without a store
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.judging.changes import FaceChange

NEGATED = "scores negated: those of the file are higher for live faces, as stated"
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
    path: Path,
    groups: Sequence[str] = (),
    *,
    higher_is: Label = Label.SPOOF,
    title: str | None = None,
) -> Scored:
    """Anybody's score file.

    Args:
        path: the file.
        groups: further columns to tell rows apart by.
        higher_is: what its scores are higher for; those of live faces are negated.
        title: what the system is called; `None` is the file's path.

    Raises:
        ScoreFileError: there is no such file, or it is no score file.
    """
    table = score_file.read_scores(path, groups, higher_is=higher_is)
    notes = [*table.notes, *([NEGATED] if higher_is is Label.LIVE else [])]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    made = (("score file", f"{path.name} ({len(table)} rows)"), ("score file, sha256", digest))
    return Scored(table=table, system=title or str(path), notes=tuple(notes), provenance=made)


def report_on(
    scored: Scored,
    *,
    protocol: Protocol | None = None,
    split: str = "test",
    threshold: float | None = None,
    rule: str | None = None,
    oracle: bool = False,
    cluster: str | None = None,
) -> Report:
    """The report on scored rows; the arguments are those of `judge.judge`.

    Raises:
        SplitError: the split has no rows, or the threshold was chosen on it.
    """
    if protocol is not None and rule is None and has_development_rows(scored.table, split):
        rule = protocol.rule
    chosen, said = choose_threshold(scored, split, threshold, rule, oracle=oracle)
    return build_report(
        scored.table,
        chosen,
        system=scored.system,
        split=split,
        options=ReportOptions(cluster=cluster),
        notes=(*scored.notes, *said),
        provenance=scored.provenance,
        protocol=protocol,
        oracle=oracle,
    )


def choose_threshold(
    scored: Scored, split: str, stated: float | None, rule: str | None, *, oracle: bool = False
) -> tuple[Threshold | None, list[str]]:
    """The threshold, or `None`, and what must be said about it.

    In this order: the one stated; an oracle's, where one was asked for; the one a rule chooses on
    the development rows, where a rule was asked for; the bundle's; the equal-error threshold of the
    development rows.

    Raises:
        SplitError: there are no rows of both classes to choose it on.
        ConfigError: no such rule.
    """
    asked = asked_for(scored.table, split, stated, rule, oracle=oracle)
    if asked is not None:
        return asked, []
    found, said = scored.threshold, []
    if found is not None:
        said.append(f"the threshold is the bundle's{scored.threshold_caveat}")
    elif has_development_rows(scored.table, split):
        found = development_threshold(scored.table)
        said.append("the threshold was chosen on the development rows of these scores")
    if found is None:
        return None, ["no threshold was given and there are no development rows to choose one on"]
    if is_of(found, split):
        return None, [f"figures at a threshold are left out: it was chosen on these rows ({split})"]
    return found, said


def asked_for(
    table: ScoreTable, split: str, stated: float | None, rule: str | None, *, oracle: bool = False
) -> Threshold | None:
    """The one stated; an oracle's, where asked for; the rule's on the development rows; or none.

    Raises:
        SplitError: there are no rows of both classes to choose it on.
        ConfigError: no such rule.
    """
    if stated is not None:
        return fixed_threshold(stated, "the user")
    if oracle:
        return oracle_threshold(table, split, rule or "eer")
    return None if rule is None else development_threshold(table, rule)


def has_development_rows(table: ScoreTable, split: str) -> bool:
    """Whether there are rows to choose a threshold on that are not the rows reported on."""
    return split != "dev" and bool((table.split == "dev").any())
