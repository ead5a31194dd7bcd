"""The charts of a report: ROC, DET, histograms of the scores, reliability."""

import math

from scipy.special import ndtri

from spooftrace.evaluation.estimates.curves import ErrorBand, Histogram, ReliabilityPoint
from spooftrace.evaluation.svg import BOTTOM, RIGHT, TOP, Plot, Point, Scale

_PERCENTS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99)
_DET_LOW, _DET_HIGH = 0.001, 0.6
_RIDGE = 40.0
"""Height of one row of the histograms."""


def roc(band: ErrorBand, point: Point | None) -> str:
    """Attacks detected against live faces refused; `point` is (BPCER, APCER) at the threshold."""
    plot = Plot(
        title="ROC: share of attacks detected against share of live faces refused",
        x=_shares("live faces refused, BPCER (%)"),
        y=_shares("attacks detected, 1 - APCER (%)"),
    )
    if band.low is not None and band.high is not None:
        lower = [(x, 1 - y) for x, y in zip(band.bpcer, band.high, strict=True)]
        upper = [(x, 1 - y) for x, y in zip(band.bpcer, band.low, strict=True)]
        plot.area(lower, upper, "band")
    plot.line([(0, 0), (1, 1)], "chance")
    plot.line([(x, 1 - y) for x, y in zip(band.bpcer, band.apcer, strict=True)], "curve")
    if point is not None:
        plot.dot(point[0], 1 - point[1], "point", _said(point))
    return plot.draw()


def det(band: ErrorBand, point: Point | None) -> str:
    """Both errors on normal deviate axes; what lies beyond an axis is drawn at its end."""
    seen = [*(y for x, y in zip(band.bpcer, band.apcer, strict=True) if x > 0), *(point or ())]
    high = _DET_HIGH if min(seen[0], 1) <= _DET_HIGH else 0.99
    plot = Plot(
        title="DET: APCER against BPCER on normal deviate axes",
        x=_probits("live faces refused, BPCER (%)", high),
        y=_probits("attacks missed, APCER (%)", high),
    )
    if band.low is not None and band.high is not None:
        lower = list(zip(band.bpcer, band.low, strict=True))
        plot.area(lower, list(zip(band.bpcer, band.high, strict=True)), "band")
    plot.line([(_DET_LOW, _DET_LOW), (high, high)], "chance")
    plot.line(zip(band.bpcer, band.apcer, strict=True), "curve")
    if point is not None:
        plot.dot(*point, "point", _said(point))
    return plot.draw()


def histograms(found: Histogram, threshold: float | None) -> str:
    """One row per class and species, each scaled to its own highest bin; one axis of scores."""
    rows = {"live": found.live} | found.attacks
    low, high = found.edges[0], found.edges[-1]
    height = TOP + BOTTOM + _RIDGE * len(rows)
    plot = Plot(
        title="Histograms of the scores of live faces and of each species",
        x=Scale(low=low, high=high, ticks=_round_ticks(low, high), label="score"),
        y=Scale(low=0, high=len(rows), ticks=(), label=""),
        height=height,
        width=920,
        left=150,
    )
    for number, (name, bins) in enumerate(rows.items()):
        base = len(rows) - 1 - number
        top = max(bins) or 1
        upper = _steps(found.edges, [base + 0.86 * count / top for count in bins])
        plot.area([(low, base), (high, base)], upper, "live" if name == "live" else "spoof")
        _, down = plot.at(low, base)
        plot.text(plot.left - 12, down - 16, name.replace("_", " "), "end")
        plot.text(plot.left - 12, down - 2, f"{sum(bins):,}".replace(",", " "), "end")
    if threshold is not None and low <= threshold <= high:
        plot.line([(threshold, 0), (threshold, len(rows))], "threshold")
        across, _ = plot.at(threshold, 0)
        is_right = across > plot.width - RIGHT - 110
        shift, anchor = (-6, "end") if is_right else (6, "start")
        plot.text(across + shift, TOP + 8, f"threshold {threshold:.4g}", anchor)
    return plot.draw()


def reliability(points: tuple[ReliabilityPoint, ...]) -> str:
    """Share of attacks observed against the probability stated, bin by bin."""
    plot = Plot(
        title="Reliability: share of attacks observed against probability stated",
        x=_shares("probability of attack stated (%)"),
        y=_shares("attacks observed (%)"),
    )
    plot.line([(0, 0), (1, 1)], "chance")
    plot.line([(point.stated, point.observed) for point in points], "curve thin")
    for point in points:
        plot.line([(point.stated, point.low), (point.stated, point.high)], "whisker")
        said = f"stated {point.stated:.1%}, observed {point.observed:.1%} of {point.rows}"
        plot.dot(point.stated, point.observed, "bin", said, radius=4)
    return plot.draw()


def _shares(label: str) -> Scale:
    ticks = tuple((part / 5, f"{20 * part}") for part in range(6))
    return Scale(low=0, high=1, ticks=ticks, label=label)


def _probits(label: str, high: float) -> Scale:
    ticks = tuple((rate, f"{100 * rate:g}") for rate in _PERCENTS if rate <= high)
    return Scale(low=_DET_LOW, high=high, ticks=ticks, label=label, transform=_probit)


def _probit(rate: float) -> float:
    return float(ndtri(rate))


def _steps(edges: tuple[float, ...], levels: list[float]) -> list[Point]:
    pairs = zip(edges[:-1], edges[1:], levels, strict=True)
    return [point for left, right, level in pairs for point in ((left, level), (right, level))]


def _round_ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """About six round numbers between the ends."""
    if not high > low:
        return ((low, f"{low:g}"),)
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * unit for unit in (1, 2, 5, 10) if power * unit >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return tuple((number * step, f"{number * step:.6g}") for number in range(first, last + 1))


def _said(point: Point) -> str:
    return f"at the threshold: BPCER {point[0]:.2%}, APCER of all attacks {point[1]:.2%}"
