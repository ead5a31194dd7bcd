"""The replay attack: a picture of the victim on a display.

    first capture -> panel -> sub-pixels -> glass -> bezel -> scan bands of the camera's shutter

The shown face keeps its place in the scene; sub-pixels and edges follow the tilted display, so that
the trace is aligned to the pixel (`sheet`). All light is over that of the display's white.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from spooftrace.simulation.noise import Dice
from spooftrace.simulation.replay import display, glass, subpixels
from spooftrace.simulation.replay.kinds import Bands, Replay, draw_replay
from spooftrace.simulation.scene import sheet, stolen
from spooftrace.simulation.scene.company import GRIPS, Hand, draw_grip, gripped
from spooftrace.simulation.scene.light import Image, Light, mixed
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.stolen import Stolen


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replayed:
    """A stolen picture on a display."""

    stolen: Stolen
    device: Replay
    grip: Hand | None
    """Of who holds it, where that shows."""
    dice: Dice
    """Of smudges on the glass."""


def draw(rng: np.random.Generator, scene: Scene) -> Replayed:
    """A random picture on a random display in the scene's light."""
    picture = stolen.draw(rng)
    device = draw_replay(scene.illumination, rng)
    grip = draw_grip(rng) if rng.random() < GRIPS else None
    return Replayed(stolen=picture, device=device, grip=grip, dice=Dice.of(rng))


def apply(scene: Scene, made: Replayed) -> Light:
    """(n, n, 3): the light from the display that shows the person in the person's place."""
    light = replay_of(stolen.light_of(scene, made.stolen), made.device, made.dice.roll())
    return gripped(light, made.grip, scene.illumination.dimmed(made.device.room_level))


def replay_of(picture: Light, made: Replay, rng: np.random.Generator) -> Light:
    """(n, n, 3): the light from this display with a picture (n, n, 3), linear in [0, 1]."""
    held = sheet.lay(made.pose, len(picture))
    if made.window is not None:
        # A player's window: beside the picture its flat surround.
        inside = sheet.rectangle(held, made.window)
        picture = mixed(made.surround, picture, inside)
    light = display.shown(picture, made.display)
    light *= subpixels.emission(made.layout, held, made.pitch, made.depth)
    light *= _fall_off(made, len(picture))
    if made.bands is not None:
        light *= scan_bands(len(picture), made.bands)[:, None, None]
    light = glass.through(light, made.glass, rng)
    return _framed(light, made, held)


def scan_bands(size: int, bands: Bands) -> Image:
    """(n,) factor per row of mean 1: a backlight that blinks, caught row by row.

    A pulse of the given duty, integrated over the exposure: a trapezoid whose flanks are `soft`.
    """
    phase = np.arange(size) / bands.period + bands.phase
    distance = np.abs(phase - np.round(phase)) * 2
    lit = np.clip((bands.duty - distance) / bands.soft + 0.5, 0, 1)
    return np.asarray(1 + bands.depth * (lit - bands.duty), np.float32)


def _fall_off(made: Replay, size: int) -> Light:
    """(n, n, 3): brightness and hue that change along the panel with the angle of view."""
    along = np.linspace(-0.5, 0.5, 16)
    x, y = along[None, :, None], along[:, None, None]
    ramp = np.exp(x * made.fall_off[0] + y * made.fall_off[1]).astype(np.float32)
    return sheet.enlarged(ramp, size)


def _framed(light: Light, made: Replay, held: sheet.Sheet) -> Light:
    """The bezel around the screen, and the room around the device, where they show."""
    if made.screen is None:
        return np.asarray(light, np.float32)
    size = len(light)
    left, top, right, bottom = made.screen
    wide = made.bezel
    device = sheet.rectangle(held, (left - wide, top - wide, right + wide, bottom + wide))
    room = cv2.resize(made.room, (size, size), interpolation=cv2.INTER_CUBIC)
    outside = mixed(np.asarray(room, np.float32), made.frame, device)
    return mixed(outside, light, sheet.rectangle(held, made.screen))
