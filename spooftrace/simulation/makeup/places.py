"""Where paint goes: masks (n, n) in [0, 1] of what brushes and sponges reach on a face."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Floats, Image, Points, luminance
from spooftrace.simulation.scene.scene import SCENE_SIZE, Scene

UPPER_LIDS: Final = (
    (133, 173, 157, 158, 159, 160, 161, 246, 33),
    (362, 398, 384, 385, 386, 387, 388, 466, 263),
)
"""From the inner to the outer corner of the right and the left eye."""
LOWER_LIDS: Final = (
    (133, 155, 154, 153, 145, 144, 163, 7, 33),
    (362, 382, 381, 380, 374, 373, 390, 249, 263),
)
BROW_LINES: Final = ((55, 65, 52, 53, 46), (285, 295, 282, 283, 276))
"""Lower borders of the brows, from the nose outwards."""
BROW_TOPS: Final = ((107, 66, 105, 63, 70), (336, 296, 334, 293, 300))
CHEEK_HOLLOWS: Final = ((234, 123, 187, 214), (454, 352, 411, 434))
"""Below the cheek bones, from the ear towards the mouth."""
CHEEK_BONES: Final = ((127, 116, 117, 118), (356, 345, 346, 347))
NOSE_SIDES: Final = ((193, 122, 196, 198, 129), (417, 351, 419, 420, 358))
NOSE_RIDGE: Final = (168, 6, 197, 195, 5, 4)
JAW: Final = (132, 172, 136, 149, 152, 378, 365, 397, 361)
SMILE_LINES: Final = ((129, 203, 206, 216, 212), (358, 423, 426, 436, 432))
"""From the wings of the nose round the corners of the mouth."""
FOREHEAD_LINES: Final = ((71, 68, 104, 69, 108, 151, 337, 299, 333, 298, 301),)


def skin(scene: Scene) -> Image:
    """The bare skin of the face: no eyes, no lips, no hair, no beard, soft towards the border."""
    mesh, size = scene.mesh, SCENE_SIZE
    reach = filled(regions.outline(mesh, regions.OVAL), 9.0) * np.minimum(
        scene.surface.inside * 1.2, 1
    )
    for eye in (regions.RIGHT_EYE, regions.LEFT_EYE):
        reach = reach * (1 - regions.polygon(regions.grown(regions.outline(mesh, eye), 1.1), size))
    mouth = regions.polygon(regions.outline(mesh, regions.LIPS), size, 2.0)
    reach = reach * (1 - mouth) * scene.person
    return np.asarray(reach * _as_bright_as_cheeks(scene), np.float32)


def lips(scene: Scene, beyond: float = 1.0) -> Image:
    """The lips without the gap between them; `beyond` over 1 is drawn over their border."""
    outer = regions.grown(regions.outline(scene.mesh, regions.LIPS), beyond)
    gap = regions.mask(scene.mesh, regions.MOUTH, SCENE_SIZE, 1.0)
    return regions.polygon(outer, SCENE_SIZE, 1.2) * (1 - gap)


def lid(scene: Scene, side: int, reach: float, outwards: float = 0.0) -> Image:
    """From the lashes upwards: `reach` 1 goes to the brow; `outwards` shifts it to the temple."""
    mesh = scene.mesh
    low, high = points(mesh, UPPER_LIDS[side]), points(mesh, BROW_LINES[side])
    top = low[[0, 2, 4, 6, 8]] + np.float32(reach) * (high - low[[0, 2, 4, 6, 8]])
    away = (low[-1] - low[0]) * np.float32(outwards)
    shape = np.concatenate(
        [
            low,
            low[-1:] + away,
            top[::-1] + away * np.array([[1], [0.8], [0.5], [0.2], [0]], np.float32),
        ]
    )
    soft = filled(shape, 1.5 + 7.0 * reach)
    eye = regions.mask(mesh, (regions.RIGHT_EYE, regions.LEFT_EYE)[side], SCENE_SIZE, 1.0)
    return soft * (1 - eye)


def brow(scene: Scene, side: int, thicker: float = 1.0) -> Image:
    """A brow, `thicker` times as tall as the mesh has it."""
    low, high = brow_edges(scene.mesh, side, thicker)
    return regions.polygon(np.concatenate([low, high[::-1]]), SCENE_SIZE, 2.5)


def brow_edges(mesh: Points, side: int, thicker: float = 1.0) -> tuple[Points, Points]:
    """Lower and upper border of a brow (5, 2) each, from the nose outwards."""
    low, high = points(mesh, BROW_LINES[side]), points(mesh, BROW_TOPS[side])
    middle, half = (low + high) / 2, (low - high) / 2 * np.float32(thicker)
    return np.asarray(middle + half, np.float32), np.asarray(middle - half, np.float32)


def band(line: Floats, width: float, blur: float) -> Image:
    """A soft band along a line (k, 2), `width` px wide in the middle, thinner to the ends."""
    smooth = curve(line, 24)
    wide = width / 2 * np.sin(np.linspace(0.15, np.pi - 0.15, len(smooth)))[:, None]
    along = np.gradient(smooth, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-6
    shape = np.concatenate([smooth + across * wide, (smooth - across * wide)[::-1]])
    return filled(shape, blur)


def filled(shape: Floats, blur: float) -> Image:
    """1 inside an outline (k, 2); wide blurs are made at a quarter of the size, being smooth."""
    if blur < 4:
        return regions.polygon(shape, SCENE_SIZE, blur)
    small = regions.polygon((shape + 0.5) / 4 - 0.5, SCENE_SIZE // 4, blur / 4)
    large = cv2.resize(small, (SCENE_SIZE, SCENE_SIZE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def spot(middle: Floats, radii: tuple[float, float], angle: float) -> Image:
    """exp(-d^2 / 2) of an ellipse turned by `angle` radians, cut off at three radii."""
    steps = np.arange(1.5, SCENE_SIZE, 4, dtype=np.float32)  # smooth: a quarter of the size will do
    x, y = (steps - np.float32(middle[0]))[None], (steps - np.float32(middle[1]))[:, None]
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    d = ((c * x + s * y) / np.float32(radii[0])) ** 2 + (
        (c * y - s * x) / np.float32(radii[1])
    ) ** 2
    small = np.where(d < 9, np.exp(-d / 2), 0).astype(np.float32)
    return np.asarray(cv2.resize(small, (SCENE_SIZE, SCENE_SIZE)), np.float32)


def curve(line: Floats, count: int) -> Floats:
    """(count, 2) points evenly along a smoothed line (k, 2) through about the same places."""
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, steps[-1], count)
    dense = np.stack([np.interp(at, steps, line[:, k]) for k in (0, 1)], axis=1)
    padded = np.pad(dense, ((2, 2), (0, 0)), mode="reflect", reflect_type="odd")
    kernel = np.array([1, 4, 6, 4, 1]) / 16
    return np.stack([np.convolve(padded[:, k], kernel, mode="valid") for k in (0, 1)], axis=1)


def hairs(starts: Floats, ends: Floats, width: float) -> Image:
    """Fine strokes from (k, 2) to (k, 2), `width` px wide."""
    out = np.zeros((SCENE_SIZE, SCENE_SIZE), np.uint8)
    lines = np.round(np.stack([starts, ends], axis=1) * 16).astype(np.int32)
    cv2.polylines(out, list(lines), False, (255,), max(1, round(width)), cv2.LINE_AA, shift=4)
    soft = cv2.GaussianBlur(out, (0, 0), max(0.4, width / 3))
    return np.asarray(soft, np.float32) / np.float32(255)


def points(mesh: Points, landmarks: Sequence[int]) -> Points:
    """(k, 2) of landmarks."""
    return regions.outline(mesh, landmarks)


def height_of(scene: Scene) -> float:
    """From the hairline's middle (landmark 10) to the chin (152), in px."""
    return float(np.linalg.norm(scene.mesh[10, :2] - scene.mesh[152, :2]))


def skin_colour(scene: Scene) -> Floats:
    """(3,) median reflectance of the two cheeks."""
    return np.asarray(np.median(_cheeks(scene), axis=(0, 1)), np.float32)


def _cheeks(scene: Scene) -> Image:
    found = []
    for cheek in regions.CHEEKS:
        x, y = np.clip(np.round(scene.mesh[cheek, :2]).astype(int), 8, SCENE_SIZE - 9)
        box = slice(y - 8, y + 9), slice(x - 8, x + 9)
        found.append(scene.light[box] / np.maximum(scene.shading[box], np.float32(1e-3)))
    return np.concatenate(found)


def _as_bright_as_cheeks(scene: Scene) -> Image:
    """1 where the reflectance is near that of the cheeks, 0 on hair and beards."""
    small = cv2.resize(scene.light, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    shade = cv2.resize(scene.shading, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ratio = luminance(np.asarray(small, np.float32)) / np.maximum(
        luminance(np.asarray(shade, np.float32)), np.float32(1e-3)
    )
    smooth = cv2.GaussianBlur(ratio, (0, 0), 1.5) / max(
        float(luminance(np.asarray(skin_colour(scene), np.float32))), 0.01
    )
    share = np.clip((smooth - 0.3) / 0.25, 0, 1)
    return np.asarray(cv2.resize(share, (SCENE_SIZE, SCENE_SIZE)), np.float32)
