"""The convex hull of the ROC and the equal error rate on it.

Between two thresholds one may toss a coin; the hull is what the best coins reach (Provost and
Fawcett 2001). The EER where it meets the diagonal is the other reading in use beside the nearest
threshold: never above 1/2, never above the larger of APCER and BPCER at any threshold, and reached
by no single threshold in general.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spooftrace.metrics.curve import ErrorCurve, Floats, error_curve

_EXACT = 1e-12
"""Points nearer to a chord than this lie on it: rates carry rounding of 1e-16."""


@dataclass(frozen=True, slots=True)
class Hull:
    """The corners of the convex hull, from (BPCER, APCER) = (1, 0) to (0, 1)."""

    bpcer: Floats
    """(h,), not increasing."""
    apcer: Floats
    """(h,), not decreasing."""


def roc_convex_hull(attacks: ArrayLike, bona_fide: ArrayLike) -> Hull:
    """The corners of the lower convex hull of (BPCER, APCER), in O(n) after sorting.

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite.
    """
    curve = error_curve(attacks, bona_fide)
    # Counts are whole numbers, which Python multiplies exactly.
    refused, missed = curve.refused.astype(int).tolist(), curve.missed.astype(int).tolist()
    points = list(zip(refused, missed, strict=True))
    corners: list[tuple[int, int]] = []
    for point in points:
        while len(corners) > 1 and not _turns_left(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    bpcer, apcer = np.array(corners, dtype=np.float64).T
    return Hull(bpcer / curve.live, apcer / curve.attacks)


def eer_on_hull(attacks: ArrayLike, bona_fide: ArrayLike) -> float:
    """EER on the convex hull of the ROC, all attacks pooled; in [0, 1/2].

    Raises:
        NoSamplesError: a class is empty.
        ScoreFileError: a score is not finite.
    """
    return float(eer_on_hull_of(error_curve(attacks, bona_fide)))


def eer_on_hull_of(curve: ErrorCurve) -> Floats:
    """EER on the convex hull, over the leading axes of the curve; NaN where a class is empty."""
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


def _turns_left(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether the middle point is a corner of the lower hull, walking towards smaller x."""
    (x0, y0), (x1, y1), (x2, y2) = first, middle, last
    return (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0) < 0
