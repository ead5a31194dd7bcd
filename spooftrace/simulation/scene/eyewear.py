"""Glasses that a person wears: where their frames are, so that they stay on in an attack.

Frames are thin and darker than the skin beside them, across the bridge of the nose and below the
eyes, where no brow and no lash is. Rimless glasses and pale wires are not found.
"""

from typing import Final

import cv2
import numpy as np

from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Image, Light, luminance, mixed
from spooftrace.simulation.scene.scene import Scene

_COARSE: Final = 2
_BINS: Final = 24

DARKER: Final = 0.28
"""Share of the light beside it that a frame lacks."""

SHADOW: Final = 0.68
"""Share of the bridge of the nose that is dark below heavy brows, and that no frame covers."""

SEEN: Final = (0.8, 0.5)
"""Shares of the bridge's width, and of the widths below the eyes, that a dark line must cross."""


def kept_on(scene: Scene, light: Light) -> Light:
    """An attack's light (n, n, 3) with the person's own glasses, if there are any, before it."""
    frames = frames_of(scene)
    return light if frames is None else mixed(light, scene.light, frames)


def frames_of(scene: Scene) -> Image | None:
    """(n, n) in [0, 1]: 1 on the frames of the person's glasses; None where none are seen."""
    side = len(scene.light) // _COARSE
    dark, x, y = _dark(scene, side)
    bridge, below = crossed(dark, x, y)
    if bridge < SEEN[0] or below < SEEN[1]:
        return None
    # Beside the nose are its own shadows.
    reach = (np.abs(x) < 0.5) & (y > -0.34) & (y < np.where(np.abs(x) < 0.12, -0.1, 0.06))
    frames = cv2.GaussianBlur(np.where(reach, dark, 0).astype(np.float32), (0, 0), 0.7)
    size = scene.light.shape[1::-1]
    large = cv2.resize(frames, size, interpolation=cv2.INTER_LINEAR)
    steep = np.asarray(large, np.float32) * np.float32(1.5) - np.float32(0.25)
    return np.asarray(np.clip(steep, 0, 1), np.float32)


def crossed(dark: Image, x: Image, y: Image) -> tuple[float, float]:
    """Shares of the bridge's width and of the widths below the eyes that something dark crosses.

    `x` and `y` say where on the mean face each pixel of `dark` lies. A bridge that is dark all over
    is no frame but a shadow of the brows.
    """
    found = dark > 0.5
    between = (np.abs(x) < 0.045) & (y > -0.25) & (y < -0.12)
    bridge = found & between
    if bridge.sum() > SHADOW * between.sum():
        return 0.0, 0.0
    below = found & (y > -0.13) & (y < 0.03)
    across = np.linspace(-0.045, 0.045, _BINS // 3 + 1)
    left, right = np.linspace(-0.33, -0.1, _BINS // 2 + 1), np.linspace(0.1, 0.33, _BINS // 2 + 1)
    hits = np.histogram(x[bridge], across)[0] > 0
    under = [np.histogram(x[below], edges)[0] > 0 for edges in (left, right)]
    return float(hits.mean()), float(min(side.mean() for side in under))


def _dark(scene: Scene, side: int) -> tuple[Image, Image, Image]:
    """What is thin and dark on the skin, the eyes left out, and its place on the mean face."""
    size = (side, side)
    shade = np.asarray(cv2.resize(scene.shading, size), np.float32)
    small = np.asarray(cv2.resize(scene.light, size, interpolation=cv2.INTER_AREA), np.float32)
    grey = luminance(small) / np.maximum(luminance(shade), np.float32(1e-3))
    wide = int(0.1 * np.ptp(scene.mesh[:, 1]) / _COARSE) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    beside = np.maximum(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, kernel), np.float32(0.02))
    lacking = (beside - grey) / beside
    dark = np.clip((lacking - np.float32(DARKER)) * 8 + np.float32(0.5), 0, 1)
    place = np.asarray(cv2.resize(scene.surface.place, size), np.float32)
    inside = np.asarray(cv2.resize(scene.surface.inside, size), np.float32)
    for eye in (regions.RIGHT_EYE, regions.LEFT_EYE):
        shape = regions.grown(regions.outline(scene.mesh, eye), 1.3)
        dark = dark * (1 - regions.polygon((shape + 0.5) / _COARSE - 0.5, side, 1.0))
    return np.asarray(dark * inside, np.float32), place[..., 0], place[..., 1]
