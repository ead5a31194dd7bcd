"""The attacker's own picture of the victim: the first capture of a print or a replay."""

from dataclasses import dataclass

import cv2
import numpy as np

from spooftrace.simulation.scene import camera
from spooftrace.simulation.scene.devices import attackers_camera, ordinary_camera
from spooftrace.simulation.scene.light import Image, Light, decode
from spooftrace.simulation.scene.scene import Scene

FLATTER_SHARE = 0.5
"""Share of pictures taken in flatter light than the scene's: another place, another time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stolen:
    """One capture."""

    flatness: float
    """How far the light was evener than the scene's: 0 as it is, 1 evenly lit (`relit`)."""
    camera: camera.Camera
    noise: Image
    """Of its one frame."""


def draw(rng: np.random.Generator) -> Stolen:
    """A good camera in good hands as often as an ordinary one; at times in flatter light."""
    flatness = rng.uniform(0.4, 0.95) if rng.random() < FLATTER_SHARE else 0.0
    used = attackers_camera(rng) if rng.random() < 0.5 else ordinary_camera(rng)
    return Stolen(flatness=flatness, camera=used, noise=camera.draw_noise(used, rng))


def light_of(scene: Scene, stolen: Stolen) -> Light:
    """(n, n, 3) linear in [0, 1]: what the sRGB file of the living person holds.

    It is aligned with the scene; all that this camera lost or added is part of the attack.
    """
    light = relit(scene, stolen.flatness) if stolen.flatness > 0 else scene.light
    settings = camera.meter(light, stolen.camera)
    picture = camera.capture(light, stolen.camera, settings, stolen.noise)
    size = light.shape[1::-1]
    enlarged = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    return decode(np.asarray(enlarged, np.uint8))


def relit(scene: Scene, flatness: float) -> Light:
    """The scene with the person's shading taken out in part: 0 as it is, 1 evenly lit."""
    small = cv2.resize(scene.shading, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    even = small.mean(axis=(0, 1))
    gain = (even / np.maximum(small, 0.05 * even)) ** np.float32(flatness)
    gain = np.clip(gain, 0.4, 3.0)
    gain = cv2.resize(gain, scene.light.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(scene.light * (1 + scene.person[..., None] * (gain - 1)), np.float32)
