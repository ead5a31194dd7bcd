"""The study of an explanation: two tables and one figure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spooftrace.data.store.store import Store
from spooftrace.evaluation.estimates.clusters import Clusters, choose_clusters
from spooftrace.evaluation.scores.table import table_of_store
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Cell, Table
from spooftrace.experiments.faithfulness.answers import CONDITIONS, KINDS, Answers
from spooftrace.experiments.faithfulness.measures import Value
from spooftrace.experiments.faithfulness.probes import FRACTIONS, ORDERS
from spooftrace.experiments.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Values = Mapping[tuple[str, ...], Value]

_LINES = {"trace": ("#D55E00", "o"), "gradient": ("#0072B2", "s"), "random": ("0.45", "D")}
_NAMES = {"trace": "|trace|", "gradient": "|input gradient|", "random": "random"}


def clusters_of(store: Store, answers: Answers) -> Clusters:
    """What an evaluation of these rows would resample."""
    split = np.full(len(store), "test", dtype=object)
    scores = {"score": np.zeros(len(answers.rows))}
    return choose_clusters(table_of_store(store.columns(), answers.rows, split, scores))


def study_of(
    values: Values,
    answers: Answers,
    clusters: Clusters,
    *,
    system: str,
    threshold: float,
    notes: Sequence[str] = (),
) -> Results:
    """Everything measured, as two tables."""
    return Results(
        experiment="faithfulness",
        document=Document(
            title="Faithfulness of the explanation",
            headings=(f"system: {system}",),
            tables=(_scores(values, answers), _areas(values)),
            notes=(
                *notes,
                *_warnings(values),
                f"threshold {threshold:.6g}, chosen on the development split of the run",
                f"intervals: 95%, by resampling {clusters.unit}",
                *clusters.notes,
            ),
        ),
    )


def _warnings(values: Values) -> list[str]:
    """What makes shares of the gap, and normalised curves, mean little."""
    found = values["classes",]
    low = found.value if found.interval is None else found.interval.low
    if low > 0:
        return []
    return [
        f"the detector does not tell these live and spoof faces apart (difference of mean scores "
        f"{found.value:.4f}, interval from {low:.4f}): shares of the gap mean nothing here"
    ]


def _scores(values: Values, answers: Answers) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in CONDITIONS:
        gap = values.get(("gap", name))
        rows.append(
            (
                name,
                int(np.isfinite(answers.scores[name]).sum()),
                values["score", name].cell(digits=4),
                values["called", name].cell(is_share=True, digits=1),
                None if gap is None else gap.cell(is_share=True, digits=1),
            )
        )
    return Table(
        key="faithfulness-scores",
        title="Removing and pasting the trace",
        columns=("faces", "n", "mean score", "called attack (%)", "of the gap (%)"),
        rows=tuple(rows),
        note="of the gap: how far the mean score went from that of the faces' own class (0) to "
        "that of the other (100)",
    )


def _areas(values: Values) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for order in ORDERS:
        cells: list[Cell] = []
        for kind in KINDS:
            less = values.get(("less", kind, order))
            cells += [values["area", kind, order].cell(), None if less is None else less.cell()]
        rows.append((_NAMES[order], *cells))
    header = ("pixels by", "deletion", "less random's", "insertion", "less random's ")
    return Table(
        key="faithfulness-curves",
        title="Area under the deletion and insertion curves",
        columns=header,
        rows=tuple(rows),
        note="deletion: the lower the better; insertion: the higher the better; scores "
        "normalised to 0 for the reconstructed live faces and 1 for the spoof faces",
    )


def draw(values: Values, threshold: float) -> "Canvas":
    """Mean scores under every condition, the deletion curve, the insertion curve."""
    from matplotlib.figure import Figure

    canvas = Figure(figsize=(12.5, 3.9), layout="constrained")
    scores, *curves = canvas.subplots(1, 3, width_ratios=(1.25, 1, 1))
    _draw_scores(scores, values, threshold)
    for axis, kind in zip(curves, KINDS, strict=True):
        _draw_curves(axis, kind, values)
    for axis in (scores, *curves):
        axis.tick_params(labelsize=8)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    return canvas


def _draw_scores(axis: Any, values: Values, threshold: float) -> None:
    for place, name in enumerate(reversed(CONDITIONS)):
        found = values["score", name]
        colour = "#D55E00" if name.startswith("spoof") else "#0072B2"
        filled = colour if "shuffled" not in name else "white"
        if found.interval:
            ends = [found.interval.low, found.interval.high]
            axis.plot(ends, [place, place], color=colour, linewidth=2)
        axis.plot(found.value, place, "o", color=colour, markerfacecolor=filled)
    axis.set_yticks(range(len(CONDITIONS)), list(reversed(CONDITIONS)))
    axis.axvline(threshold, color="0.5", linestyle=":", linewidth=1)
    axis.annotate("threshold", (threshold, len(CONDITIONS) - 0.45), fontsize=8, color="0.4")
    axis.set_ylim(-0.6, len(CONDITIONS) - 0.2)
    axis.set_xlabel("mean score", fontsize=9)
    axis.set_title("removing and pasting", loc="left", fontsize=10, fontweight="bold")
    axis.grid(axis="x", color="0.92", linewidth=0.6)


def _draw_curves(axis: Any, kind: str, values: Values) -> None:
    x = 100 * np.array(FRACTIONS)
    for order in ORDERS:
        colour, marker = _LINES[order]
        points = [values[kind, order, str(at)] for at in range(len(FRACTIONS))]
        # The ends are fixed by the normalisation and have no interval.
        low = [point.interval.low if point.interval else point.value for point in points]
        high = [point.interval.high if point.interval else point.value for point in points]
        label = f"{_NAMES[order]}: area {values['area', kind, order].value:.3f}"
        axis.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        line = [point.value for point in points]
        axis.plot(x, line, color=colour, marker=marker, markersize=4, label=label)
    axis.set_xlabel("pixels exchanged, %", fontsize=9)
    axis.set_ylabel("score, normalised", fontsize=9)
    better = "lower is better" if kind == "deletion" else "higher is better"
    axis.set_title(f"{kind} ({better})", loc="left", fontsize=10, fontweight="bold")
    axis.legend(fontsize=8, frameon=False)
    axis.grid(color="0.92", linewidth=0.6)
