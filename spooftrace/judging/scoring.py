"""The scores that `spooftrace evaluate` judges: of a detector on a store, or of a file."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ConfigError
from spooftrace.judging.rows import divide

if TYPE_CHECKING:
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.detector.scoring import RowScores
    from spooftrace.evaluation.scores.table import ScoreTable
    from spooftrace.evaluation.tables.table import Table
    from spooftrace.metrics.thresholds import Threshold

EQUALISED_PX = (8, 256)
"""Below, no face is left; above, nothing is reduced: faces in a store have 256 pixels a side."""
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """What is done to every face before it is judged."""

    size_px: int | None = None
    """Reduce to so many pixels a side and back; `None`: faces as they are."""
    grey_world: bool = False
    """Also remove colour casts."""

    def __post_init__(self) -> None:
        low, high = EQUALISED_PX
        if self.size_px is not None and not low <= self.size_px <= high:
            raise ConfigError(
                f"--equalise: expected {low} to {high} pixels a side, got {self.size_px}"
            )

    def transform(self) -> Callable[[Picture], Picture] | None:
        """The change as a function of one face, or `None`."""
        if self.size_px is None:
            return None
        from spooftrace.data.batches.degradation import equalise

        size_px, grey_world = self.size_px, self.grey_world
        return lambda image: equalise(image, size_px, grey_world=grey_world)

    def describe(self) -> str:
        """The change in words, as part of a file name too."""
        if self.size_px is None:
            return ""
        return f"equalised-{self.size_px}px" + ("-grey-world" if self.grey_world else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Scores, and what is known about where they come from."""

    table: "ScoreTable"
    system: str
    notes: tuple[str, ...]
    threshold: "Threshold | None" = None
    """The bundle's."""
    threshold_caveat: str = ""
    """What must be said of it on these faces."""
    folder: Path | None = None
    """Where results go unless the user says otherwise."""
    is_new: bool = False
    """Whether the scores were made here and are on no disk yet."""
    tables: "tuple[Table, ...]" = ()
    """What else was measured on the rows reported on."""
    provenance: tuple[tuple[str, str], ...] = ()
    """Where the scores come from: name and value."""
    shown: "Shown | None" = None
    """What panels can be drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What it takes to look at a face that was judged."""

    bundle: "Bundle"
    store: "Store"
    faces: Faces
    row_of: Mapping[str, int]
    """Row of each id in the store."""


def from_scores(path: Path, groups: Sequence[str] = ()) -> Judged:
    """Anybody's score file."""
    from spooftrace.evaluation.scores import file as score_file

    table = score_file.read_scores(path, groups)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    made = (("score file", f"{path.name} ({len(table)} rows)"), ("score file, sha256", digest))
    return Judged(table=table, system=str(path), notes=(), provenance=made)


def from_store(
    target: Path,
    store_path: str,
    split: str,
    faces: Faces,
    *,
    all_rows: bool,
    groups: Sequence[str] = (),
) -> Judged:
    """Score the rows of `split` and the development rows with a run's or a file's bundle.

    Args:
        target: run folder or bundle.
        store_path: local folder or fsspec URL.
        split: the rows that will be reported on.
        faces: change of every face.
        all_rows: take every row as test.
        groups: further columns to tell rows apart by.
    """
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.evaluation.scores.table import table_of_store

    bundle, store = Bundle.load(target), Store.open(store_path)
    divided = divide(bundle, store, store_path, all_rows=all_rows)
    columns, names = store.columns(), divided.names
    rows = np.flatnonzero((names == split) | (names == "dev"))
    scores = _score(bundle, store, rows, faces)
    by_name = {name: getattr(scores, name) for name in ("score", "map_score", "trace_score")}
    changed = faces.describe()
    # One folder per question, so that no answer replaces another.
    parts = ["evaluation", "" if split == "test" else split, changed]
    if not divided.is_own:
        parts += [_store_name(store_path, store), "all-rows" if all_rows else ""]
    return Judged(
        table=table_of_store(columns, rows, names, by_name, groups),
        system=name_of(bundle),
        notes=(
            *divided.notes,
            *([f"faces: {changed}, both classes alike"] if changed else []),
        ),
        threshold=bundle.info.threshold,
        threshold_caveat=", chosen on faces as they are; --rule eer adapts it" if changed else "",
        folder=target / "-".join(filter(None, parts)) if target.is_dir() else None,
        is_new=True,
        tables=_trace_tables(bundle, store, rows[names[rows] == split], faces),
        provenance=_provenance(bundle, store, store_path),
        shown=Shown(
            bundle=bundle,
            store=store,
            faces=faces,
            row_of={columns["id"][row]: int(row) for row in rows},
        ),
    )


def _provenance(bundle: "Bundle", store: "Store", store_path: str) -> tuple[tuple[str, str], ...]:
    return (
        ("store", store_path),
        ("store, fingerprint of its source", store.info.provenance.source_fingerprint),
        ("bundle, sha256", bundle.sha256),
        ("bundle, configuration hash", bundle.info.config_hash),
        ("bundle, trained on", bundle.info.trained_on),
    )


def _trace_tables(
    bundle: "Bundle", store: "Store", rows: NDArray[np.intp], faces: Faces
) -> "tuple[Table, ...]":
    """How near the traces are to true ones, where the store holds some."""
    from spooftrace.detector.tracing import measure_traces

    if not store.has_trace[rows].any() or faces.transform() is not None:
        return ()  # of changed faces no true trace is known
    from spooftrace.evaluation.tables.traces import trace_table
    from spooftrace.simulation.truth import touched

    measured = measure_traces(bundle, store, rows, touched)
    return (trace_table(store.columns(), measured.rows, measured.estimate, measured.nothing),)


def name_of(bundle: "Bundle") -> str:
    """What was judged: file, hash and configuration."""
    made = f"configuration {bundle.info.config_hash}"
    return f"{bundle.path} (sha256 {bundle.sha256[:12]}, {made})"


def _score(bundle: "Bundle", store: "Store", rows: NDArray[np.intp], faces: Faces) -> "RowScores":
    """Score the rows under a progress bar on stderr."""
    from rich.console import Console
    from rich.progress import Progress

    from spooftrace.detector.scoring import score_rows

    console = Console(stderr=True)
    quiet = not console.is_terminal  # a transient bar would leave an empty line in a log
    with Progress(console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task("scoring", total=len(rows))
        return score_rows(
            bundle,
            store,
            rows,
            transform=faces.transform(),
            progress=lambda done, _: progress.update(task, completed=done),
        )


def _store_name(store_path: str, store: "Store") -> str:
    """A name for folders: the last part of the path, and which source the store was made of."""
    last = re.split(r"[/\\]", store_path.rstrip("/\\"))[-1]
    plain = re.sub(r"[^\w.-]+", "_", last)
    return f"{plain}-{store.info.provenance.source_fingerprint[:8]}"
