"""From a configuration and a store to a finished run folder (`spooftrace.run_folder`)."""

import platform
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from spooftrace.config import Config, from_json
from spooftrace.data.batches.paired import PairedBatches
from spooftrace.data.files import write_whole
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle_info import BundleInfo, CropRule
from spooftrace.errors import CheckpointError, ConfigError
from spooftrace.evaluation.protocols.splits import Splits, split_rows
from spooftrace.export.onnx_file import export
from spooftrace.export.parity import Parity
from spooftrace.faces.crop import CROP_SIZE, ENLARGE, resize_face
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import Threshold
from spooftrace.run_folder import RunFolder, RunRecord, StoreRecord
from spooftrace.stdn.generator import Generator
from spooftrace.training import checkpoint
from spooftrace.training.checkpoint import Progress
from spooftrace.training.development import Development
from spooftrace.training.device import Device
from spooftrace.training.loop import Run, Watcher, train
from spooftrace.training.method import Method
from spooftrace.training.stdn import Stdn
from spooftrace.training.true_traces import TrueTraces
from spooftrace.version import __version__

UNSTATED = "not stated"
DECIDED_ON = 64
"""Most development faces on which bundle and networks are compared at export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run will do, before anything is written."""

    config: Config
    store: Store
    splits: Splits
    folder: RunFolder

    def record(self) -> RunRecord:
        """Contents of `config.json`."""
        media, origin = self.store.columns()["medium"], self.store.info.provenance
        return RunRecord(
            config=self.config.as_json(),
            config_hash=self.config.digest(),
            store=StoreRecord(
                source=origin.source,
                fingerprint=origin.source_fingerprint,
                landmarker=f"{origin.landmarker} {origin.landmarker_version}",
                media=tuple(sorted({media[row] for row in self.splits.train})),
                split=self.splits.description,
                rows={side: len(getattr(self.splits, side)) for side in ("train", "dev", "test")},
            ),
            versions={
                "spooftrace": __version__,
                "torch": torch.__version__,
                "python": platform.python_version(),
            },
        )


def plan(config: Config, store: Store, folder: Path) -> Plan:
    """Split the store; nothing is written.

    Raises:
        SplitError: a class is missing on a side.
        ConfigError: the method needs true traces, and the store has none.
    """
    splits = split_rows(store.columns(), config.split)
    if config.training.method == "true_traces" and not store.has_trace[splits.train].any():
        raise ConfigError(
            "training.method: 'true_traces' expected simulated spoofs with their true traces among "
            f"the {len(splits.train)} training rows, got none; make some with `spooftrace "
            "simulate`, or use the method 'stdn'"
        )
    return Plan(config=config, store=store, splits=splits, folder=RunFolder(folder))


def recorded_config(folder: Path) -> Config | None:
    """The configuration that a run folder has on record; None where there is no run."""
    record = RunFolder(folder).record()
    return None if record is None else from_json(record.config)


def execute(
    plan: Plan, *, device: torch.device, workers: int, resume: bool, watch: Watcher
) -> Progress:
    """Train as planned, from the newest checkpoint if `resume`, and export the best networks.

    Raises:
        ConfigError: the folder holds a run and `resume` is not set.
        CheckpointError, DivergedError, BundleError: as `training.loop.train` and `export` say.
    """
    run = _assemble(plan, device, workers)
    progress = _begin(plan, run, resume=resume)
    finished = train(run, progress, watch)
    export_run(plan.folder.path, faces=_decided_on(plan))
    return finished


def export_run(
    folder: Path,
    out: Path | None = None,
    *,
    licence: str = UNSTATED,
    alpha_0: float | None = None,
    threshold: Threshold | None = None,
    faces: NDArray[np.uint8] | None = None,
    eight_bits: bool = False,
) -> Parity:
    """Write the bundle of a run's best checkpoint to `out` (default: `model.onnx` in the folder).

    Args:
        folder: the run's.
        out: the bundle's file.
        licence: of the weights, as the bundle is to state it.
        alpha_0: weight of the trace in Eq. 3; `None`: the one of the run's last look.
        threshold: `None`: the one of the run's last look.
        faces: as `export.onnx_file.export` takes them.
        eight_bits: as it takes it.

    Raises:
        CheckpointError: the run has no best checkpoint, or it is damaged.
        BundleError: bundle and networks do not answer alike.
    """
    run = RunFolder(folder)
    best = trained(run.best, torch.device("cpu"))
    info = bundle_info(best.config, best.progress, licence)
    info = replace(
        info,
        alpha_0=info.alpha_0 if alpha_0 is None else alpha_0,
        threshold=threshold or info.threshold,
    )
    return export(best.generator, info, out or run.model, faces, eight_bits=eight_bits)


def build_method(config: Config, device: torch.device) -> Method:
    """The method that `training.method` names, with fresh weights."""
    match config.training.method:
        case "stdn":
            return Stdn.from_config(
                config.generator, config.discriminators, config.losses, config.training, device
            )
        case "true_traces":
            return TrueTraces.from_config(
                config.generator, config.true_traces, config.training, device
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """The network that answers, out of a checkpoint."""

    generator: Generator
    config: Config
    progress: Progress


def trained(path: Path, device: torch.device) -> Trained:
    """Read the answering network of a checkpoint.

    Raises:
        CheckpointError: there is no checkpoint, or it is damaged.
    """
    config = from_json(checkpoint.peek(path).config)
    method = build_method(config, device)
    progress = checkpoint.restore(path, method.parts)
    return Trained(generator=method.answering, config=config, progress=progress)


def _decided_on(plan: Plan) -> NDArray[np.uint8]:
    """Development faces at even distances, on which the exported bundle must decide as torch."""
    chosen = _evenly(plan.splits.dev, DECIDED_ON)
    size = plan.config.generator.image_size
    return np.stack([resize_face(plan.store.image(int(row)), size) for row in chosen])


def _evenly(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many of the rows, at even distances; 0: all of them."""
    if most == 0 or len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]


def _assemble(plan: Plan, device: torch.device, workers: int) -> Run:
    """The method, its batches and everything else that the loop needs."""
    config = plan.config
    method = build_method(config, device)
    if config.training.compile:
        for part in method.parts.values():
            if part.optimizer is not None:
                part.module.compile()
    batches = PairedBatches(
        plan.store,
        plan.splits.train,
        config=config.batches,
        augmentation=config.augmentation,
        image_size=config.generator.image_size,
        seed=config.training.seed,
        live_twins=config.training.method == "true_traces",
    )
    return Run(
        folder=plan.folder,
        method=method,
        batches=batches,
        store=plan.store,
        development_rows=_evenly(plan.splits.dev, config.training.development_rows),
        config=config.training,
        device=Device(device, config.generator.image_size),
        workers=workers,
    )


def _begin(plan: Plan, run: Run, *, resume: bool) -> Progress:
    """Where to start: fresh, or from the newest checkpoint; puts the configuration on record."""
    if plan.folder.config.exists() and not resume:
        raise ConfigError(
            f"{plan.folder.path}: holds a run already; continue it with --resume, or choose "
            "another --out"
        )
    record = plan.record()
    provenance = {key: asdict(record)[key] for key in ("config_hash", "store", "versions")}
    progress = Progress(step=0, config=record.config, provenance=provenance)
    latest = plan.folder.newest()
    if latest is not None:
        before = checkpoint.peek(latest)
        _check_same_experiment(latest, before, progress)
        checkpoint.restore(latest, run.method.parts)
        progress = replace(
            progress, step=before.step, development=before.development, best=before.best
        )
    _write_record(plan.folder, record)
    return progress


def _write_record(folder: RunFolder, record: RunRecord) -> None:
    try:
        write_whole(folder.config, record.to_json())
    except OSError as error:
        raise ConfigError(
            f"{folder.path}: expected a folder to write the run into, cannot write there "
            f"({error}); choose another --out"
        ) from error


def _check_same_experiment(path: Path, before: Progress, now: Progress) -> None:
    """A run goes on with the data, the split and the networks that it began with.

    Else faces that it has learnt from could become those that choose its checkpoint or judge it.
    """
    for name in ("fingerprint", "split", "rows"):
        old, new = before.provenance["store"][name], now.provenance["store"][name]
        if old != new:
            raise CheckpointError(
                f"{path}: the run began with another store or split ({name} {old}, now {new}); "
                "resume with the same store, or start a new run in another --out"
            )
    began = from_json(before.config).as_json()  # a field younger than the record has its default
    fixed = ("split", "generator", "discriminators")
    pairs = {name: (began[name], now.config[name]) for name in fixed}
    pairs["method"] = tuple(config["training"]["method"] for config in (began, now.config))
    for section, (old, new) in pairs.items():
        if old != new:
            raise CheckpointError(
                f"{path}: the run began with another configuration ({section} {old}, now {new}); "
                "resume without changing it, or start a new run in another --out"
            )


def bundle_info(config: Config, header: Progress, licence: str) -> BundleInfo:
    """What a run's bundle says of itself, with alpha_0 and threshold of its best look."""
    assert header.best is not None
    best, store = Development(**header.best), header.provenance["store"]
    return BundleInfo(
        package_version=__version__,
        image_size=config.generator.image_size,
        alpha_0=best.alpha_0,
        threshold=Threshold(
            value=best.threshold,
            rule="eer",
            split="dev",
            description=f"{store['split']}; EER {best.eer:.4f} at iteration {best.step}",
        ),
        media=tuple(Medium(medium) for medium in store["media"]),
        landmarker=store["landmarker"],
        crop=CropRule(size=CROP_SIZE, enlarge=ENLARGE),
        config_hash=config.digest(),
        licence=licence,
        trained_on=f"store {store['fingerprint']}",
        is_trained=True,
    )
