"""What finds the face meshes in a picture, as the rest of the package sees it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """One face in a picture."""

    points: NDArray[np.float32]
    """MediaPipe's 468 points (468, 2), (x, y) in pixels of the picture; (0, 0) is the centre of
    the top-left pixel. Points may lie outside the picture."""
    is_sure: bool = True
    """False where it may be no face: `Landmarker.confirms` takes the second look."""


class Landmarker(Protocol):
    """Anything that finds faces; its name and version are recorded with every store."""

    @property
    def name(self) -> str:
        """What it is."""

    @property
    def version(self) -> str:
        """Version of the model behind it."""

    def find(self, image: NDArray[np.uint8]) -> list[Mesh]:
        """All faces in a picture (h, w, 3) uint8 RGB, one mesh each; none where there is none."""

    def glance(self, image: NDArray[np.uint8]) -> list[Mesh]:
        """The faces that a first look shows: as `find`, without its patience."""

    def confirms(self, image: NDArray[np.uint8], mesh: Mesh) -> bool:
        """Whether a mesh of the picture that is not sure is of a face; a second look."""


ALIKE = (frozenset({"face-mesh-onnx 1 (mediapipe 0.10.21)", "mediapipe-face-mesh 0.10.21"}),)
"""Landmarkers whose faces are the same to a model: the same networks, in ONNX Runtime and in
MediaPipe's graphs. In the crop of 256 px the vertices of 2848 faces lie 0.02 px apart or less in
the median and 0.54 px or less at the 99th percentile (benchmarks/results/face-mesh-cpu.json)."""


def alike(first: str, second: str) -> bool:
    """Whether faces found by two landmarkers, each as `name version`, are the same to a model."""
    return first == second or any({first, second} <= same for same in ALIKE)
