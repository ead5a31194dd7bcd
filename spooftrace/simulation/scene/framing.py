"""How a face is cut out of the camera's picture: as a whole frame, or from a detector's tight box.

`faces.crop` cuts the square; where a picture ends before it - a face detector's box ends at the
ears and below the chin - it is continued by reflection. Living faces and attacks alike.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from spooftrace.faces.crop import Box, cut, to_crop
from spooftrace.simulation.scene.light import Picture, Points
from spooftrace.simulation.scene.scene import CROP_SIDE, MARGIN, SCENE_SIZE

TIGHT: Final = 0.4
"""Share of faces that come from a detector's tight box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """Lengths are shares of the side of the crop."""

    shift: tuple[float, float] = (0.0, 0.0)
    """How far beside its rule the square lies, as its landmarks are found a little off."""
    size: float = 1.0
    """Its side over the rule's."""
    ends: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """What is beyond the picture's left, upper, right and lower end; all 0 in a whole frame."""


def draw_framing(rng: np.random.Generator) -> Framing:
    """Landmarks off by a percent or two; two boxes in five are tight (medians of such crops)."""
    x, y = np.clip(rng.normal(0, 0.012, 2), -0.03, 0.03)
    size = float(np.clip(rng.normal(1.0, 0.015), 0.96, 1.05))
    middles, spread = np.array([0.14, 0.0, 0.14, 0.07]), np.array([0.03, 0.03, 0.03, 0.03])
    ends = np.clip(rng.normal(middles, spread), 0, 0.25)
    is_tight = rng.random() < TIGHT
    left, top, right, bottom = ends.tolist() if is_tight else [0.0] * 4
    return Framing(shift=(float(x), float(y)), size=size, ends=(left, top, right, bottom))


def framed(picture: Picture, framing: Framing) -> Picture:
    """The face's crop (256, 256, 3) of a picture of the scene."""
    box = _square(len(picture), framing)
    left, top, right, bottom = (round(end * box.side) for end in framing.ends)
    rows = slice(box.top + top, box.top + box.side - bottom) if top or bottom else slice(None)
    columns = slice(box.left + left, box.left + box.side - right) if left or right else slice(None)
    part = picture[rows, columns]
    moved = Box(
        left=box.left - (columns.start or 0), top=box.top - (rows.start or 0), side=box.side
    )
    return cut(part, moved)


def framed_points(mesh: Points, side: int, framing: Framing) -> Points:
    """(468, 2): a scene's mesh in pixels of that crop of a picture of `side` px."""
    points = (mesh[:, :2] + 0.5) * (side / SCENE_SIZE) - 0.5
    return to_crop(points, _square(side, framing))


def native_size(side: int, framing: Framing) -> int:
    """Pixels of a picture of `side` px that become the crop's 256."""
    return _square(side, framing).side


def _square(side: int, framing: Framing) -> Box:
    """Whole pixels of the picture."""
    scale = side / SCENE_SIZE
    wide = CROP_SIDE * scale * framing.size
    left, top = (
        MARGIN * scale + CROP_SIDE * scale * (offset + (1 - framing.size) / 2)
        for offset in framing.shift
    )
    return Box(left=round(left), top=round(top), side=round(wide))
