"""Scoring the rows of a store that a detector may be judged on."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import SCORE_NAMES, Bundle
from spooftrace.detector.scoring import score_rows
from spooftrace.detector.tracing import measure_traces
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.evaluation.scores.table import ScoreTable, table_of_store
from spooftrace.evaluation.tables.table import Table
from spooftrace.evaluation.tables.traces import trace_table
from spooftrace.judging.changes import FaceChange, Picture
from spooftrace.judging.kept import KeptScores
from spooftrace.judging.report import JudgedFaces, Scored
from spooftrace.judging.rows import Divided, divide
from spooftrace.simulation.truth import touched

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all)."""


def score_store(
    bundle: Bundle,
    store: Store,
    *,
    protocol: Protocol | None = None,
    fold: str | None = None,
    split: str = "test",
    change: FaceChange | None = None,
    groups: Sequence[str] = (),
    keep: Path | None = None,
    progress: Progress | None = None,
) -> Scored:
    """Score the rows of `split` and the development rows, none of which the detector learnt from.

    Args:
        bundle: the detector; needs no threshold.
        store: where the faces are.
        protocol: which rows choose and which judge; `None`: as the detector's own run was divided.
        fold: name of the protocol's fold, as `rows.divide` takes it.
        split: the rows that will be reported on, "test" or "dev".
        change: what is done to every face first.
        groups: further columns to tell rows apart by.
        keep: file that holds the scores until all are made (`KeptScores`), so that a scoring that
            was stopped goes on; delete it once they are written elsewhere.
        progress: of the scoring.

    Raises:
        SplitError: as `rows.divide`, or there is no such column to group by.
        StoreError, BundleError: a row cannot be decoded, or a score is not finite.
    """
    change = change or FaceChange()
    divided = divide(bundle, store, protocol, fold=fold)
    parts, columns = divided.parts, store.columns()
    rows = np.flatnonzero((parts == split) | (parts == "dev"))
    if keep is None:
        found = score_rows(bundle, store, rows, transform=change.function(), progress=progress)
        scores = {name: getattr(found, name) for name in SCORE_NAMES}
    else:
        scores = KeptScores(keep, bundle, store, change).score(rows, progress)
    species = "medium" if protocol is None else protocol.species
    table = table_of_store(columns, rows, parts, scores, groups, species=species)
    changed = f"faces: {change}, both classes alike"
    return Scored(
        table=table,
        system=name_of(bundle),
        notes=(*divided.notes, *([changed] if change else [])),
        threshold=bundle.info.threshold,
        threshold_caveat=", chosen on faces as they are; --rule eer adapts it" if change else "",
        question=_question(store, divided, split, change, protocol, fold),
        # Of changed faces no true trace is known.
        tables=() if change else _trace_tables(bundle, store, rows[parts[rows] == split]),
        provenance=(
            ("store", store.path),
            ("store, fingerprint of its source", store.info.provenance.source_fingerprint),
            ("bundle, sha256", bundle.sha256),
            ("bundle, configuration hash", bundle.info.config_hash),
            ("bundle, trained on", bundle.info.trained_on),
        ),
        faces=JudgedFaces(
            bundle=bundle,
            store=store,
            change=change,
            row_of={columns["id"][row]: row for row in rows.tolist()},
        ),
    )


def table_of_rows(
    bundle: Bundle,
    store: Store,
    rows: NDArray[np.intp],
    *,
    transform: Callable[[Picture], Picture] | None = None,
) -> ScoreTable:
    """Scores of test rows of a store, as evaluation takes them.

    Args:
        bundle: the detector.
        store: where the faces are.
        rows: (m,) their numbers; it is the caller's to know that they may be judged.
        transform: applied to each crop, (256, 256, 3) uint8 RGB, from several threads.
    """
    scores = score_rows(bundle, store, rows, transform=transform)
    by_name = {name: getattr(scores, name) for name in SCORE_NAMES}
    return table_of_store(store.columns(), rows, np.full(len(store), "test", object), by_name)


def name_of(bundle: Bundle) -> str:
    """What is judged: file, hash and configuration."""
    made = f"configuration {bundle.info.config_hash}"
    return f"{bundle.path} (sha256 {bundle.sha256[:12]}, {made})"


def _trace_tables(bundle: Bundle, store: Store, rows: NDArray[np.intp]) -> tuple[Table, ...]:
    """How near the traces are to true ones, where the store holds some."""
    if not store.has_trace[rows].any():
        return ()
    measured = measure_traces(bundle, store, rows, touched)
    return (trace_table(store.columns(), measured.rows, measured.estimate, measured.nothing),)


def _question(
    store: Store,
    divided: Divided,
    split: str,
    change: FaceChange,
    protocol: Protocol | None,
    fold: str | None,
) -> str:
    """One name a question, so that no answer replaces another."""
    asked = ["evaluation", "" if split == "test" else split, str(change)]
    if not divided.is_own:
        # The last part of the path, and which source the store was made of.
        last = re.split(r"[/\\]", store.path.rstrip("/\\"))[-1]
        asked.append(f"{_plain(last)}-{store.info.provenance.source_fingerprint[:8]}")
    asked += ["" if protocol is None else _plain(protocol.name), _plain(fold or "")]
    return "-".join(filter(None, asked))


def _plain(name: str) -> str:
    """Fit for a folder's name."""
    return re.sub(r"[^\w.-]+", "_", name)
