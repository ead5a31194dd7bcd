"""What the evidence of one face amounts to, in a sentence made of measured facts.

It says which of the four elements carry the trace, and where on the face it is strongest. It says
nothing of what the medium may be: no part of the model was taught to.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Box, resize_face, to_crop
from spooftrace.faces.mesh import CANONICAL, VERTICES

if TYPE_CHECKING:
    from spooftrace.detector.detection import Evidence

Floats = NDArray[np.float32]

NAMES: Final = ("range bias s", "balance bias b", "smooth content C", "sharp texture T")
FAINTEST: Final = 0.5 / 255
"""A weaker trace is invisible, and its shares are noise."""
CANCELLING: Final = 2.0
"""Elements whose magnitudes add up to this many times that of the trace are said to cancel."""
EVEN: Final = 1.25
"""A region stands out when its mean magnitude is this many times that of the face."""
REACH: Final = 1 / 32
"""Half the side of the square round a vertex in which the trace is measured, in sides of it."""


def explanation(seen: "Evidence", vertices: Floats | None, box: Box | None) -> str:
    """The sentence. Where the face was found, by `vertices` and `box`, it says where on it.

    Shares are those of the mean magnitudes of s I, b, [C] and T; a region's magnitude is the mean
    over its vertices of mean |G| in the small square round each.
    """
    size = len(seen.trace)
    sizes = _element_sizes(seen, size)
    total, trace = float(sizes.sum()), float(np.abs(seen.trace).mean())
    if trace < FAINTEST:
        return f"Mean |G| is {trace:.4f} of white, less than half a grey level."
    order = np.argsort(-sizes, kind="stable")
    shares = ", ".join(f"{NAMES[i]} {sizes[i] / total:.0%}" for i in order)
    words = [f"Mean |G| is {trace:.4f} of white; of the elements' magnitude {shares}"]
    if total >= CANCELLING * trace:
        words.append(f"they cancel each other in part ({total / trace:.1f} times the trace)")
    if vertices is not None and box is not None:
        words.append(_where(seen.trace, to_crop(vertices, box, size)))
    return "; ".join(words) + "."


def _element_sizes(seen: "Evidence", size: int) -> Floats:
    """Mean magnitudes (4,) of s I, b, C and T."""
    image = resize_face(seen.crop, size).astype(np.float32) / 255
    elements = (seen.range_bias * image, seen.balance_bias, seen.content, seen.texture)
    return np.array([np.abs(element).mean() for element in elements], np.float32)


def _where(trace: Floats, points: Floats) -> str:
    magnitude = np.abs(trace).mean(axis=2)
    reach = max(1, round(REACH * len(trace)))
    columns, rows = np.clip(np.rint(points).astype(int), 0, len(trace) - 1).T
    values = np.array(
        [
            magnitude[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].mean()
            for x, y in zip(columns, rows, strict=True)
        ]
    )
    means = {name: float(values[name == REGIONS].mean()) for name in sorted(set(REGIONS))}
    mean = float(np.mean(list(means.values())))
    strongest = max(means, key=lambda name: means[name])
    if mean == 0 or means[strongest] < EVEN * mean:
        return "it is about as strong all over the face"
    return f"it is strongest {strongest}, {means[strongest] / mean:.1f} times the face's mean"


def _region(x: float, y: float) -> str:
    """The part of the mean face; left and right are the person's."""
    side = "right" if x < 0 else "left"
    if y < -0.28:
        return "on the forehead"
    if abs(x) < 0.1 and y < 0.13:
        return "on the nose"
    if y < -0.08:
        return f"round the {side} eye"
    if y >= 0.33:
        return "on the chin"
    if abs(x) < 0.2 and y >= 0.13:
        return "round the mouth"
    return f"on the {side} cheek"


REGIONS: Final = np.array([_region(float(x), float(y)) for x, y in CANONICAL[VERTICES][:, :2]])
"""Of each of the 140 vertices."""
