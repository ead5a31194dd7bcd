"""Prints that attackers make: office laser, inkjet, photo lab, newspaper."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from spooftrace.simulation.print.inks import Printer
from spooftrace.simulation.print.paper import Paper
from spooftrace.simulation.scene.backgrounds import draw_background
from spooftrace.simulation.scene.devices import Range
from spooftrace.simulation.scene.light import Light
from spooftrace.simulation.scene.scene import FACE_PIXELS, SCENE_SIZE
from spooftrace.simulation.scene.sheet import Box, Pose


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Print:
    """One sheet in the attacker's hand. Lengths are pixels of the scene."""

    printer: Printer
    paper: Paper
    pose: Pose
    screen_period: float | None = None
    """Of the AM screen; None for scattered dots or none."""
    droplet: float = 0.0
    """Size of scattered dots."""
    ink_spread: float = 0.0
    """Standard deviation of the blur by ink that runs."""
    banding: float = 0.0
    """Deviation of the cover from line to line."""
    lamp_at: tuple[float, float] | None = None
    """Where in the scene the sheet mirrors a lamp; None for what the key light does."""
    edges: Box | None = None
    """Of the sheet, in its own coordinates; None where the sheet fills the view."""
    border: float = 0.0
    """Unprinted margin within the edges."""
    room: Light
    """Reflectance of what is behind the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Ranges of a kind of print."""

    share: float
    face_mm: Range
    """Height of the face on the paper, logarithmically uniform."""
    screen_lpi: Range | None
    """Lines per inch of an AM screen: newspapers 65-100, lasers 106-212, magazines 133-175."""
    dot_mm: Range
    """Smallest dot: 0.02 mm (1200 dpi) to 0.085 mm (300 dpi draft)."""
    gain: Range
    white: Range
    tint: float
    """Deviation of blue over red of the paper: bluish brighteners to yellow newsprint."""
    yellow: float
    mottle: Range
    relief: Range
    log_exponent: Range | None


KINDS: Final = (
    Kind(share=0.3, face_mm=(70, 220), screen_lpi=(85, 180), dot_mm=(0.04, 0.085), gain=(0.1, 0.28),
         white=(0.78, 0.92), tint=0.05, yellow=0.0, mottle=(0.003, 0.02), relief=(0.01, 0.06),
         log_exponent=(0.7, 1.5)),  # office laser, copy paper
    Kind(share=0.25, face_mm=(70, 220), screen_lpi=None, dot_mm=(0.03, 0.085), gain=(0.1, 0.3),
         white=(0.78, 0.92), tint=0.05, yellow=0.0, mottle=(0.003, 0.025), relief=(0.02, 0.09),
         log_exponent=None),  # inkjet, copy paper
    Kind(share=0.35, face_mm=(40, 200), screen_lpi=None, dot_mm=(0.01, 0.04), gain=(0.02, 0.15),
         white=(0.82, 0.93), tint=0.03, yellow=0.0, mottle=(0.0, 0.004), relief=(0.0, 0.02),
         log_exponent=(1.6, 3.6)),  # photo paper: satin to high gloss
    Kind(share=0.1, face_mm=(20, 90), screen_lpi=(65, 133), dot_mm=(0.05, 0.1), gain=(0.15, 0.32),
         white=(0.5, 0.75), tint=0.05, yellow=0.18, mottle=(0.01, 0.03), relief=(0.01, 0.05),
         log_exponent=(0.5, 1.5)),  # newspaper, magazine
)  # fmt: skip


def draw_print(rng: np.random.Generator) -> Print:
    """A random print of a random kind."""
    kind = KINDS[rng.choice(len(KINDS), p=[kind.share for kind in KINDS])]
    per_mm = FACE_PIXELS / np.exp(rng.uniform(*np.log(kind.face_mm)))
    edges = _draw_edges(rng)
    is_shiny = kind.log_exponent is not None and kind.log_exponent[1] > 2
    return Print(
        printer=_draw_printer(kind, rng),
        paper=_draw_paper(kind, rng),
        pose=draw_pose(rng),
        screen_period=None
        if kind.screen_lpi is None
        else 25.4 / rng.uniform(*kind.screen_lpi) * per_mm,
        droplet=rng.uniform(*kind.dot_mm) * per_mm,
        ink_spread=rng.uniform(0.02, 0.12) * per_mm,
        banding=rng.uniform(0.005, 0.05) if rng.random() < 0.3 else 0.0,
        lamp_at=(rng.uniform(-0.1, 1.1), rng.uniform(-0.1, 1.1))
        if is_shiny and rng.random() < 0.4
        else None,
        edges=edges,
        border=rng.choice([0.0, rng.uniform(3, 12)]) * per_mm if edges else 0.0,
        room=draw_background(rng),
    )


def draw_pose(rng: np.random.Generator) -> Pose:
    """Held by hand: within about 20 degrees, bent at a radius of 0.5 sides of the scene or more."""
    is_bent = rng.random() < 0.6
    return Pose(
        roll=rng.normal(0, 0.07),
        tilt_x=float(np.clip(rng.normal(0, 0.14), -0.4, 0.4)),
        tilt_y=float(np.clip(rng.normal(0, 0.14), -0.4, 0.4)),
        bend=rng.uniform(-1.2, 1.6) if is_bent else 0.0,
        axis=rng.choice([0.0, np.pi / 2, rng.uniform(-0.8, 0.8)]) + rng.normal(0, 0.08),
        cone=rng.uniform(-0.6, 0.6) if rng.random() < 0.5 else 0.0,
    )


def _draw_printer(kind: Kind, rng: np.random.Generator) -> Printer:
    dry = rng.random() < 0.2
    cyan, magenta, yellow, black = rng.uniform(0.5 if dry else 0.8, 1.1, 4)
    return Printer(
        strength=(cyan, magenta, yellow, black),
        spread=rng.uniform(1.4, 2.2),
        dot_gain=rng.uniform(*kind.gain),
        management=rng.uniform(0.2, 1.0),
        black=rng.uniform(0.2, 1.0),
        ink_limit=rng.uniform(2.4, 3.4),
    )


def _draw_paper(kind: Kind, rng: np.random.Generator) -> Paper:
    tint = rng.normal(kind.yellow, kind.tint)
    white = rng.uniform(*kind.white) * np.exp(np.array([0.5, 0.2, -0.7]) * tint)
    exponent = 0.0 if kind.log_exponent is None else 10 ** rng.uniform(*kind.log_exponent)
    return Paper(
        white=np.asarray(np.minimum(white, 0.97), np.float32),
        mottle=rng.uniform(*kind.mottle),
        relief=rng.uniform(*kind.relief),
        exponent=exponent,
        lamp_share=rng.uniform(0.03, 0.35),
    )


def _draw_edges(rng: np.random.Generator) -> Box | None:
    """The sheet's edges, where they lie near enough for the view: outside of the face's middle."""
    if rng.random() < 0.5:
        return None
    near = rng.uniform(0.34, 0.66, 4) * SCENE_SIZE
    return -near[0], -near[1], near[2], near[3]
