"""The charts of a report: histograms of the scores, ROC, DET, reliability."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import ndtr, ndtri

from spooftrace.evaluation.estimates.curves import Curves, ErrorBand, Histogram, ReliabilityPoint
from spooftrace.evaluation.render.svg import COLOURS, inline_svg
from spooftrace.evaluation.render.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point = tuple[float, float]
"""(BPCER, APCER of all attacks pooled) at the threshold."""

_PERCENTS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 60, 80, 90, 95, 98, 99)
_DET_LOW, _DET_HIGH = 0.001, 0.6
_SQUARE = (4.4, 3.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One drawing on a page."""

    title: str
    svg: str
    caption: str


def charts_of(
    curves: Curves, threshold: float | None, point: Point | None, unit: str
) -> list[Chart]:
    """Every chart that the curves allow.

    Args:
        curves: what is drawn.
        threshold: marked among the scores; `None` without one.
        point: marked on the error curves; `None` without a threshold.
        unit: what was resampled for the band, in words.
    """
    drawn = [
        Chart(
            title="Scores",
            svg=_histograms(curves.histogram, threshold),
            caption="Rows per bin, each row of the chart scaled to its own highest bin.",
        )
    ]
    if curves.errors is not None:
        caption = "All attacks pooled. No band: too few to resample."
        if curves.errors.low is not None:
            caption = (
                f"All attacks pooled; {curves.errors.level:.0%} band, pointwise, by resampling "
                f"each {unit}." + (" The dot is the operating point." if point else "")
            )
        drawn.append(Chart(title="ROC", svg=_roc(curves.errors, point), caption=caption))
        caption = "The same on normal deviate axes."
        drawn.append(Chart(title="DET", svg=_det(curves.errors, point), caption=caption))
    if curves.reliability:
        caption = f"Probabilities: {curves.probabilities}. Whiskers: exact intervals from counts."
        svg = _reliability(curves.reliability)
        drawn.append(Chart(title="Reliability", svg=svg, caption=caption))
    return drawn


def _roc(band: ErrorBand, point: Point | None) -> str:
    """Attacks detected against live faces refused."""

    def draw(figure: "Figure") -> None:
        axes = _shares(figure, "live faces refused, BPCER (%)", "attacks detected, 1 - APCER (%)")
        bpcer, apcer = 100 * np.array(band.bpcer), 100 * np.array(band.apcer)
        axes.plot([0, 100], [0, 100], **_CHANCE)
        if band.low is not None and band.high is not None:
            low, high = 100 * np.array(band.low), 100 * np.array(band.high)
            axes.fill_between(bpcer, 100 - high, 100 - low, **_BAND)
        axes.plot(bpcer, 100 - apcer, **_CURVE)
        if point is not None:
            axes.plot(100 * point[0], 100 - 100 * point[1], **_DOT)

    title = "ROC: share of attacks detected against share of live faces refused" + _said(point)
    return inline_svg(draw, "roc", title, _SQUARE)


def _det(band: ErrorBand, point: Point | None) -> str:
    """Both errors on normal deviate axes; what lies beyond an axis is drawn at its end."""
    bpcer, apcer = np.array(band.bpcer), np.array(band.apcer)
    seen = [*apcer[bpcer > 0][:1], *(point or ())]
    high = _DET_HIGH if min(seen[0], 1) <= _DET_HIGH else 0.99

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        # Over the whole range the lowest rates lie too close together to be told apart.
        lowest = 0.1 if high == _DET_HIGH else 1
        ticks = [percent for percent in _PERCENTS if lowest <= percent <= 100 * high]
        places = ndtri(np.array(ticks) / 100)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(places, [f"{percent:g}" for percent in ticks])
        axes.set(xlabel="live faces refused, BPCER (%)", ylabel="attacks missed, APCER (%)")
        ends = ndtri([_DET_LOW, high])
        axes.set(xlim=ends, ylim=ends)
        axes.plot(ends, ends, **_CHANCE)

        def placed(rates: Any) -> Any:
            return ndtri(np.clip(rates, ndtr(ends[0]), ndtr(ends[1])))

        if band.low is not None and band.high is not None:
            low, top = placed(np.array(band.low)), placed(np.array(band.high))
            axes.fill_between(placed(bpcer), low, top, **_BAND)
        axes.plot(placed(bpcer), placed(apcer), **_CURVE)
        if point is not None:
            axes.plot(*placed(np.array(point)), **_DOT)

    title = "DET: APCER against BPCER on normal deviate axes" + _said(point)
    return inline_svg(draw, "det", title, _SQUARE)


def _histograms(found: Histogram, threshold: float | None) -> str:
    """One row per class and species, each scaled to its own highest bin; one axis of scores."""
    rows = {"live": found.live} | found.attacks
    names = [f"{one_line(name).replace('_', ' ')}\n{sum(bins):,}" for name, bins in rows.items()]

    top = len(rows) + 0.4  # a strip above the rows holds the threshold's name

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        for number, (name, bins) in enumerate(rows.items()):
            base = len(rows) - 1 - number
            heights = base + 0.86 * np.array(bins) / (max(bins) or 1)
            colour = COLOURS["live" if name == "live" else "spoof"]
            axes.stairs(heights, found.edges, baseline=base, fill=True, color=colour, alpha=0.8)
        axes.set(xlabel="score", ylim=(0, top))
        if found.edges[-1] > found.edges[0]:
            axes.set_xlim(found.edges[0], found.edges[-1])
        axes.set_yticks(np.arange(len(rows)) + 0.4, reversed(names))
        axes.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        if threshold is not None and found.edges[0] <= threshold <= found.edges[-1]:
            axes.axvline(threshold, color=COLOURS["ink"], linestyle="--", linewidth=1.2)
            right = threshold > np.mean([found.edges[0], found.edges[-1]])
            axes.annotate(
                f"threshold {threshold:.4g}",
                (threshold, top),
                xytext=(-5 if right else 5, -2),
                textcoords="offset points",
                ha="right" if right else "left",
                va="top",
            )

    title = "Histograms of the scores of live faces and of each species"
    return inline_svg(draw, "scores", title, (9.2, 0.9 + 0.42 * len(rows)))


def _reliability(points: tuple[ReliabilityPoint, ...]) -> str:
    """Share of attacks observed against the probability stated, bin by bin."""

    def draw(figure: "Figure") -> None:
        axes = _shares(figure, "probability of attack stated (%)", "attacks observed (%)")
        axes.plot([0, 100], [0, 100], **_CHANCE)
        stated, observed, low, high = (
            100 * np.array([getattr(point, name) for point in points])
            for name in ("stated", "observed", "low", "high")
        )
        # Lists: matplotlib takes the one number of an array of one for a whisker by itself.
        whiskers = [(observed - low).tolist(), (high - observed).tolist()]
        axes.errorbar(stated, observed, whiskers, color=COLOURS["accent"], fmt="-o", lw=1.2, ms=4.5)

    title = "Reliability: share of attacks observed against probability stated"
    return inline_svg(draw, "reliability", title, _SQUARE)


_CURVE: Final[dict[str, Any]] = {"color": COLOURS["accent"], "linewidth": 1.8}
_BAND: Final[dict[str, Any]] = {"color": COLOURS["accent"], "alpha": 0.2, "linewidth": 0}
_CHANCE: Final[dict[str, Any]] = {"color": COLOURS["muted"], "linestyle": ":", "linewidth": 1}
_DOT: Final[dict[str, Any]] = {
    "color": COLOURS["spoof"],
    "marker": "o",
    "markersize": 6,
    "markeredgecolor": COLOURS["paper"],
    "clip_on": False,
    "zorder": 5,
}


def _shares(figure: "Figure", across: str, up: str) -> "Axes":
    """Two axes from 0 to 100 %."""
    axes = figure.subplots()
    ticks = range(0, 101, 20)
    axes.set(xlim=(0, 100), ylim=(0, 100), xticks=ticks, yticks=ticks, xlabel=across, ylabel=up)
    return axes


def _said(point: Point | None) -> str:
    if point is None:
        return ""
    return f"; at the threshold BPCER {point[0]:.2%}, APCER of all attacks {point[1]:.2%}"
