"""A landmarker that sees a face in every picture, so that pictures can be of one colour."""

import numpy as np

from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.mesh import CANONICAL
from spooftrace.faces.quality import QualityGate

OPEN_GATE = QualityGate(
    min_sharpness=0, min_brightness=0, max_brightness=1, min_range=0, min_colour=0
)
"""Lets faces of one colour pass."""


class CentredFaces:
    """Finds `count` equal frontal faces, each half as wide as the picture; none in a black one."""

    name = "centred"
    version = "1"

    def __init__(self, count=1):
        self.count = count

    def find(self, image):
        if not image.any():
            return []
        return [Mesh(points=centred_mesh(*image.shape[:2])) for _ in range(self.count)]


def centred_mesh(height, width):
    """The canonical face (468, 2), 0.5 min(height, width) from chin to brow, in the middle."""
    flat = CANONICAL[:, :2]
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = 0.5 * min(height, width) / (high - low).max()
    middle = np.array([width - 1, height - 1]) / 2
    return ((flat - (low + high) / 2) * scale + middle).astype(np.float32)


class ScriptedFaces:
    """Finds the meshes (468, 2) of a script: the first list in the first picture, and so on."""

    name = "scripted"
    version = "1"

    def __init__(self, script):
        self._script = iter(script)

    def find(self, image):
        return [Mesh(points=points) for points in next(self._script)]
