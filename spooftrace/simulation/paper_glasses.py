"""Glasses cut from paper (SiW-M): open, plain or with printed eyes."""

import numpy as np

from spooftrace.simulation import glasses
from spooftrace.simulation import partial_print as prints
from spooftrace.simulation.light import Light
from spooftrace.simulation.partial import Piece, draw_hold, laid
from spooftrace.simulation.scene import Scene


def paper_glasses(scene: Scene, rng: np.random.Generator) -> Light:
    """The light with paper glasses on: the eyes printed on them, bare paper, or empty frames."""
    return laid(scene, draw_pair(scene, rng), glasses.worn(draw_hold(rng, -0.14)))


def draw_pair(scene: Scene, rng: np.random.Generator) -> Piece:
    """A pair cut by hand; its lenses carry the own eyes (60 %), nothing (15 %), or are holes."""
    frame = glasses.draw_frame(rng)
    whole, lenses = glasses.parts(frame, rng, float(rng.uniform(0.003, 0.03)))
    colour = prints.plain(glasses.SIZE, rng)
    lens = rng.choice(["eyes", "plain", "open"], p=[0.6, 0.15, 0.25])
    if lens == "eyes":
        face = prints.own_face(scene, glasses.SIZE, glasses.LEFT, glasses.TOP, rng)
        colour = colour + lenses[..., None] * (face - colour)
    if lens == "open":
        whole = whole * (1 - lenses)
    if rng.random() < 0.35:
        ink = rng.uniform(0.02, 0.5, 3) * rng.uniform(0.1, 1)
        drawn = np.clip(whole - lenses, 0, 1)[..., None] * np.float32(rng.uniform(0.6, 1))
        colour = colour + drawn * (ink.astype(np.float32) - colour)
    return Piece(
        colour=np.asarray(colour * whole[..., None], np.float32),
        shape=np.asarray(whole, np.float32),
        left=glasses.LEFT,
        top=glasses.TOP,
        relief=prints.creases(glasses.SIZE, rng),
    )
