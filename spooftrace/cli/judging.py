"""The scores that `spooftrace evaluate` judges: of a detector on a store, or of a file."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation import score_file
from spooftrace.evaluation.scores import ScoreTable, table_of_store
from spooftrace.evaluation.splits import SplitConfig, split_rows
from spooftrace.evaluation.table import Table
from spooftrace.metrics.thresholds import Threshold, fixed_threshold

if TYPE_CHECKING:
    from spooftrace.data.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.detector.scoring import RowScores

CONFIG_FILE = "config.json"
EQUALISED_PX = (8, 256)
"""Below, no face is left; above, nothing is reduced: faces in a store have 256 pixels a side."""
UNRECORDED = "no record beside the bundle: default split"
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
        from spooftrace.data.degradation import equalise

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

    table: ScoreTable
    system: str
    notes: tuple[str, ...]
    threshold: Threshold | None = None
    """The bundle's."""
    threshold_caveat: str = ""
    """What must be said of it on these faces."""
    folder: Path | None = None
    """Where results go unless the user says otherwise."""
    is_new: bool = False
    """Whether the scores were made here and are on no disk yet."""
    tables: tuple[Table, ...] = ()
    """What else was measured on the rows reported on."""


def from_scores(path: Path) -> Judged:
    """Anybody's score file."""
    return Judged(table=score_file.read_scores(path), system=str(path), notes=())


def from_store(
    target: Path, store_path: str, split: str, faces: Faces, *, all_rows: bool
) -> Judged:
    """Score the rows of `split` and the development rows with a run's or a file's bundle.

    Args:
        target: run folder or bundle.
        store_path: local folder or fsspec URL.
        split: the rows that will be reported on.
        faces: change of every face.
        all_rows: take every row as test.
    """
    from spooftrace.data.store import Store
    from spooftrace.detector.bundle import Bundle

    bundle, store = Bundle.load(target), Store.open(store_path)
    run = _run_record(bundle.path.parent / CONFIG_FILE)
    columns, is_own, unrecorded = store.columns(), _learnt_from(store, bundle, run), False
    if all_rows:
        _refuse_training_store(is_own)
        names = np.full(len(store), "test", dtype=object)
        divided = f"every row of {store_path} is test, as asked"
    else:
        unrecorded = _is_unrecorded(bundle, run, is_own)
        splits = split_rows(columns, _split_config(run, bundle.path.parent / CONFIG_FILE))
        names, divided = splits.names(), splits.description
    rows = np.flatnonzero((names == split) | (names == "dev"))
    scores = _score(bundle, store, rows, faces)
    by_name = {name: getattr(scores, name) for name in ("score", "map_score", "trace_score")}
    changed = faces.describe()
    # One folder per question, so that no answer replaces another.
    parts = ["evaluation", "" if split == "test" else split, changed]
    if not is_own:
        parts += [_store_name(store_path, store), "all-rows" if all_rows else ""]
    return Judged(
        table=table_of_store(columns, rows, names, by_name),
        system=_name(bundle),
        notes=(
            f"split: {divided}",
            *([UNRECORDED] if unrecorded else []),
            *([f"faces: {changed}, both classes alike"] if changed else []),
        ),
        threshold=bundle.info.threshold,
        threshold_caveat=", chosen on faces as they are; --rule eer adapts it" if changed else "",
        folder=target / "-".join(filter(None, parts)) if target.is_dir() else None,
        is_new=True,
        tables=_trace_tables(bundle, store, rows[names[rows] == split], faces),
    )


def _trace_tables(
    bundle: "Bundle", store: "Store", rows: NDArray[np.intp], faces: Faces
) -> tuple[Table, ...]:
    """How near the traces are to true ones, where the store holds some."""
    from spooftrace.detector.tracing import measure_traces

    if not store.has_trace[rows].any() or faces.transform() is not None:
        return ()  # of changed faces no true trace is known
    from spooftrace.evaluation.traces import trace_table
    from spooftrace.simulation.truth import touched

    measured = measure_traces(bundle, store, rows, touched)
    return (trace_table(store.columns(), measured.rows, measured.estimate, measured.nothing),)


def _name(bundle: "Bundle") -> str:
    made = f"configuration {bundle.info.config_hash}"
    return f"{bundle.path} (sha256 {bundle.sha256[:12]}, {made})"


def choose_threshold(
    judged: Judged, split: str, stated: float | None, rule: str | None
) -> tuple[Threshold | None, list[str]]:
    """The threshold to judge by, and what must be said about it.

    In this order: the one stated; the one a rule chooses on the development rows, where a rule was
    asked for; the bundle's; the equal-error threshold of the development rows.
    """
    from spooftrace.evaluation.report import development_threshold

    if stated is not None:
        return fixed_threshold(stated, "the user"), []
    if rule is not None:
        return development_threshold(judged.table, rule), []
    found, said = judged.threshold, []
    if found is not None:
        said.append(f"the threshold is the bundle's{judged.threshold_caveat}")
    elif split != "dev" and (judged.table.split == "dev").any():
        found = development_threshold(judged.table)
        said.append("the threshold was chosen on the development rows of these scores")
    if found is None:
        return None, ["no threshold was given and there are no development rows to choose one on"]
    if found.split == split:
        return None, [f"figures at a threshold are left out: it was chosen on these rows ({split})"]
    return found, said


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


def _run_record(path: Path) -> dict[str, Any]:
    """What the run recorded about itself; empty where the bundle lies by itself."""
    if not path.is_file():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: expected the JSON that training wrote, got: {error}") from error
    if not isinstance(record, dict):
        raise ConfigError(f"{path}: expected a JSON object, got {type(record).__name__}")
    return record


def _split_config(run: dict[str, Any], path: Path) -> SplitConfig:
    """The split that the run was trained with, or the default where nothing is recorded."""
    try:
        return TypeAdapter(SplitConfig).validate_json(json.dumps(run.get("split", {})))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in ("split", *problem["loc"]))
        raise ConfigError(f"{path}: {where}: {problem['msg']}, got {problem['input']!r}") from error


def _fingerprint(run: dict[str, Any]) -> object:
    """Of the store that a run's record names."""
    recorded = run.get("store", {})
    return recorded.get("fingerprint") if isinstance(recorded, dict) else None


def _learnt_from(store: "Store", bundle: "Bundle", run: dict[str, Any]) -> bool:
    """Whether the run's record or the bundle itself names the store as trained on."""
    fingerprint = store.info.provenance.source_fingerprint
    return fingerprint == _fingerprint(run) or bundle.info.trained_on == f"store {fingerprint}"


def _is_unrecorded(bundle: "Bundle", run: dict[str, Any], is_own: bool) -> bool:
    """Whether nothing tells the split; of the store learnt from that is an error."""
    known = _fingerprint(run)
    foreign = known is not None and bundle.info.trained_on != f"store {known}"
    if is_own and (not run or foreign):
        raise SplitError(
            f"{bundle.path}: expected {CONFIG_FILE} of its run beside a bundle that learnt from "
            f"this store, got {'that of another run' if foreign else 'none'}; which rows it learnt "
            "from is recorded in the run folder; evaluate the run folder"
        )
    return not run


def _store_name(store_path: str, store: "Store") -> str:
    """A name for folders: the last part of the path, and which source the store was made of."""
    last = re.split(r"[/\\]", store_path.rstrip("/\\"))[-1]
    plain = re.sub(r"[^\w.-]+", "_", last)
    return f"{plain}-{store.info.provenance.source_fingerprint[:8]}"


def _refuse_training_store(is_own: bool) -> None:
    if is_own:
        raise SplitError(
            "--all-rows: expected a store the detector never learnt from, got the one it was "
            "trained on; leave --all-rows out, and the test rows are judged"
        )
