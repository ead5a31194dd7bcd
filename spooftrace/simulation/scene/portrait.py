"""A portrait: a living face in even light, and what a simulation needs to know of it."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import face_box
from spooftrace.faces.mesh import CANONICAL
from spooftrace.simulation.scene.light import Floats, Image, Light, Picture, Points, decode

PORTRAIT_SIZE: Final = 720
"""Side of a portrait in pixels."""

PORTRAIT_ENLARGE: Final = 2.0
"""Side of a portrait over the longer side of the mesh: room for hair, shoulders and turns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portrait:
    """One look at a living person, frontal or nearly so."""

    light: Light
    """(720, 720, 3) linear RGB in [0, 1]: the person as evenly lit as the picture is."""
    mesh: Points
    """(468, 3): x, y in pixels of `light`, z in the same unit, growing away from the camera."""
    matte: Image
    """(720, 720) in [0, 1]: 1 on the person - head, hair, neck, clothes - and 0 behind."""
    whole: Light | None = None
    """(720, 720, 3) the picture as it was, with the room that the person was in; None where there
    was none."""
    detail: float = PORTRAIT_SIZE / PORTRAIT_ENLARGE
    """Pixels of true detail along the longer side of the mesh: no simulated picture of this person
    holds a face of more."""


def portrait_of(picture: Picture, points: Points, matte: Image) -> Portrait:
    """The portrait of a face in a picture.

    Args:
        picture: (h, w, 3) uint8 RGB.
        points: (468, 2) mesh, pixels of the picture.
        matte: (h, w) in [0, 1], where the person is.
    """
    box = face_box(points)
    middle = np.array([box.left, box.top]) + (box.side - 1) / 2
    zoom = PORTRAIT_SIZE / (PORTRAIT_ENLARGE * float(np.ptp(points, axis=0).max()))
    shift = (PORTRAIT_SIZE - 1) / 2 - zoom * middle
    matrix = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
    placed = points * zoom + shift
    whole = decode(np.asarray(_moved(picture, matrix), np.uint8))
    cover = np.asarray(_moved(matte, matrix), np.float32)
    return Portrait(
        light=persons_own(whole, cover),
        mesh=with_depth(placed),
        matte=cover,
        whole=whole,
        detail=min(1 / zoom, 1.0) * PORTRAIT_SIZE / PORTRAIT_ENLARGE,
    )


def persons_own(light: Light, matte: Image) -> Light:
    """The light with the person's colours carried outwards over the matte's soft edge.

    Else the old background, which studios make bright, would shine round the hair in any new room.
    """
    sure = np.clip((matte - 0.9) * 10, 0, 1)
    weight = cv2.GaussianBlur(sure, (0, 0), 4.0)
    carried = cv2.GaussianBlur(light * sure[..., None], (0, 0), 4.0)
    carried /= np.maximum(weight, 1e-3)[..., None]
    reached = (np.clip(weight * 50, 0, 1) * (1 - sure))[..., None]
    return np.asarray(light + reached * (carried - light), np.float32)


def with_depth(points: Floats) -> Points:
    """(468, 3): a mesh (468, 2) with the depth that the mean face has in the same pose.

    The pose is the affine camera that carries the mean face nearest to the points; depth runs
    along the axis at right angles to both of its rows.
    """
    model = CANONICAL - CANONICAL.mean(axis=0)
    flat = points - points.mean(axis=0)
    rows = np.linalg.lstsq(model, flat, rcond=None)[0].T
    scale = float(np.sqrt(np.linalg.norm(rows[0]) * np.linalg.norm(rows[1])))
    axis = np.cross(rows[0], rows[1])
    depth = model @ (axis / np.linalg.norm(axis)) * scale
    return np.asarray(np.column_stack([points, depth]), np.float32)


def _moved(image: Picture | Image, matrix: NDArray[np.float64]) -> NDArray[np.generic]:
    side = (PORTRAIT_SIZE, PORTRAIT_SIZE)
    return np.asarray(
        cv2.warpAffine(image, matrix, side, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )
