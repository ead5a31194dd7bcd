"""What was found about media from traces, as the tables of Sec. 4.4 and as data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.evaluation.protocols.splits import Splits
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Table
from spooftrace.experiments.media.classes import NO_CLASS
from spooftrace.experiments.media.classifier import ClassifierConfig
from spooftrace.experiments.results import Results
from spooftrace.metrics.bootstrap import cluster_intervals, encode_clusters
from spooftrace.metrics.clustered import share_statistics
from spooftrace.metrics.intervals import clopper_pearson

Ints = NDArray[np.int64]
SOURCES = ("traces", "images")


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


def tabulate(plan: MediaPlan, judged: Mapping[str, Judged], config: ClassifierConfig) -> Results:
    """Confusion of the traces with the difference to the images, and accuracies."""
    found = _accuracies(plan, judged)
    test = plan.rows("test")
    confusions = (_confusion(plan, judged, "traces"), _confusion(plan, judged, "images"))
    accuracy = _accuracy_table(judged, found, len(test))
    return Results(
        experiment="media",
        document=Document(
            title="Media from traces",
            tables=(*confusions, accuracy),
            notes=(
                "confusion: test rows by label (down) and prediction (across); of the traces, the "
                "difference to the same classifier on the images in brackets",
                f"intervals by resampling {len({plan.people[row] for row in test})} test people, "
                "or exact from counts where they are too few; epoch chosen on the development "
                "people",
                f"traces and images both at the detector's {plan.bundle.info.image_size} px, "
                f"resized to {config.size_px}",
                f"split: {plan.splits.description}",
            ),
        ),
        data={
            "classes": list(plan.names),
            "detector": {"path": str(plan.bundle.path), "sha256": plan.bundle.sha256},
            "schooling": asdict(config),
            "rows": {part: len(plan.rows(part)) for part in ("train", "dev", "test")},
            "confusion": {source: judged[source].confusion.tolist() for source in SOURCES},
            "dev_accuracy": {source: judged[source].dev_accuracy for source in SOURCES},
            "accuracy": found,
        },
    )


def _accuracy_table(
    judged: Mapping[str, Judged], found: Mapping[str, Mapping[str, Any]], count: int
) -> Table:
    lines = [
        (source, _shown(found[source]), f"{found[source]['events']} / {count}", str(each.epoch))
        for source, each in judged.items()
    ]
    lines.append(("traces - images", _shown(found["difference"]), "", ""))
    lines.append(("always the largest class", _shown(found["largest"]), "", ""))
    return Table(
        key="media-accuracy",
        title="Accuracy of medium classification",
        columns=("classified", "accuracy [95 %]", "right", "epoch"),
        rows=tuple(lines),
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
        key=f"media-confusion-{source}",
        title=f"Medium classification of {source} (the form of Table 3)",
        columns=("label", *plan.names),
        rows=tuple(rows),
    )


def _shown(figure: Mapping[str, Any]) -> str:
    text = f"{100 * figure['value']:.1f}"
    if figure.get("interval") is None:
        return text
    return f"{text} [{100 * figure['interval']['low']:.1f}, {100 * figure['interval']['high']:.1f}]"
