"""The report: what a system's scores amount to, how sure that is, where its threshold came from.

A threshold is chosen elsewhere (`evaluation.protocols.operating`) or stated; `build_report` takes
it ready-made, and refuses one that was chosen on the rows reported on unless it is told that it is
an oracle's.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from spooftrace.errors import NoSamplesError, SplitError
from spooftrace.evaluation.estimates.curves import Curves, curves_of, probabilities_of
from spooftrace.evaluation.estimates.estimate import ReportOptions, Section, parts_of, section_of
from spooftrace.evaluation.estimates.worst import WorstFace, worst_faces
from spooftrace.evaluation.protocols.operating import development_calibration, is_of
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.thresholds import Threshold
from spooftrace.version import __version__

SCHEMA_VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `spooftrace evaluate` prints and writes."""

    system: str
    """What was judged, for instance the path of its bundle."""
    split: str
    """The rows reported on."""
    threshold: Threshold | None
    is_oracle: bool
    """Whether the threshold was chosen on the rows reported on; then every figure is marked."""
    sections: tuple[Section, ...]
    """All rows pooled, then each source, device and group where there are several."""
    notes: tuple[str, ...]
    options: ReportOptions
    curves: Curves | None
    faces: tuple[WorstFace, ...]
    """The live faces of the highest scores and the attacks of the lowest."""
    provenance: tuple[tuple[str, str], ...]
    """What the figures were made of: name and value."""
    protocol: Protocol | None = None
    """Of which these rows are the test rows; `None`: of none that is stated."""
    schema_version: int = SCHEMA_VERSION
    package_version: str = __version__

    @property
    def pooled(self) -> Section:
        """The figures of all rows."""
        return self.sections[0]


def build_report(
    table: ScoreTable,
    threshold: Threshold | None,
    *,
    system: str,
    split: str = "test",
    options: ReportOptions | None = None,
    notes: Sequence[str] = (),
    provenance: Sequence[tuple[str, str]] = (),
    protocol: Protocol | None = None,
    oracle: bool = False,
) -> Report:
    """Judge the rows of one split.

    Args:
        table: the scores; of other splits, the development rows calibrate probabilities.
        threshold: from other rows or stated. `None`: only figures that need none.
        system: what is judged, in words.
        split: "test", "dev" or "train".
        options: intervals.
        notes: anything else a reader must know (how faces were changed, say).
        provenance: where the scores come from.
        protocol: of which these rows are the test rows.
        oracle: allow a threshold chosen on the rows reported on, and mark every figure.

    Raises:
        SplitError: the threshold was chosen on the split reported on, the split has no row, or a
            row is not of the protocol's database.
        NoSamplesError: the rows define no figure.
    """
    options = options or ReportOptions()
    is_oracle = is_of(threshold, split)
    if is_oracle and not oracle:
        assert threshold is not None
        raise SplitError(
            "report: expected a threshold from other rows than those reported on, got one chosen "
            f"on {threshold.split} by {threshold.rule} for a report on {split}; report on test, "
            "leave the threshold out, or ask for what nobody can have (--oracle)"
        )
    judged, rng = _rows_of(table, split), np.random.default_rng(options.seed)
    databases = () if judged.database is None else judged.database.tolist()
    if protocol is not None and protocol.database and not protocol.is_of(databases):
        raise SplitError(
            f"report: expected every row of database {protocol.database}, of which protocol "
            f"{protocol.name} is, got {_listed(databases)}; state it in the column database, or "
            "leave the protocol out"
        )
    value = None if threshold is None else threshold.value
    calibration = None if split == "dev" else development_calibration(table)
    probabilities, origin = probabilities_of(judged, calibration)
    parts = parts_of(judged, probabilities, options.cluster)
    sections = [section_of(part, value, options, rng, is_oracle=is_oracle) for part in parts]
    if not sections[0].estimates:
        raise NoSamplesError(
            f"report: expected live and spoof rows in split {split}, got {sections[0].live} live "
            f"and {sum(sections[0].attacks.values())} spoof, and no threshold to judge them by"
        )
    level = options.resampling.level
    return Report(
        system=system,
        split=split,
        threshold=threshold,
        is_oracle=is_oracle,
        sections=tuple(sections),
        notes=tuple(notes),
        options=options,
        curves=curves_of(judged, parts[0].clusters, probabilities, origin, rng, level),
        faces=tuple(worst_faces(judged, value)),
        provenance=(*provenance, *_own_provenance(judged, split, threshold, options)),
        protocol=protocol,
    )


def _listed(databases: Sequence[object]) -> str:
    return ", ".join(sorted({str(name) for name in databases})) or "rows that state none"


def _rows_of(table: ScoreTable, split: str) -> ScoreTable:
    rows = table.split == split
    if not rows.any():
        names = sorted(set(table.split))
        held = ", ".join(f"{np.count_nonzero(table.split == name)} of {name}" for name in names)
        raise SplitError(
            f"report: expected rows of split {split}, got {held or 'no rows'}; report on another "
            f"split (--split), or state which rows are {split}"
        )
    return table.rows(rows)


def _own_provenance(
    table: ScoreTable, split: str, threshold: Threshold | None, options: ReportOptions
) -> list[tuple[str, str]]:
    """What was judged and how, by hashes that change when anything of it does."""
    rows = hashlib.sha256()
    for column in (table.id, table.label, table.medium):
        rows.update("\0".join(map(str, column)).encode())
    rows.update(table.score.tobytes())
    drawn = options.resampling
    chosen = None if threshold is None else asdict(threshold)
    configured = json.dumps({"split": split, "threshold": chosen, "options": asdict(options)})
    return [
        ("rows and scores, sha256", rows.hexdigest()[:16]),
        ("evaluation settings, sha256", hashlib.sha256(configured.encode()).hexdigest()[:16]),
        ("intervals", f"{drawn.level:.0%}, {drawn.rounds} draws, seed {options.seed}"),
        ("spooftrace", __version__),
    ]
