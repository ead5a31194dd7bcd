"""The print attack: a picture of the victim on paper.

    first capture -> ink separation -> dots, ink spread -> paper -> bend and tilt -> light and gloss

The printed face keeps its place in the scene; dots, fibres, shading, gloss and edges follow the
bent and tilted sheet, so that the trace is aligned to the pixel (`sheet`).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from spooftrace.simulation.noise import Dice
from spooftrace.simulation.print import halftone, inks, paper
from spooftrace.simulation.print.kinds import Print, draw_print
from spooftrace.simulation.scene import sheet, stolen
from spooftrace.simulation.scene.company import GRIPS, Hand, draw_grip, gripped
from spooftrace.simulation.scene.light import Image, Light, dimmed, mixed, tinted
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.stolen import Stolen


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Held:
    """A sheet in its place, with the light on it."""

    sheet: sheet.Sheet
    irradiance: Light
    shine: Light


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Printed:
    """A print of a stolen picture."""

    stolen: Stolen
    sheet: Print
    grip: Hand | None
    """Of who holds it, where that shows."""
    dice: Dice
    """Of dots and fibres."""


def draw(rng: np.random.Generator, _scene: Scene) -> Printed:
    """A random picture, printed and held at random."""
    return Printed(
        stolen=stolen.draw(rng),
        sheet=draw_print(rng),
        grip=draw_grip(rng) if rng.random() < GRIPS else None,
        dice=Dice.of(rng),
    )


def apply(scene: Scene, made: Printed) -> Light:
    """(n, n, 3): the light from the print of the person, held in the person's place."""
    picture = stolen.light_of(scene, made.stolen)
    light = print_of(scene, picture, made.sheet, made.dice.roll())
    return gripped(light, made.grip, scene.illumination)


def print_of(scene: Scene, picture: Light, made: Print, rng: np.random.Generator) -> Light:
    """(n, n, 3): the light from this print of a picture (n, n, 3), linear in [0, 1]."""
    size = len(picture)
    held = _hold(scene, made, size)
    cover = on_paper(picture, made, held.sheet, rng)
    reflectance = tinted(inks.reflect(cover, made.printer), made.paper.white)
    fibres = paper.fibres(made.paper, held.sheet, scene.illumination, rng)
    light = dimmed(reflectance, fibres)
    light *= held.irradiance
    light += held.shine
    if made.edges is None:
        return np.asarray(light, np.float32)
    inside = sheet.rectangle(held.sheet, made.edges)
    return mixed(_room(made.room, scene, size), light, inside)


def on_paper(picture: Light, made: Print, held: sheet.Sheet, rng: np.random.Generator) -> Image:
    """(4, n, n) cover of the inks on the paper, dots included, after they have spread."""
    cover = inks.separate(picture, made.printer)
    if made.edges is not None:
        left, top, right, bottom = made.edges
        inner = (left + made.border, top + made.border, right - made.border, bottom - made.border)
        cover *= sheet.rectangle(held, inner)
    if made.banding:
        cover *= _banding(held, made, rng)
    cover = inks.gained(cover, made.printer.dot_gain)
    if made.screen_period is not None:
        cover = halftone.amplitude_modulated(cover, held, made.screen_period)
    elif made.droplet > 0:
        cover = halftone.frequency_modulated(cover, made.droplet, rng)
    if made.ink_spread > 0.3:
        cover = np.stack([cv2.GaussianBlur(plane, (0, 0), made.ink_spread) for plane in cover])
    return np.clip(cover, 0, 1, out=cover)


def _hold(scene: Scene, made: Print, size: int) -> _Held:
    held = sheet.lay(made.pose, size)
    lamp = None if made.lamp_at is None else paper.lamp_seen_at(held, made.lamp_at)
    return _Held(
        sheet=held,
        irradiance=paper.irradiance(held, scene.illumination),
        shine=paper.gloss(made.paper, held, scene.illumination, lamp),
    )


def _banding(held: sheet.Sheet, made: Print, rng: np.random.Generator) -> Image:
    """(n, n) factor: lines where passes of the head meet or nozzles are clogged."""
    lines = rng.standard_normal(512).astype(np.float32)
    place = np.clip(held.v * np.float32(0.5) + 256, 0, 511).astype(np.intp)
    return np.asarray(np.clip(1 + np.float32(made.banding) * lines[place], 0, 1.5), np.float32)


def _room(reflectance: Light, scene: Scene, size: int) -> Light:
    """Behind the sheet: a room in about the same light."""
    light = scene.illumination
    lit = light.ambient_colour * np.float32(light.ambient) + np.float32(0.5 * light.key)
    room = cv2.resize(reflectance, (size, size), interpolation=cv2.INTER_CUBIC)
    return tinted(np.maximum(room, 0), lit)
