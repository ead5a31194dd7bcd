"""Glasses cut from paper (SiW-M): open, plain or with printed eyes."""

import numpy as np

from spooftrace.simulation.partial import frames, prints
from spooftrace.simulation.partial.pieces import Piece, Worn, draw_hold
from spooftrace.simulation.scene.scene import Scene


def draw(rng: np.random.Generator, scene: Scene) -> Worn:
    """Paper glasses: the eyes printed on them, bare paper, or empty frames."""
    return Worn(piece=draw_pair(scene, rng), hold=frames.worn(draw_hold(rng, -0.14)))


def draw_pair(scene: Scene, rng: np.random.Generator) -> Piece:
    """A pair cut by hand; its lenses carry the own eyes (60 %), nothing (15 %), or are holes."""
    frame = frames.draw_frame(rng)
    whole, lenses = frames.parts(frame, rng, float(rng.uniform(0.003, 0.03)))
    colour = prints.plain(frames.SIZE, rng)
    lens = rng.choice(["eyes", "plain", "open"], p=[0.6, 0.15, 0.25])
    if lens == "eyes":
        face = prints.own_face(scene, frames.SIZE, frames.LEFT, frames.TOP, rng)
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
        left=frames.LEFT,
        top=frames.TOP,
        relief=prints.creases(frames.SIZE, rng),
    )
