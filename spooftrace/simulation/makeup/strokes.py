"""Strokes that several kinds of make-up share: brows, liner, lashes, blush, dots, wrinkles."""

import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.makeup import places
from spooftrace.simulation.makeup.paint import Pigment, painted
from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Floats, Image, Light
from spooftrace.simulation.scene.scene import SCENE_SIZE, Scene

DARK = np.array([[0.02, 0.017, 0.015], [0.06, 0.035, 0.02], [0.1, 0.06, 0.035], [0.16, 0.1, 0.06]])
"""Linear RGB of black to light brown hair and pencil."""


def varied(colours: Floats, rng: np.random.Generator) -> Floats:
    """One of the colours (k, 3), each channel up to about 15 % off."""
    drawn = colours[rng.integers(len(colours))] * np.exp(rng.normal(0, 0.13, 3))
    return np.asarray(np.clip(drawn, 0.01, 0.95))


def worn(rng: np.random.Generator, level: float, chance: float, most: float) -> float:
    """The strength of one product in a look of this level; 0 where it is not worn."""
    return float(rng.uniform(0.5, 1) * level * most * (rng.random() < chance))


def brows(
    light: Light,
    scene: Scene,
    strength: float,
    thicker: tuple[float, float],
    rng: np.random.Generator,
) -> Light:
    """Pencil below and drawn hairs above; `thicker`: range of the height over the true brow's."""
    if strength <= 0:
        return light
    tall, paint = float(rng.uniform(*thicker)), Pigment(colour=varied(DARK, rng))
    uneven = noise.unevenness(rng, 0.15, 0.1, SCENE_SIZE)
    base = rng.uniform(0.35, 0.8)
    for side in (0, 1):
        fill = np.minimum(places.brow(scene, side, tall) * uneven, 1)
        light = painted(light, scene, strength * base * fill, paint)
        light = painted(light, scene, strength * _brow_hairs(scene, side, tall, rng), paint)
    return light


def _brow_hairs(scene: Scene, side: int, tall: float, rng: np.random.Generator) -> Image:
    low, high = places.brow_edges(scene.mesh, side, tall)
    low, high = places.curve(low, 60), places.curve(high, 60)
    at = rng.integers(0, 54, 90)
    height = rng.uniform(-0.05, 0.75, (90, 1))
    starts = low[at] + height * (high[at] - low[at])
    lean = low[at + rng.integers(2, 6, 90)] - low[at]
    ends = starts + 1.2 * lean + rng.uniform(0.1, 0.4, (90, 1)) * (high[at] - low[at])
    return places.hairs(starts, ends, 1.2)


def liner(scene: Scene, wing: float, rng: np.random.Generator) -> Image:
    """A line along both upper lids with a wing; sometimes a fainter one below."""
    out = np.zeros((SCENE_SIZE, SCENE_SIZE), np.float32)
    width = places.height_of(scene) * rng.uniform(0.006, 0.02)
    below = rng.uniform(0.2, 0.8) * (rng.random() < 0.5)
    for side in (0, 1):
        upper = places.points(scene.mesh, places.UPPER_LIDS[side])
        brow = places.points(scene.mesh, places.BROW_LINES[side])[-1]
        tip = upper[-1] + wing * (0.7 * (upper[-1] - upper[0]) + 0.6 * (brow - upper[-1]))
        out = np.maximum(out, places.band(np.concatenate([upper, tip[None]]), width, 0.8))
        if below > 0:
            lower = places.points(scene.mesh, places.LOWER_LIDS[side])
            out = np.maximum(out, np.float32(below) * places.band(lower, 0.7 * width, 1.2))
    return out


def lashes(scene: Scene, rng: np.random.Generator) -> Image:
    """Mascara: lashes that stand off the upper lids, longer towards the temple."""
    starts, ends = [], []
    length = places.height_of(scene) * rng.uniform(0.02, 0.04)
    for side in (0, 1):
        lid = places.curve(places.points(scene.mesh, places.UPPER_LIDS[side]), 28)[3:]
        up = places.points(scene.mesh, places.BROW_LINES[side])[2] - lid.mean(axis=0)
        along = (lid[-1] - lid[0]) / np.linalg.norm(lid[-1] - lid[0])
        far = np.linspace(-0.3, 0.9, len(lid))[:, None] + rng.normal(0, 0.1, (len(lid), 1))
        away = up / np.linalg.norm(up) + far * along
        long = length * np.linspace(0.6, 1, len(lid))[:, None] * rng.uniform(0.7, 1, (len(lid), 1))
        starts.append(lid)
        ends.append(lid + away * long)
    return places.hairs(np.concatenate(starts), np.concatenate(ends), 1.0)


def blush(scene: Scene, rng: np.random.Generator) -> Image:
    """A soft patch on both cheeks, drawn out to the temples."""
    size = places.height_of(scene) * rng.uniform(0.06, 0.12)
    lift, long = rng.uniform(-0.6, 0.1), rng.uniform(1.0, 2.0)
    across = scene.mesh[280, :2] - scene.mesh[50, :2]
    roll = np.arctan2(across[1], across[0])
    out = np.zeros((SCENE_SIZE, SCENE_SIZE), np.float32)
    for cheek, sign in zip(regions.CHEEKS, (1, -1), strict=True):
        middle = scene.mesh[cheek, :2]
        out += places.spot(middle, (size * long, size), roll - sign * lift * -1)
    return np.minimum(out, 1)


def dots(scene: Scene, count: int, size: tuple[float, float], rng: np.random.Generator) -> Image:
    """Freckles, moles, pores: soft dots on random triangles of the face, radii in px."""
    out = np.zeros((SCENE_SIZE, SCENE_SIZE), np.float32)
    corners = scene.mesh[rng.integers(0, 468, count), :2]
    middles = corners + rng.normal(0, 0.02 * places.height_of(scene), (count, 2))
    y, x = np.mgrid[-8:9, -8:9].astype(np.float32)
    for middle, radius in zip(middles, rng.uniform(*size, count), strict=True):
        column, row = np.round(middle).astype(int)
        if 8 <= column < SCENE_SIZE - 9 and 8 <= row < SCENE_SIZE - 9:
            dot = np.exp(-0.5 * ((x * x + y * y) / np.float32(radius**2)) ** 2)
            patch = out[row - 8 : row + 9, column - 8 : column + 9]
            np.maximum(patch, dot * np.float32(rng.uniform(0.4, 1)), out=patch)
    return np.where(out > 0.01, out, 0)


def lines_of_age(scene: Scene, rng: np.random.Generator) -> Image:
    """Drawn wrinkles: from nose to mouth, on the forehead, beside and below the eyes."""
    mesh, tall = scene.mesh, places.height_of(scene)
    drawn: list[Floats] = [places.points(mesh, line) for line in places.SMILE_LINES]
    brow, top = places.points(mesh, (68, 104, 69, 108, 151, 337, 299, 333, 298)), mesh[10, :2]
    lift = (top - mesh[9, :2]) * 0.17
    drawn += [brow + step * lift + rng.normal(0, 0.004 * tall, brow.shape) for step in (-1, 0, 1)]
    for outer, ear in ((33, 127), (263, 356)):
        eye, away = mesh[outer, :2], (mesh[ear, :2] - mesh[outer, :2]) * 0.6
        drawn += [
            np.stack([eye + away * 0.25, eye + away * 0.6 + lift * s * 0.3, eye + away + lift * s])
            for s in (-0.8, 0, 0.8)
        ]
    drawn += [
        places.points(mesh, lids) + 0.035 * (mesh[152, :2] - mesh[10, :2])
        for lids in places.LOWER_LIDS
    ]
    out = np.zeros((SCENE_SIZE, SCENE_SIZE), np.float32)
    for line in drawn:
        if rng.random() < 0.85:
            one = places.band(line, tall * rng.uniform(0.004, 0.012), rng.uniform(0.8, 2.0))
            out = np.maximum(out, one * np.float32(rng.uniform(0.5, 1)))
    return out


def stubble(scene: Scene, rng: np.random.Generator) -> Image:
    """A painted beard: a veil and many short hairs on chin, jaw and upper lip."""
    mesh, tall = scene.mesh, places.height_of(scene)
    ring = places.points(
        mesh, (58, 172, 136, 149, 152, 378, 365, 397, 288, 410, 287, 393, 2, 167, 57, 186)
    )
    area = places.filled(ring, 0.018 * tall)
    area = (
        area * (1 - places.lips(scene, 1.05)) * (1 - regions.mask(mesh, regions.MOUTH, SCENE_SIZE))
    )
    rows, columns = np.nonzero(area > rng.uniform(0.1, 0.5))
    pick = rng.integers(0, max(len(rows), 1), int(rng.uniform(400, 2500)))
    starts = np.column_stack([columns[pick], rows[pick]]) + rng.uniform(-0.5, 0.5, (len(pick), 2))
    down = (mesh[152, :2] - mesh[10, :2]) / tall
    ends = starts + down * tall * rng.uniform(0.004, 0.022) + rng.normal(0, 1.3, starts.shape)
    veil = area * np.float32(rng.uniform(0.05, 0.5)) * noise.unevenness(rng, 0.25, 0.2, SCENE_SIZE)
    hair = places.hairs(starts, ends, 1.0) * area
    return np.asarray(np.clip(np.maximum(veil, hair), 0, 1), np.float32)
