"""The loop around the iteration: learning rate, journal, development, checkpoints."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from spooftrace.data.batches.paired import PairedBatches
from spooftrace.data.store.store import Store
from spooftrace.run_folder import RunFolder
from spooftrace.training import checkpoint, development, pictures
from spooftrace.training.batch import PairedBatch
from spooftrace.training.checkpoint import Progress
from spooftrace.training.development import Development
from spooftrace.training.device import Device
from spooftrace.training.journal import Journal
from spooftrace.training.meter import Meter
from spooftrace.training.method import Method, set_rate
from spooftrace.training.schedule import TrainingConfig, learning_rate
from spooftrace.training.settling import settled

Watcher = Callable[[int, Mapping[str, float]], None]
"""Called after every iteration with their number, and with the journal's values when a line was
written. Where it raises `KeyboardInterrupt`, a checkpoint of that iteration is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that a training run is made of."""

    folder: RunFolder
    method: Method
    batches: PairedBatches
    store: Store
    development_rows: NDArray[np.intp]
    config: TrainingConfig
    device: Device
    workers: int


def train(run: Run, progress: Progress, watch: Watcher) -> Progress:
    """Train from where `progress` stands to the last iteration.

    Raises:
        DivergedError: a loss is not finite; no optimiser has moved on it, the last good checkpoint
            stays.
        CheckpointError: a checkpoint could not be written.
    """
    journal = Journal(run.folder, resumed_at=progress.step)
    meter = Meter(last_good=lambda: _last_good(run))
    try:
        for step, batch in _batches(run, progress.step):
            set_rate(run.method, learning_rate(run.config, step))
            meter.add(step, run.method.step(batch), images=2 * len(batch.live))
            progress = replace(progress, step=step + 1)
            values = _log(run, progress.step, batch, meter, journal)
            progress = _keep(run, progress, meter, journal)
            try:
                watch(progress.step, values)
            except KeyboardInterrupt:
                # Between two iterations all is of one piece: nothing needs to be done again.
                meter.check()
                _save(run, progress)
                raise
    finally:
        journal.close()
    return progress


def _last_good(run: Run) -> str:
    """Which checkpoint a run that diverged can go on from."""
    path = run.folder.newest()
    return f"The last good checkpoint is {path}" if path else "There is no checkpoint yet"


def _batches(run: Run, start: int) -> Iterator[tuple[int, PairedBatch]]:
    """The remaining steps with their batches, on the device."""
    stream = run.batches.stream(start, run.config.iterations, workers=run.workers)
    for step, faces in enumerate(stream, start):
        yield step, run.device.batch(faces)


def _due(run: Run, done: int, every: int) -> bool:
    """Whether something that happens every so many iterations happens now.

    The last one counts for all.
    """
    return done % every == 0 or done == run.config.iterations


def _log(
    run: Run, done: int, batch: PairedBatch, meter: Meter, journal: Journal
) -> Mapping[str, float]:
    """The journal's line and grid, where due."""
    values: dict[str, float] = {}
    if _due(run, done, run.config.log_every):
        values = meter.read() | {"learning_rate": learning_rate(run.config, done - 1)}
        journal.write(done, values)
    if _due(run, done, run.config.images_every):
        journal.picture(done, pictures.grid(run.method.columns(batch)))
    return values


def _look(run: Run, progress: Progress) -> tuple[Progress, Development]:
    """What the development split says; the networks are kept if it never said better."""
    found = development.look(
        run.method.answering, run.store, run.development_rows, run.device, step=progress.step
    )
    best = Development(**progress.best) if progress.best else None
    progress = replace(progress, development=asdict(found))
    if found.beats(best):
        progress = replace(progress, best=asdict(found))
        checkpoint.save(run.folder.best, run.method.parts, progress)
    return progress, found


def _settling(run: Run) -> Iterator[Float[Tensor, "b 3 n n"]]:
    """The batches that batch norm's averages are taken over: always the same ones, as judged."""
    for number in range(run.config.settling_batches):
        batch = run.device.batch(run.batches.as_judged.batch(number))
        yield torch.cat([batch.live, batch.spoof])


def _keep(run: Run, progress: Progress, meter: Meter, journal: Journal) -> Progress:
    """Look at the development split and write checkpoints, where due.

    Nothing is kept of a run that diverged.
    """
    done = progress.step
    if _due(run, done, run.config.evaluate_every):
        meter.check()
        with settled(run.method.answering, _settling(run)):
            progress, found = _look(run, progress)
        journal.write(
            done, {f"development/{k}": v for k, v in asdict(found).items() if k != "step"}
        )
    if _due(run, done, run.config.checkpoint_every):
        meter.check()
        _save(run, progress)
    return progress


def _save(run: Run, progress: Progress) -> None:
    checkpoint.save(run.folder.checkpoint(progress.step), run.method.parts, progress)
    checkpoint.prune(run.folder)
