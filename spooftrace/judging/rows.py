"""Which rows of a store a detector may be judged on: never those that it learnt from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation.protocols.splits import SplitConfig, split_rows

if TYPE_CHECKING:
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle

CONFIG_FILE = "config.json"
UNRECORDED = "no record beside the bundle: default split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """The parts of a store, as the run of a bundle divided it."""

    names: NDArray[np.object_]
    """(n,): "train", "dev" or "test" of every row."""
    is_own: bool
    """Whether the bundle learnt from this store."""
    notes: tuple[str, ...]
    """How it was divided, in words."""


def divide(bundle: "Bundle", store: "Store", store_path: str, *, all_rows: bool) -> Divided:
    """Divide a store as the run beside the bundle recorded, or by default where nothing is.

    Args:
        bundle: the detector.
        store: where the faces are.
        store_path: its name for messages.
        all_rows: take every row as test.

    Raises:
        SplitError: the bundle learnt from this store and nothing says from which rows.
    """
    run = _run_record(bundle.path.parent / CONFIG_FILE)
    is_own = _learnt_from(store, bundle, run)
    if all_rows:
        _refuse_training_store(is_own)
        names = np.full(len(store), "test", dtype=object)
        said = f"split: every row of {store_path} is test, as asked"
        return Divided(names=names, is_own=is_own, notes=(said,))
    unrecorded = _is_unrecorded(bundle, run, is_own)
    splits = split_rows(store.columns(), _split_config(run, bundle.path.parent / CONFIG_FILE))
    notes = (f"split: {splits.description}", *([UNRECORDED] if unrecorded else []))
    return Divided(names=splits.names(), is_own=is_own, notes=notes)


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


def _refuse_training_store(is_own: bool) -> None:
    if is_own:
        raise SplitError(
            "--all-rows: expected a store the detector never learnt from, got the one it was "
            "trained on; leave --all-rows out, and the test rows are judged"
        )
