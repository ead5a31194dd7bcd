"""The curves of a robustness study in one figure: a panel per change, a line per error."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spooftrace.evaluation.estimates.rate import ACER, BPCER, EER, WORST_APCER
from spooftrace.evaluation.tables.naming import title
from spooftrace.experiments.robustness.curves import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_COLUMNS = 4
_LINES = {
    BPCER: ("#0072B2", "o"),
    WORST_APCER: ("#D55E00", "s"),
    ACER: ("#000000", "D"),
    EER: ("#009E73", "^"),
}
"""Colours that the colour-blind tell apart (Okabe and Ito 2008), and markers for grey prints."""


def draw(curves: Sequence[Curve]) -> "Canvas":
    """Errors in percent with their intervals as bands; a dotted line where faces are as stored."""
    from matplotlib.figure import Figure

    rows = -(-(len(curves) + 1) // _COLUMNS)
    canvas = Figure(figsize=(3.1 * _COLUMNS, 2.75 * rows), layout="constrained")
    axes = canvas.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axis, curve in zip(axes, curves, strict=False):
        _panel(axis, curve)
    for axis in axes[len(curves) :]:
        axis.axis("off")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[len(curves)].legend(
        handles, labels, loc="center left", frameon=False, title="error, %\n(shade: 95 % interval)"
    )
    return canvas


def _panel(axis: Any, curve: Curve) -> None:
    strengths = [point.strength for point in curve.points]
    # Strengths are far from evenly spaced; their order is, and every tick says its strength.
    places = np.arange(len(strengths))
    axis.axvline(strengths.index(curve.change.neutral), color="0.6", linestyle=":", linewidth=1)
    for rate, (colour, marker) in _LINES.items():
        found = [point.estimates.get(rate) for point in curve.points]
        if None in found:
            continue
        known = [each for each in found if each is not None]
        values = 100 * np.array([each.value for each in known])
        ends = [each.interval for each in known]
        low = [100 * end.low if end else np.nan for end in ends]
        high = [100 * end.high if end else np.nan for end in ends]
        axis.fill_between(places, low, high, color=colour, alpha=0.1, linewidth=0)
        axis.plot(places, values, color=colour, marker=marker, markersize=4, label=title(rate))
    axis.set_title(curve.change.title, loc="left", fontsize=10, fontweight="bold")
    axis.set_xticks(places, [curve.change.shown(each) for each in strengths], fontsize=8)
    axis.set_xlabel(curve.change.unit, fontsize=8)
    axis.set_ylim(-2, 102)
    axis.tick_params(axis="y", labelsize=8)
    axis.grid(axis="y", color="0.9", linewidth=0.6)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
