"""The room's light: a key light, at times a second one, and light from everywhere."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Image, Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Illumination:
    """What falls on a scene; metering makes only the shares count."""

    towards: NDArray[np.float32]
    """(3,) unit vector towards the key light: x right, y down, z away from the camera."""
    key: float
    """Strength of the key light on a surface that faces it."""
    ambient: float
    """Strength of the light from everywhere."""
    key_colour: NDArray[np.float32]
    """(3,) linear RGB of mean 1."""
    ambient_colour: NDArray[np.float32]
    """(3,) linear RGB of mean 1."""
    second: float = 0.0
    """Strength of a second lamp: a window beside the lamp, the glow of a screen."""
    second_towards: NDArray[np.float32] = field(
        default_factory=lambda: np.array([0, 0, -1], np.float32)
    )
    second_colour: NDArray[np.float32] = field(default_factory=lambda: np.ones(3, np.float32))
    room: float = 1.0
    """Light on what is behind the person over that on the person: much in back light, little with a
    flash."""

    def irradiance(self, normal: Image, wrap: float = 0.25) -> Light:
        """What falls on a surface with these normals (..., 3): (..., 3) linear RGB.

        `wrap` lets the lamps reach that far round an edge, as light below the skin does; 0 is
        Lambert's law.
        """
        sky = 0.85 - 0.15 * normal[..., 1:2]
        lit = sky * (self.ambient_colour * np.float32(self.ambient))
        lit += self._lit(normal, self.towards, wrap) * (self.key_colour * np.float32(self.key))
        if self.second > 0:
            colour = self.second_colour * np.float32(self.second)
            lit += self._lit(normal, self.second_towards, wrap) * colour
        return np.asarray(lit, np.float32)

    def highlight(self, normal: Image, sharpness: float) -> Light:
        """Blinn's lobe of the key light on a surface with normals (..., 3), seen from in front."""
        half = self.towards + np.array([0, 0, -1], np.float32)
        half /= np.linalg.norm(half)
        lobe = np.clip(normal @ half, 0, None) ** np.float32(sharpness)
        return np.asarray(lobe[..., None] * (self.key_colour * np.float32(self.key)), np.float32)

    def dimmed(self, share: float) -> "Illumination":
        """The same lamps at this share of their strengths."""
        return replace(
            self, key=self.key * share, ambient=self.ambient * share, second=self.second * share
        )

    def on_room(self) -> NDArray[np.float32]:
        """(3,) what falls on the room behind: ambient light, and the key light from the side."""
        lit = self.ambient_colour * np.float32(self.ambient) + np.float32(self.key / 2)
        return np.asarray(lit * np.float32(self.room), np.float32)

    @staticmethod
    def _lit(normal: Image, towards: NDArray[np.float32], wrap: float) -> Image:
        facing = (normal @ towards + np.float32(wrap)) / np.float32(1 + wrap)
        return np.asarray(np.clip(facing, 0, None)[..., None], np.float32)


def draw_illumination(rng: np.random.Generator) -> Illumination:
    """Rooms as people sit in them: half of them evenly lit, others by a window, a lamp, a screen.

    Colour temperatures run along the Planckian locus from about 2700 K to 9000 K, with a little
    green or magenta as fluorescent lamps have.
    """
    kind = rng.choice(6, p=(0.5, 0.16, 0.12, 0.08, 0.08, 0.06))
    azimuth, height = rng.uniform(-75, 75), rng.uniform(-20, 60)
    key, room = rng.uniform(0.05, 0.8), float(np.exp(rng.normal(0, 0.3)))
    ambient = 1 - key
    second = rng.uniform(0.1, 0.6) if rng.random() < 0.35 else 0.0
    if kind == 1:  # A window or lamp at one side, the rest dark.
        azimuth = rng.choice([-1, 1]) * rng.uniform(40, 105)
        key, ambient = rng.uniform(0.8, 2.0), rng.uniform(0.06, 0.3)
    elif kind == 2:  # Back light.
        azimuth = rng.choice([-1, 1]) * rng.uniform(105, 145)
        key, ambient, room = rng.uniform(0.3, 2.5), rng.uniform(0.2, 0.6), rng.uniform(2, 8)
    elif kind == 3:  # A lamp overhead.
        height, key, ambient = rng.uniform(55, 85), rng.uniform(0.6, 1.5), rng.uniform(0.1, 0.4)
    elif kind == 4:  # The glow of a screen in a dark room.
        azimuth, height = rng.uniform(-30, 30), rng.uniform(-40, 5)
        key, ambient, room = rng.uniform(0.5, 1.0), rng.uniform(0.03, 0.2), rng.uniform(0.1, 0.5)
    elif kind == 5:  # A flash beside the lens.
        azimuth, height = rng.uniform(-12, 12), rng.uniform(-5, 20)
        key, ambient, room = rng.uniform(0.9, 1.5), rng.uniform(0.05, 0.3), rng.uniform(0.1, 0.6)
    return Illumination(
        towards=_direction(azimuth, height),
        key=key,
        ambient=ambient,
        key_colour=_lamp_colour(rng),
        ambient_colour=_lamp_colour(rng),
        second=second,
        second_towards=_direction(rng.uniform(-100, 100), rng.uniform(-20, 60)),
        second_colour=_lamp_colour(rng),
        room=room,
    )


def _direction(azimuth: float, height: float) -> NDArray[np.float32]:
    """(3,) unit vector, from degrees to the right and up; 0, 0 is where the camera stands."""
    right, up = np.radians(azimuth), np.radians(height)
    flat = np.cos(up)
    return np.array((np.sin(right) * flat, -np.sin(up), -np.cos(right) * flat), np.float32)


def _lamp_colour(rng: np.random.Generator) -> NDArray[np.float32]:
    """(3,) linear RGB of mean 1 of a lamp or of daylight."""
    warm = rng.triangular(-0.35, 0.05, 0.45)
    colour = np.exp(np.array([warm, rng.normal(0, 0.04), -warm]) * (1, 1, 1.2))
    return np.asarray(colour / colour.mean(), np.float32)
