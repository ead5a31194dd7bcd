"""Medium classification of traces (Sec. 4.4, Table 3), beside the same on the images themselves.

The detector is frozen: its traces of the run's training people train a classifier, those of the
development people choose its epoch, those of the test people are judged.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import CheckpointError, SplitError
from spooftrace.experiments.media.classes import class_names, class_of_rows
from spooftrace.experiments.media.classifier import (
    Classifier,
    ClassifierConfig,
    Examples,
    train_classifier,
)
from spooftrace.experiments.media.tables import SOURCES, Judged, MediaPlan, tabulate
from spooftrace.experiments.people import check_apart, people_of
from spooftrace.experiments.results import Results
from spooftrace.faces.crop import resize_face
from spooftrace.judging.rows import divide
from spooftrace.run_folder import RunFolder

Pictures = NDArray[np.float16]
AT_ONCE = 32

Watch = Callable[[str, int, int], None]
"""Called with what is going on, how much of it is done, and all of it."""


def plan_media(run: Path, store: Store, classes: Sequence[str]) -> MediaPlan:
    """Look at a finished run and the store it was trained on.

    Raises:
        CheckpointError: the run was trained on another store, or is no run.
        ConfigError: a class that the store does not hold.
        SplitError: people in two parts, or a class missing from one.
    """
    record = RunFolder(run).config
    if not record.is_file():
        raise CheckpointError(f"{run}: expected a run folder, found no {record.name} in it")
    bundle, columns = Bundle.load(run), store.columns()
    divided = divide(bundle, store)
    if not divided.is_own:
        raise CheckpointError(
            f"{run}: was trained on {bundle.info.trained_on}, got store "
            f"{store.info.provenance.source_fingerprint}; give the run's own store, or nobody "
            "knows whose traces it has learnt from"
        )
    check_apart(columns, divided.splits)
    names = class_names(columns, classes)
    plan = MediaPlan(
        bundle=bundle,
        store=store,
        names=tuple(names),
        classes=class_of_rows(columns, names),
        splits=divided.splits,
        people=tuple(people_of(columns)),
    )
    _check_parts(plan)
    return plan


def run_media(
    plan: MediaPlan, config: ClassifierConfig, device: torch.device, watch: Watch
) -> Results:
    """Classify traces and images by equal classifiers; the tables of Sec. 4.4."""
    pictures = {part: _pictures(plan, part, watch) for part in ("train", "dev", "test")}
    judged = {}
    for source in SOURCES:
        made = {
            part: Examples(pictures=pictures[part][source], classes=plan.classes[plan.rows(part)])
            for part in pictures
        }
        trained = train_classifier(
            made["train"],
            made["dev"],
            len(plan.names),
            config,
            device,
            partial(_epoch, watch, source, config.epochs),
        )
        judged[source] = _judge(trained, made["test"], len(plan.names))
    return tabulate(plan, judged, config)


def _epoch(watch: Watch, source: str, epochs: int, done: int) -> None:
    watch(f"AlexNet on {source}", done, epochs)


def _judge(trained: Classifier, test: Examples, classes: int) -> Judged:
    predicted = trained.predict(test.pictures)
    confusion = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(confusion, (test.classes, predicted), 1)
    return Judged(
        predicted=predicted,
        confusion=confusion,
        epoch=trained.epoch,
        dev_accuracy=trained.dev_accuracy,
    )


def _pictures(plan: MediaPlan, part: str, watch: Watch) -> dict[str, Pictures]:
    """Traces and images of a part at the detector's size, (n, 3, s, s)."""
    rows, size = plan.rows(part), plan.bundle.info.image_size
    made = {source: np.empty((len(rows), 3, size, size), np.float16) for source in SOURCES}
    for at in range(0, len(rows), AT_ONCE):
        faces = np.stack([resize_face(plan.store.image(int(r)), size) for r in rows[at:][:AT_ONCE]])
        made["traces"][at : at + len(faces)] = plan.bundle.run(faces).trace
        made["images"][at : at + len(faces)] = faces.transpose(0, 3, 1, 2) / np.float32(255)
        watch(f"traces of {part}", at + len(faces), len(rows))
    return made


def _check_parts(plan: MediaPlan) -> None:
    """Every class is in every part."""
    for part in ("train", "dev", "test"):
        found = plan.classes[plan.rows(part)]
        missing = [name for number, name in enumerate(plan.names) if number not in found]
        if missing:
            raise SplitError(
                f"--classes: expected every class in train, dev and test, got no "
                f"{', '.join(missing)} in {part}; leave it out, or prepare more people"
            )
