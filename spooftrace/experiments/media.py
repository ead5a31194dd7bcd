"""Medium classification of traces (Sec. 4.4, Table 3), beside the same on the images themselves.

The detector is frozen: its traces of the run's training people train a classifier, those of the
development people choose its epoch, those of the test people are judged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spooftrace import runs
from spooftrace.data.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import CheckpointError, SplitError
from spooftrace.evaluation.splits import Splits, split_rows
from spooftrace.experiments.classes import NO_CLASS, class_names, class_of_rows
from spooftrace.experiments.classifier import Examples, Schooled, Schooling, school
from spooftrace.experiments.people import check_apart, people_of
from spooftrace.experiments.results import Results, Table
from spooftrace.faces.crop import resize_face
from spooftrace.metrics.bootstrap import cluster_intervals, encode_clusters
from spooftrace.metrics.clustered import share_statistics
from spooftrace.metrics.intervals import clopper_pearson

Ints = NDArray[np.int64]
Pictures = NDArray[np.float16]
SOURCES = ("traces", "images")
AT_ONCE = 32

Watch = Callable[[str, int, int], None]
"""Called with what is going on, how much of it is done, and all of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MediaPlan:
    """What is classified, and by which rows."""

    bundle: Bundle
    store: Store
    names: tuple[str, ...]
    classes: Ints
    """(n,) of every row of the store; `NO_CLASS` takes no part."""
    splits: Splits
    people: tuple[str, ...]

    def rows(self, part: str) -> NDArray[np.intp]:
        """The rows of a part that belong to a class."""
        rows: NDArray[np.intp] = getattr(self.splits, part)
        kept: NDArray[np.intp] = rows[self.classes[rows] != NO_CLASS]
        return kept


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What one classifier said of the test rows."""

    predicted: Ints
    confusion: Ints
    """(c, c): rows by label, columns by prediction."""
    epoch: int
    dev_accuracy: float


def plan_media(run: Path, store: Store, classes: Sequence[str]) -> MediaPlan:
    """Look at a finished run and the store it was trained on.

    Raises:
        CheckpointError: the run was trained on another store, or is no run.
        ConfigError: a class that the store does not hold.
        SplitError: people in two parts, or a class missing from one.
    """
    config = runs.recorded_config(run)
    if config is None:
        raise CheckpointError(f"{run}: expected a run folder, found no {runs.CONFIG_FILE} in it")
    bundle, columns = Bundle.load(run), store.columns()
    fingerprint = store.info.provenance.source_fingerprint
    if bundle.info.trained_on != f"store {fingerprint}":
        raise CheckpointError(
            f"{run}: was trained on {bundle.info.trained_on}, got store {fingerprint}; give the "
            "run's own store, or nobody knows whose traces it has learnt from"
        )
    splits = split_rows(columns, config.split)
    check_apart(columns, splits)
    names = class_names(columns, classes)
    plan = MediaPlan(
        bundle=bundle,
        store=store,
        names=tuple(names),
        classes=class_of_rows(columns, names),
        splits=splits,
        people=tuple(people_of(columns)),
    )
    _check_parts(plan)
    return plan


def run_media(plan: MediaPlan, schooling: Schooling, device: torch.device, watch: Watch) -> Results:
    """Classify traces and images by equal classifiers; the tables of Sec. 4.4."""
    pictures = {part: _pictures(plan, part, watch) for part in ("train", "dev", "test")}
    judged = {}
    for source in SOURCES:
        made = {
            part: Examples(pictures=pictures[part][source], classes=plan.classes[plan.rows(part)])
            for part in pictures
        }
        trained = school(
            made["train"],
            made["dev"],
            len(plan.names),
            schooling,
            device,
            partial(_epoch, watch, source, schooling.epochs),
        )
        judged[source] = _judge(trained, made["test"], len(plan.names))
    return tabulate(plan, judged, schooling)


def _epoch(watch: Watch, source: str, epochs: int, done: int) -> None:
    watch(f"AlexNet on {source}", done, epochs)


def tabulate(plan: MediaPlan, judged: Mapping[str, Judged], schooling: Schooling) -> Results:
    """Confusion of the traces with the difference to the images, and accuracies."""
    found = _accuracies(plan, judged)
    shown = {key: _shown(figure) for key, figure in found.items()}
    test = plan.rows("test")
    accuracy = Table(
        name="media-accuracy",
        title="Accuracy of medium classification",
        header=("classified", "accuracy [95 %]", "rows", "epoch"),
        rows=(
            *(
                (
                    source,
                    shown[source],
                    f"{found[source]['events']} / {len(test)}",
                    str(judged[source].epoch),
                )
                for source in SOURCES
            ),
            ("traces - images", shown["difference"], "", ""),
            ("always the largest class", f"{100 * found['largest']['value']:.1f}", "", ""),
        ),
    )
    confusions = (_confusion(plan, judged, "traces"), _confusion(plan, judged, "images"))
    return Results(
        experiment="media",
        tables=(*confusions, accuracy),
        data={
            "classes": list(plan.names),
            "detector": {"path": str(plan.bundle.path), "sha256": plan.bundle.sha256},
            "schooling": asdict(schooling),
            "rows": {part: len(plan.rows(part)) for part in ("train", "dev", "test")},
            "confusion": {source: judged[source].confusion.tolist() for source in SOURCES},
            "dev_accuracy": {source: judged[source].dev_accuracy for source in SOURCES},
            "accuracy": found,
        },
        notes=(
            "confusion: test rows by label (down) and prediction (across); of the traces, the "
            "difference to the same classifier on the images in brackets",
            f"intervals by resampling {len({plan.people[row] for row in test})} test people; "
            "epoch chosen on the development people",
            f"traces and images both at the detector's {plan.bundle.info.image_size} px, resized "
            f"to {schooling.size_px}",
            f"split: {plan.splits.description}",
        ),
    )


def _judge(trained: Schooled, test: Examples, classes: int) -> Judged:
    predicted = trained.predict(test.pictures)
    confusion = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(confusion, (test.classes, predicted), 1)
    return Judged(
        predicted=predicted,
        confusion=confusion,
        epoch=trained.epoch,
        dev_accuracy=trained.dev_accuracy,
    )


def _accuracies(plan: MediaPlan, judged: Mapping[str, Judged]) -> dict[str, dict[str, Any]]:
    """Accuracy of each and their difference, resampled with the same draws of people."""
    rows = plan.rows("test")
    right = np.stack([judged[s].predicted == plan.classes[rows] for s in SOURCES], axis=1)
    codes, people = encode_clusters([plan.people[row] for row in rows])
    share = share_statistics(right, np.ones_like(right), codes)

    def statistics(draws: NDArray[np.float64]) -> NDArray[np.float64]:
        each = share(draws)
        return np.column_stack([each, each[:, 0] - each[:, 1]])

    values = statistics(np.ones((1, len(people))))[0]
    found = cluster_intervals(statistics, people, [len(people)] * 3, np.random.default_rng(0))
    figures: dict[str, dict[str, Any]] = {
        name: {
            "value": float(value),
            "interval": None if each.interval is None else asdict(each.interval),
        }
        for name, value, each in zip((*SOURCES, "difference"), values, found, strict=True)
    }
    for at, source in enumerate(SOURCES):
        events = int(right[:, at].sum())
        exact = clopper_pearson(events, len(rows))
        figures[source] |= {"events": events, "exact": asdict(exact)}
        figures[source]["interval"] = figures[source]["interval"] or asdict(exact)
    sizes = np.bincount(plan.classes[rows])
    return figures | {"largest": {"value": float(sizes.max() / sizes.sum())}}


def _confusion(plan: MediaPlan, judged: Mapping[str, Judged], source: str) -> Table:
    """Counts in the form of Table 3."""
    counts = judged[source].confusion
    difference = counts - judged["images"].confusion
    rows = []
    for name, line, change in zip(plan.names, counts, difference, strict=True):
        cells = (
            f"{n}" if source == "images" else f"{n}({d:+d})" if d else f"{n}(0)"
            for n, d in zip(line, change, strict=True)
        )
        rows.append((name, *cells))
    return Table(
        name=f"media-confusion-{source}",
        title=f"Medium classification of {source} (the form of Table 3)",
        header=("label", *plan.names),
        rows=tuple(rows),
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


def _shown(figure: Mapping[str, Any]) -> str:
    text = f"{100 * figure['value']:.1f}"
    if figure.get("interval") is None:
        return text
    return f"{text} [{100 * figure['interval']['low']:.1f}, {100 * figure['interval']['high']:.1f}]"
