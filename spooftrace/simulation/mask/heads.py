"""The whole head as one surface: what a hood-like mask or a mannequin covers beyond the mesh."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from spooftrace.simulation.mask import shells
from spooftrace.simulation.scene.light import Image
from spooftrace.simulation.scene.scene import Scene

SKULL_MIDDLE: Final = -0.1
"""y of the middle of the skull on the mean face, in heights of the face."""
SKULL_HALF: Final = (0.5, 0.66)
"""Half the width and height of the skull; ears left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """A scene's head, coarse (n/2, n/2)."""

    cover: Image
    """In [0, 1]: 1 on head and neck down to the neckline, person only."""
    hair: Image
    """In [0, 1]: 1 where the person's hair is or may be: above and beside the face."""
    normal: Image
    """(n/2, n/2, 3): the mesh's normals, continued over a skull."""


def head_of(scene: Scene, neckline: float) -> Head:
    """The head down to `neckline` (y on the mean face; the chin is 0.5)."""
    place = shells.coarse(scene.surface.place)
    person, inside = shells.coarse(scene.person), shells.coarse(scene.surface.inside)
    x, y = place[..., 0], place[..., 1]
    edge = neckline - 0.45 * x * x
    cover = person * np.clip((edge - y) * 200 + 0.5, 0, 1)
    jaw = np.clip((0.12 - y) * 6, 0, 1)
    beside = np.clip((np.abs(x) - 0.45 + 0.12 * np.clip(y, 0, 1)) * 20, 0, 1)
    face = cv2.GaussianBlur(inside, (0, 0), 2.5)
    hair = np.maximum(jaw, beside) * np.clip(1.6 - 2 * face, 0, 1) * cover
    return Head(
        cover=np.asarray(cover, np.float32),
        hair=np.asarray(hair, np.float32),
        normal=_skull_normal(scene, place, inside),
    )


def _skull_normal(scene: Scene, place: Image, inside: Image) -> Image:
    """Normals of the mesh inside of it, of an ellipsoid around it."""
    wide, tall = SKULL_HALF
    round_about = (place[..., 0] / wide) ** 2 + ((place[..., 1] - SKULL_MIDDLE) / tall) ** 2
    depth = 0.5 * float(np.ptp(scene.mesh[:, 1]))
    dome = np.sqrt(np.clip(1 - round_about, 0.04, 1)) * np.float32(depth)
    flat = np.zeros((*place.shape[:2], 3), np.float32)
    flat[..., 2] = -1
    skull = shells.raised(flat, np.asarray(dome, np.float32))
    weight = np.clip(2 * cv2.GaussianBlur(inside, (0, 0), 6) - 1, 0, 1)[..., None]
    return shells.unit(skull + weight * (shells.coarse(scene.surface.normal) - skull))


def hair_detail(scene: Scene) -> Image:
    """(n, n): the person's fine structure as a factor of mean about 1: strands, for a wig."""
    third = np.full((1, 3), 1 / 3, np.float32)
    grey = np.asarray(cv2.transform(scene.light, third), np.float32)
    small = cv2.GaussianBlur(shells.coarse(grey), (0, 0), 9 / shells.COARSE)
    mean = shells.fine(np.asarray(small, np.float32)) + np.float32(0.02)
    return np.asarray(np.clip((grey + 0.02) / mean, 0.5, 2), np.float32)
