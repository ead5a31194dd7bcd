"""A thin rigid shell on the face: where it is, its rim, and the shadow that it throws on the skin.

Everything follows from one field: the signed distance to the nearest edge of the shell. It is
smooth, so it is made at half the scene's size and enlarged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.illumination import Illumination
from spooftrace.simulation.scene.light import Floats, Image, Light, dimmed, mixed
from spooftrace.simulation.scene.scene import Scene

COARSE: Final = 2
"""Pixels of the scene per pixel of the fields of a shell."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shell:
    """The place of a shell of a scene of side n."""

    distance: Image
    """(n/2, n/2): to the nearest edge in pixels of the scene, positive on the shell."""
    thickness: float
    """Pixels of the scene between the skin and the shell's outer face; 2 px are about a millimetre.
    """

    def cover(self) -> Image:
        """(n, n) in [0, 1]: 1 on the shell."""
        return np.asarray(np.clip(fine(self.distance) * np.float32(0.7) + 0.5, 0, 1), np.float32)

    def rim(self) -> Image:
        """(n/2, n/2) in [0, 1]: 1 at the edge, falling to 0 one thickness inside."""
        if self.thickness <= 0:
            return np.zeros_like(self.distance)
        along = 1 - self.distance / np.float32(self.thickness)
        return np.asarray(np.clip(along, 0, 1) * (self.distance > -2), np.float32)


def coarse(image: Image) -> Image:
    """(n/2, n/2, ...) means of a field of a scene (n, n, ...)."""
    side = len(image) // COARSE
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def fine(field: Image) -> Image:
    """(n, n, ...) of a field (n/2, n/2, ...)."""
    side = len(field) * COARSE
    return np.asarray(cv2.resize(field, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def signed_distance(inside: Bools) -> Image:
    """(h, h) px of the scene, from a coarse map of where the shell is; positive inside.

    The map's steps are rounded off: a moulded or cut edge is no staircase. Of a shell that covers
    all of the map, or nothing, every edge lies outside of it: as far off as its corners are apart.
    """
    mask = inside.astype(np.uint8)
    height, width = mask.shape
    farthest = np.float32(np.hypot(height, width))
    within = np.minimum(cv2.distanceTransform(mask, cv2.DIST_L2, 5), farthest)
    without = np.minimum(cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5), farthest)
    return np.asarray(cv2.GaussianBlur((within - without) * COARSE, (0, 0), 1.2), np.float32)


def cut(inside: Bools, shapes: Sequence[Floats]) -> Bools:
    """The map without what lies in these outlines (k, 2), pixels of the scene."""
    mask = inside.astype(np.uint8)
    for shape in shapes:
        points = np.round(((shape + 0.5) / COARSE - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(mask, [points], (0,), cv2.LINE_8, shift=4)
    return mask > 0


def filled(side: int, shapes: Sequence[Floats]) -> Bools:
    """(side, side): the map that is true inside these outlines (k, 2), pixels of the scene."""
    return ~cut(np.ones((side, side), np.bool_), shapes)


def slope(field: Image) -> Image:
    """(h, h, 2): the slope of a coarse field per pixel of the scene, x then y."""
    scale = 1 / (8 * COARSE)
    across = cv2.Sobel(field, cv2.CV_32F, 1, 0, scale=scale)
    down = cv2.Sobel(field, cv2.CV_32F, 0, 1, scale=scale)
    return np.asarray(np.stack([across, down], axis=-1), np.float32)


def raised(normal: Image, height: Image) -> Image:
    """Normals (h, h, 3) of the surface with a relief (h, h) on it, in pixels of the scene."""
    out = normal.copy()
    out[..., :2] -= slope(height)
    return unit(out)


def unit(vectors: Image) -> Image:
    """Vectors (..., 3) brought to length 1."""
    length = np.sqrt(np.einsum("...c,...c->...", vectors, vectors))
    return np.asarray(vectors / np.maximum(length, 1e-6)[..., None], np.float32)


def softened(normal: Image, sigma: float) -> Image:
    """Normals (h, h, 3) of the surface whose folds are filled, `sigma` coarse pixels wide."""
    return unit(np.asarray(cv2.GaussianBlur(normal, (0, 0), sigma), np.float32))


def rounded_rim(shell: Shell, normal: Image, tilt: float = 1.0) -> Image:
    """Normals (n/2, n/2, 3), turned outwards near the edge by up to `tilt` (tangent)."""
    outwards = -slope(shell.distance) * (shell.rim() * np.float32(tilt))[..., None]
    out = normal.copy()
    out[..., :2] += outwards
    return unit(out)


def shadow(shell: Shell, illumination: Illumination, softness: float = 0.6) -> Image:
    """(n, n) in [0, 1]: the share of its light that the skin beside the shell still gets.

    The key light's shadow lies away from the light, as far as the shell is thick and the light
    low; its penumbra grows with the thickness. The corner at the rim also sees less of the room.
    """
    solid = np.clip(shell.distance * np.float32(0.7) + 0.5, 0, 1)
    reach = shell.thickness / COARSE
    low = illumination.towards[:2] / max(0.35, -float(illumination.towards[2]))
    move = np.array([[1, 0, -low[0] * reach], [0, 1, -low[1] * reach]], np.float64)
    thrown = cv2.warpAffine(solid, move, solid.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    thrown = cv2.GaussianBlur(thrown, (0, 0), max(0.4, softness * reach))
    near = cv2.GaussianBlur(solid, (0, 0), max(0.4, 1.2 * reach))
    key = illumination.key / (illumination.key + illumination.ambient)
    lost = 0.9 * key * thrown + 0.7 * (1 - key) * near
    return fine(np.asarray(1 - lost, np.float32))


def put_on(scene: Scene, shell: Shell, face: Light) -> Light:
    """The scene's light with the shell's `face` (n, n, 3) on it, its shadow on the person."""
    if shell.thickness > 0:
        lost = (1 - shadow(shell, scene.illumination)) * scene.person
        under = dimmed(scene.light, 1 - lost)
    else:
        under = scene.light
    return mixed(under, face, shell.cover())


def relit(scene: Scene, share: Image) -> Scene:
    """The scene with this share (n, n) of its light."""
    return replace(scene, light=dimmed(scene.light, share))
