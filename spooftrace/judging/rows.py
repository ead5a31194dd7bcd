"""Which rows of a store a detector may be judged on: never those that it learnt from.

A bundle says which store it was trained on, the record of its run beside it how that store was
divided. On any other store the detector knows nobody, and the division is free.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import ConfigError, SplitError, did_you_mean
from spooftrace.evaluation.protocols.protocol import Fold, Protocol
from spooftrace.evaluation.protocols.splits import SplitConfig, Splits, split_rows
from spooftrace.run_folder import RunFolder, RunRecord

UNRECORDED = "no record beside the bundle: default split"

Parts = NDArray[np.object_]
"""(n,): "train", "dev", "test" or "unused" of every row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """The parts of a store that a detector may be judged on."""

    splits: Splits
    is_own: bool
    """Whether the detector learnt from this store."""
    notes: tuple[str, ...]
    """How it was divided, in words."""

    @property
    def parts(self) -> Parts:
        """The part of every row."""
        return self.splits.names()


def divide(
    bundle: Bundle, store: Store, protocol: Protocol | None = None, *, fold: str | None = None
) -> Divided:
    """Divide a store by a protocol, without one as the detector's own run did, else by default.

    Args:
        bundle: the detector.
        store: where the faces are.
        protocol: which rows choose and which judge.
        fold: name of the protocol's fold; `None`: its only one, or the one by which the detector's
            own run was divided.

    Raises:
        SplitError: the bundle learnt from this store and nothing says from which rows, or rows are
            to be judged that it learnt from; or the store cannot be divided so.
        ConfigError: the record beside the bundle is damaged, or there is no such fold.
    """
    run = RunFolder(bundle.path.parent)
    recorded = run.record()
    its_own = recorded if recorded and _trained_on(bundle, recorded.store.fingerprint) else None
    fingerprint = store.info.provenance.source_fingerprint
    is_own = _trained_on(bundle, fingerprint) or (
        recorded is not None and recorded.store.fingerprint == fingerprint
    )
    if is_own and its_own is None:
        raise SplitError(
            f"{bundle.path}: expected {run.config.name} of its run beside a bundle that learnt "
            f"from this store, got {'that of another run' if recorded else 'none'}; which rows it "
            "learnt from is recorded in the run folder; evaluate the run folder"
        )
    split, columns = _split_config(its_own, run), store.columns()
    if protocol is None:
        splits = split_rows(columns, split)
        notes = (f"split: {splits.description}", *([] if its_own else [UNRECORDED]))
        return Divided(splits=splits, is_own=is_own, notes=notes)
    chosen = fold_of(protocol, split if its_own else None, fold)
    splits = chosen.divide(columns)
    if is_own:
        refuse_learnt(split_rows(columns, split).names(), splits.names())
    said = f"protocol: {protocol.name}, fold {chosen.name}; split: {splits.description}"
    return Divided(splits=splits, is_own=is_own, notes=(said,))


def fold_of(protocol: Protocol, learnt_by: SplitConfig | None, name: str | None) -> Fold:
    """The fold named, the only one, or the one by which a detector's own run was divided.

    Raises:
        ConfigError: there is no fold of that name, or none is named and it is not clear which.
    """
    names = [fold.name for fold in protocol.folds]
    if name is not None and name not in names:
        raise ConfigError(
            f"fold: protocol {protocol.name} has no fold {name!r}; {did_you_mean(name, names)}"
        )
    fitting = [
        fold
        for fold in protocol.folds
        if fold.name == name
        or (name is None and (len(names) == 1 or fold.split == learnt_by is not None))
    ]
    if len(fitting) != 1:
        raise ConfigError(
            f"fold: protocol {protocol.name} has {len(names)}, and the detector's run was divided "
            f"by {'none' if not fitting else 'several'} of them; name one: {', '.join(names)}"
        )
    return fitting[0]


def refuse_learnt(learnt: Parts, judged: Parts) -> None:
    """Refuse to judge rows that a detector was trained on or chosen by.

    Args:
        learnt: (n,) parts as the detector's own run divided the store.
        judged: (n,) parts as they are to be judged.

    Raises:
        SplitError: a test row is among its training or development rows, or a development row
            among its training rows.
    """
    for part, known in (("test", ("train", "dev")), ("dev", ("train",))):
        wanted = judged == part
        met = wanted & np.isin(learnt.astype(str), known)
        if met.any():
            raise SplitError(
                f"split: expected {part} rows that the detector never learnt from, got "
                f"{np.count_nonzero(met)} of {np.count_nonzero(wanted)} that are "
                f"{' or '.join(known)} rows of its own run: this is the store it was trained on; "
                "judge the rows that its run kept (leave --all-rows out), or another store"
            )


def at_most(
    count: int | None, rows: NDArray[np.intp], labels: Sequence[int], seed: int
) -> NDArray[np.intp]:
    """At most `count` rows of each class, drawn without replacement, in the order of the store.

    Args:
        count: of each class; `None` keeps every row.
        rows: (m,) the rows to draw from.
        labels: (n,) label of every row of the store.
        seed: of the draw.
    """
    if count is None:
        return rows
    rng, of_row = np.random.default_rng(seed), np.asarray(labels)[rows]
    classes = [rows[of_row == label] for label in np.unique(of_row)]
    kept = [rng.permutation(members)[:count] for members in classes]
    return np.sort(np.concatenate([np.empty(0, np.intp), *kept]))


def _trained_on(bundle: Bundle, fingerprint: str) -> bool:
    return bundle.info.trained_on == f"store {fingerprint}"


def _split_config(record: RunRecord | None, run: RunFolder) -> SplitConfig:
    """The split that the run was trained with, or the default where nothing is recorded."""
    if record is None:
        return SplitConfig()
    try:
        return TypeAdapter(SplitConfig).validate_json(json.dumps(record.config.get("split", {})))
    except (ValidationError, ConfigError) as error:
        said = str(error)
        if isinstance(error, ValidationError):
            problem = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in ("split", *problem["loc"]))
            said = f"{where}: {problem['msg']}, got {problem['input']!r}"
        raise ConfigError(f"{run.config}: config.{said}") from error
