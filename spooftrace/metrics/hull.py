"""The convex hull of the ROC and the equal error rate on it.

Between two thresholds one may toss a coin; the hull is what the best coins reach (Provost and
Fawcett 2001). The EER where it meets the diagonal is the other reading in use beside the nearest
threshold: never above 1/2, never above the larger of APCER and BPCER at any threshold, and reached
by no single threshold in general.
"""

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


def _crossing(x: Floats, y: Floats) -> float:
    """Where the lower hull of the points (x, y), each (k,), meets the diagonal.

    The chord that crosses the diagonal is pushed out to the farthest point beyond it until there
    is none. The points between its ends become few at once, where a full hull would need them all.
    """
    left, right = 0, x.size - 1
    while True:
        across, up = x[left] - x[right], y[right] - y[left]
        height = up * x[left : right + 1] + across * y[left : right + 1]
        lowest = left + int(height.argmin())
        if height[0] - height[lowest - left] <= _EXACT:
            break
        left, right = (lowest, right) if y[lowest] <= x[lowest] else (left, lowest)
    before, after = x[left] - y[left], y[right] - x[right]
    return float(x[left] + before / (before + after) * (x[right] - x[left]))
