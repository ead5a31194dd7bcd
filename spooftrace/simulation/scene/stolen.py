"""The attacker's own picture of the victim: the first capture of a print or a replay."""

import cv2
import numpy as np

from spooftrace.simulation.scene import camera
from spooftrace.simulation.scene.devices import attackers_camera
from spooftrace.simulation.scene.light import Light, decode
from spooftrace.simulation.scene.scene import Scene

FLATTER_SHARE = 0.3
"""Share of pictures taken in flatter light than the scene's: another place, another time."""


def stolen_light(scene: Scene, rng: np.random.Generator) -> Light:
    """(n, n, 3) linear in [0, 1]: what a good camera's sRGB file of the living person holds.

    It is aligned with the scene; all that this camera lost or added is part of the attack.
    """
    light = scene.light
    if rng.random() < FLATTER_SHARE:
        light = relit(scene, rng.uniform(0.3, 0.9))
    picture = camera.snapshot(light, attackers_camera(rng), rng)
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
