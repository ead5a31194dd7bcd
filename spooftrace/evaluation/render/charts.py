"""The charts of a report: histograms of the scores, ROC, DET, reliability."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import ndtr, ndtri

from spooftrace.evaluation.estimates.comparison import Comparison
from spooftrace.evaluation.estimates.curves import Curves, ErrorBand, Histogram, ReliabilityPoint
from spooftrace.evaluation.estimates.estimate import Estimate
from spooftrace.evaluation.estimates.rate import BPCER, POOLED_APCER
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One system's curve of errors, and how it is drawn."""

    errors: ErrorBand
    point: Point | None
    name: str = ""
    """Stands in the legend; empty: there is none."""
    colour: str = COLOURS["accent"]
    dot: str = COLOURS["spoof"]
    dashes: str = "-"


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
        drawn += _error_charts([Line(errors=curves.errors, point=point)], unit)
    if curves.reliability:
        caption = f"Probabilities: {curves.probabilities}. Whiskers: exact intervals from counts."
        svg = _reliability(curves.reliability)
        drawn.append(Chart(title="Reliability", svg=svg, caption=caption))
    return drawn


def comparison_charts(found: Comparison) -> list[Chart]:
    """The curves of two systems, one over the other; none where a class is missing."""
    first, second = found.first.errors, found.second.errors
    if first is None or second is None:
        return []
    lines = [
        Line(
            errors=first,
            point=point_of(found.first.estimates),
            name="A",
            dot=COLOURS["accent"],
        ),
        Line(
            errors=second,
            point=point_of(found.second.estimates),
            name="B",
            colour=COLOURS["spoof"],
            dashes="--",
        ),
    ]
    return _error_charts(lines, found.cluster)


def point_of(estimates: Sequence[Estimate]) -> Point | None:
    """Where a system works on its curve; `None` without a threshold."""
    values = {each.rate: each.value for each in estimates}
    return (values[BPCER], values[POOLED_APCER]) if {BPCER, POOLED_APCER} <= values.keys() else None


def _error_charts(lines: Sequence[Line], unit: str) -> list[Chart]:
    caption = "All attacks pooled. No band: too few to resample."
    if all(line.errors.low is not None for line in lines):
        dots = "The dot is the operating point." if len(lines) == 1 else "Dots: operating points."
        caption = (
            f"All attacks pooled; {lines[0].errors.level:.0%} band, pointwise, by resampling "
            f"each {unit}." + (f" {dots}" if lines[0].point else "")
        )
    return [
        Chart(title="ROC", svg=_roc(lines), caption=caption),
        Chart(title="DET", svg=_det(lines), caption="The same on normal deviate axes."),
    ]


def _roc(lines: Sequence[Line]) -> str:
    """Attacks detected against live faces refused."""

    def draw(figure: "Figure") -> None:
        axes = _shares(figure, "live faces refused, BPCER (%)", "attacks detected, 1 - APCER (%)")
        axes.plot([0, 100], [0, 100], **_CHANCE)
        for line in lines:
            _draw_line(axes, line, lambda live: 100 * live, lambda missed: 100 - 100 * missed)
        _legend(axes, lines)

    title = "ROC: share of attacks detected against share of live faces refused" + _said(lines)
    return inline_svg(draw, "roc", title, _SQUARE)


def _det(lines: Sequence[Line]) -> str:
    """Both errors on normal deviate axes; what lies beyond an axis is drawn at its end."""
    high = _DET_HIGH if max(map(_first_missed, lines)) <= _DET_HIGH else 0.99

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

        for line in lines:
            _draw_line(axes, line, placed, placed)
        _legend(axes, lines)

    title = "DET: APCER against BPCER on normal deviate axes" + _said(lines)
    return inline_svg(draw, "det", title, _SQUARE)


def _draw_line(
    axes: "Axes", line: Line, across: Callable[[Any], Any], up: Callable[[Any], Any]
) -> None:
    """A curve with its band and its dot; `across` and `up` place BPCER and APCER, fractions."""
    band = line.errors
    bpcer = across(np.array(band.bpcer))
    if band.low is not None and band.high is not None:
        low, high = up(np.array(band.low)), up(np.array(band.high))
        axes.fill_between(bpcer, low, high, color=line.colour, alpha=0.2, linewidth=0)
    apcer = up(np.array(band.apcer))
    axes.plot(bpcer, apcer, line.dashes, color=line.colour, linewidth=1.8, label=line.name)
    if line.point is not None:
        place = across(np.array(line.point[0])), up(np.array(line.point[1]))
        axes.plot(*place, **_DOT, color=line.dot)


def _legend(axes: "Axes", lines: Sequence[Line]) -> None:
    names = {line.name for line in lines} - {""}
    if names:
        named = [each for each in axes.lines if each.get_label() in names]
        axes.legend(handles=named, frameon=False)


def _first_missed(line: Line) -> float:
    """APCER where the first live faces are refused."""
    bpcer, apcer = np.array(line.errors.bpcer), np.array(line.errors.apcer)
    return float(apcer[bpcer > 0][0])


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


_CHANCE: Final[dict[str, Any]] = {"color": COLOURS["muted"], "linestyle": ":", "linewidth": 1}
_DOT: Final[dict[str, Any]] = {
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


def _said(lines: Sequence[Line]) -> str:
    return "".join(
        f"; at the threshold{' of ' * bool(line.name)}{line.name} BPCER {line.point[0]:.2%}, "
        f"APCER of all attacks {line.point[1]:.2%}"
        for line in lines
        if line.point is not None
    )
