"""Gloss: lobes of lamps and the mirrored room on a surface of known normals.

Radiance is in the scene's unit, where white paper that faces a lamp of strength 1 is 1; a lobe of
reflectance f is then pi f(h) D(h) / 4 for a lamp that the surface faces (Walter et al. 2007, the
geometry term being near 1 away from grazing angles).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.backgrounds import draw_background
from spooftrace.simulation.scene.illumination import Illumination
from spooftrace.simulation.scene.light import Image, Light
from spooftrace.simulation.scene.scene import Scene

TO_CAMERA = np.array([0, 0, -1], np.float32)

_NO_SECOND_MAP = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gloss:
    """How a surface mirrors."""

    roughness: float
    """GGX alpha: 0.05 polished plastic, 0.15 lacquer, 0.3 silicone and skin, 0.6 matt paint."""
    reflectance: float = 0.04
    """Of light that falls straight on: 0.04 for plastics and lacquer (index 1.5), 0.028 skin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """A source of light that a glossy surface shows."""

    towards: NDArray[np.float32]
    """(3,) unit vector, as `Illumination.towards`."""
    colour: NDArray[np.float32]
    """(3,) linear RGB, strength included."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """What a glossy surface mirrors."""

    lamps: tuple[Lamp, ...]
    room: Light
    """(160, 160, 3): the room behind the camera, of mean 1."""


def draw_surroundings(illumination: Illumination, rng: np.random.Generator) -> Surroundings:
    """The lamps of this light, and some room."""
    lamps = draw_lamps(illumination, rng)
    room = draw_background(rng) + np.float32(0.02)
    return Surroundings(lamps=lamps, room=np.asarray(room / room.mean(), np.float32))


def key_lamp(illumination: Illumination) -> Lamp:
    """The scene's key light as a lamp."""
    colour = illumination.key_colour * np.float32(illumination.key)
    return Lamp(towards=illumination.towards, colour=colour)


def draw_lamps(illumination: Illumination, rng: np.random.Generator) -> tuple[Lamp, ...]:
    """The key light, and up to three lamps or windows that are part of the light from everywhere.

    Rooms have ceiling lamps: they lie above more often than below.
    """
    lamps = [key_lamp(illumination)]
    for _ in range(rng.integers(0, 4)):
        azimuth, height = np.radians(rng.uniform(-80, 80)), np.radians(rng.uniform(-15, 70))
        flat = np.cos(height)
        towards = (np.sin(azimuth) * flat, -np.sin(height), -np.cos(azimuth) * flat)
        strength = illumination.ambient * rng.uniform(0.08, 0.5)
        colour = illumination.ambient_colour * np.float32(strength)
        lamps.append(Lamp(towards=np.array(towards, np.float32), colour=colour))
    return tuple(lamps)


def half_vector(lamp: Lamp) -> NDArray[np.float32]:
    """(3,) the normal that mirrors the lamp into the camera."""
    between = lamp.towards + TO_CAMERA
    return np.asarray(between / np.linalg.norm(between), np.float32)


def fresnel(cosine: Image, reflectance: float) -> Image:
    """Schlick's approximation (1994): reflectance at an angle of this cosine."""
    grazing = np.clip(1 - cosine, 0, 1)
    square = grazing * grazing
    return np.asarray(reflectance + (1 - reflectance) * square * square * grazing, np.float32)


def lobe(normal: Image, lamp: Lamp, gloss: Gloss) -> Image:
    """(h, h): pi f D / 4 of one lamp (GGX), on the side that the lamp sees.

    The peak lies where the normal is the half vector; its height is f / (4 alpha^2).
    """
    half = half_vector(lamp)
    square = np.float32(gloss.roughness**2)
    along = np.clip(normal @ half, 0, 1)
    spread = along * along * (square - 1) + 1
    mirrored = fresnel(np.asarray(float(-half[2]), np.float32), gloss.reflectance)
    seen = np.clip(4 * (normal @ lamp.towards), 0, 1)
    return np.asarray(mirrored * square / (4 * spread * spread) * seen, np.float32)


def highlights(normal: Image, lamps: Sequence[Lamp], gloss: Gloss) -> Light:
    """(h, h, 3): what the lobes of all lamps add."""
    total = np.zeros(normal.shape, np.float32)
    for lamp in lamps:
        total += lobe(normal, lamp, gloss)[..., None] * lamp.colour
    return total


def mirrored_room(normal: Image, room: Light, gloss: Gloss) -> Light:
    """(h, h, 3): the room as the surface mirrors it, before Fresnel's loss.

    The mirror direction of a normal n is 2 (n v) n - v; its x and y choose the place in the room,
    so that the middle of the room is behind the camera. Rough surfaces blur it.
    """
    side = len(room)
    blurred = cv2.GaussianBlur(room, (0, 0), 0.5 + gloss.roughness * side / 4)
    towards = (-2 * normal[..., 2:3] * normal[..., :2] + 1) * np.float32((side - 1) / 2)
    return np.asarray(
        cv2.remap(
            blurred,
            np.asarray(towards, np.float32),
            _NO_SECOND_MAP,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )


def mirrored(scene: Scene, normal: Image, gloss: Gloss, around: Surroundings) -> Light:
    """(h, h, 3): all that a glossy surface adds: lobes of lamps and the mirrored room."""
    cosine = -normal[..., 2]
    share = fresnel(cosine, gloss.reflectance) * np.float32(1 - 0.6 * min(1.0, gloss.roughness))
    everywhere = scene.illumination.ambient_colour * np.float32(scene.illumination.ambient)
    shown = mirrored_room(normal, around.room, gloss) * everywhere
    return highlights(normal, around.lamps, gloss) + share[..., None] * shown
