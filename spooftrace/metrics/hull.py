"""The convex hull of the ROC and the equal error rate on it.

Between two thresholds one may toss a coin; the hull is what the best coins reach (Provost and
Fawcett 2001). The EER where it meets the diagonal is the other reading in use beside the nearest
threshold: never above 1/2, never above the larger of APCER and BPCER at any threshold, and reached
by no single threshold in general.
"""

from collections.abc import Callable

import numpy as np

from spooftrace.metrics.curve import ErrorCurve, Floats

_EXACT = 1e-12
"""Points nearer to a chord than this lie on it: rates carry rounding of 1e-16."""


def eer_on_hull_of(curve: ErrorCurve) -> Floats:
    """EER on the convex hull, over the leading axes of the curve; in [0, 1/2].

    NaN where a class is empty.
    """
    leading = curve.missed.shape[:-1]
    apcer, bpcer = (rate.reshape(-1, rate.shape[-1]) for rate in (curve.apcer, curve.bpcer))
    found = np.full(len(apcer), np.nan)
    defined = np.isfinite(apcer[:, 0]) & np.isfinite(bpcer[:, 0])
    found[defined] = [_crossing(x, y) for x, y in zip(bpcer[defined], apcer[defined], strict=True)]
    return found.reshape(leading)


def eer_on_hull_between(x: Floats, y: Floats, between: Callable[[int, int], ErrorCurve]) -> float:
    """EER on the hull of one curve that is known at bounds, and elsewhere on demand; NaN as above.

    Args:
        x: (b + 1,) BPCER at the bounds, not increasing.
        y: (b + 1,) APCER at the bounds, not decreasing.
        between: the curve of shape (1, ...) from one bound to another.
    """
    if not (np.isfinite(x[0]) and np.isfinite(y[0])):
        return float("nan")
    known = np.zeros(x.size - 1, np.bool_)
    # No point of a block is nearer to the origin than the corner of its two bounds.
    corner_x, corner_y = x[1:], y[:-1]
    while True:
        left, right = _crossing_chord(x, y)
        x0, x1, y0, y1 = x[left], x[right], y[left], y[right]
        across, up = x0 - x1, y1 - y0
        nearest = up * corner_x + across * corner_y
        below = np.flatnonzero(~known & (nearest < up * x0 + across * y0 - _EXACT))
        if not below.size:
            return _meeting(x0, y0, x1, y1)
        first, last = int(below[0]), int(below[-1]) + 1
        known[first:last] = True
        curve = between(first, last)
        x, y = np.concatenate([x, curve.bpcer[0]]), np.concatenate([y, curve.apcer[0]])
        order = np.lexsort((y, -x))
        x, y = x[order], y[order]


def _crossing(x: Floats, y: Floats) -> float:
    """Where the lower hull of the points (x, y), each (k,), meets the diagonal."""
    left, right = _crossing_chord(x, y)
    return _meeting(x[left], y[left], x[right], y[right])


def _crossing_chord(x: Floats, y: Floats) -> tuple[int, int]:
    """The ends of the chord of the lower hull that crosses the diagonal.

    It is pushed out to the farthest point beyond it until there is none. The points between its
    ends become few at once, where a full hull would need them all.
    """
    left, right = 0, x.size - 1
    while True:
        across, up = x[left] - x[right], y[right] - y[left]
        height = up * x[left : right + 1] + across * y[left : right + 1]
        lowest = left + int(height.argmin())
        if height[0] - height[lowest - left] <= _EXACT:
            return left, right
        left, right = (lowest, right) if y[lowest] <= x[lowest] else (left, lowest)


def _meeting(x0: float, y0: float, x1: float, y1: float) -> float:
    """Where a chord meets the diagonal."""
    before, after = x0 - y0, y1 - x1
    return float(x0 + before / (before + after) * (x1 - x0))
