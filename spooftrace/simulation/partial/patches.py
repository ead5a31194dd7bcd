"""Pieces of printed paper over eyes, mouth or nose (SiW-M's partial paper; SiW-Mv2's two)."""

import numpy as np

from spooftrace.simulation.partial import prints
from spooftrace.simulation.partial.pieces import DOTS, Piece, Worn, draw_hold
from spooftrace.simulation.scene.light import Light
from spooftrace.simulation.scene.scene import Scene

# Middle (u, v) and half size of the paper, heights of the face; depth of what it lies on.
_EYES = ((0.0, -0.19), (0.40, 0.13), -0.12)
_MOUTH = ((0.0, 0.24), (0.24, 0.12), -0.11)
_NOSE = ((0.0, 0.02), (0.16, 0.20), -0.21)
_LOWER = ((0.0, 0.20), (0.38, 0.26), -0.20)
_UPPER = ((0.0, -0.26), (0.42, 0.22), -0.14)

Region = tuple[tuple[float, float], tuple[float, float], float]


def draw_anywhere(rng: np.random.Generator, scene: Scene) -> Worn:
    """A printed strip over eyes, mouth, nose or half of the face, some with holes."""
    regions = (_EYES, _MOUTH, _NOSE, _LOWER, _UPPER)
    return _draw_over(scene, regions[rng.choice(5, p=[0.3, 0.2, 0.15, 0.15, 0.2])], rng)


def draw_over_eyes(rng: np.random.Generator, scene: Scene) -> Worn:
    """A printed piece over both eyes, or over one."""
    middle, half, depth = _EYES
    if rng.random() < 0.35:
        side = rng.choice([-1, 1])
        return _draw_over(scene, ((side * 0.18, middle[1]), (0.15, half[1]), depth), rng)
    return _draw_over(scene, _EYES, rng)


def draw_over_mouth(rng: np.random.Generator, scene: Scene) -> Worn:
    """A printed piece over the mouth."""
    return _draw_over(scene, _MOUTH, rng)


def _draw_over(scene: Scene, region: Region, rng: np.random.Generator) -> Worn:
    """A printed piece over a region, its size within 20 % of what is typical."""
    middle, half, depth = region
    half = (half[0] * rng.uniform(0.85, 1.2), half[1] * rng.uniform(0.8, 1.25))
    piece = draw_piece(scene, middle, half, rng)
    return Worn(piece=piece, hold=draw_hold(rng, depth))


def draw_piece(
    scene: Scene, middle: tuple[float, float], half: tuple[float, float], rng: np.random.Generator
) -> Piece:
    """Paper with the own face on it: a box or a shape cut by hand, at times with a white border."""
    left, top = middle[0] - 1.25 * half[0], middle[1] - 1.25 * half[1]
    size = (round(2.5 * half[1] * DOTS), round(2.5 * half[0] * DOTS))
    power, wobble = float(rng.choice([2.2, 3.5, 12, 20])), rng.uniform(0.002, 0.025)
    outline = prints.rounded(middle, half, power, wobble, rng)
    shape = prints.cut(outline, size, left, top)
    colour = prints.own_face(scene, size, left, top, rng)
    if rng.random() < 0.4:
        share = rng.uniform(0.8, 0.97)
        inked = prints.cut(
            np.mean(outline, 0) + (outline - outline.mean(0)) * share, size, left, top
        )
        white = prints.plain(size, rng)
        colour = white + inked[..., None] * (colour - white)
    if rng.random() < 0.25:
        shape = shape * _without_holes(size, left, top, rng)
    return Piece(
        colour=np.asarray(colour * shape[..., None], np.float32),
        shape=shape,
        left=left,
        top=top,
        relief=prints.creases(size, rng),
    )


def _without_holes(
    size: tuple[int, int], left: float, top: float, rng: np.random.Generator
) -> Light:
    """(h, w): 0 in holes for the eyes, the nostrils or the mouth, where the piece has them."""
    kept = np.ones(size, np.float32)
    grow = rng.uniform(0.7, 1.3)
    for middle, half in (
        ((-0.18, -0.18), (0.075, 0.035)),
        ((0.18, -0.18), (0.075, 0.035)),
        ((0.0, 0.24), (0.13, 0.05)),
    ):
        hole = prints.rounded(middle, (half[0] * grow, half[1] * grow), 2.2, 0.03, rng)
        kept *= 1 - prints.cut(hole, size, left, top)
    return kept
