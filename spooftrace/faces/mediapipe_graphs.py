"""MediaPipe's solutions as they can be lived with: quiet, and one set for each thread.

x * width of MediaPipe's normalised landmarks counts from the *centre* of the first pixel, as
everywhere here: for a picture and its mirror image x + x' tends to width - 1 as the face shrinks
(measured on 84 portraits, 100 to 512 px).
"""

import contextlib
import functools
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Box, Picture
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.mesh import MESH_COUNT

MOST_FACES = 4
DETECTION_ENLARGE = 2.0
"""Side of the square round a detection over the longer side of the detected face."""

_silent = threading.RLock()


class Graphs:
    """The face mesh and the full-range detector, for one thread."""

    def __init__(self) -> None:
        self._mesh = _Graph(
            "face_mesh.FaceMesh",
            "multi_face_landmarks",
            static_image_mode=True,
            max_num_faces=MOST_FACES,
            refine_landmarks=True,
        )
        self._far = _Graph("face_detection.FaceDetection", "detections", model_selection=1)

    def meshes(self, pictures: Sequence[Picture]) -> list[list[Mesh]]:
        """Face meshes in pixels, without the irises that end MediaPipe's list."""
        return [
            [Mesh(points=_points(face, picture)) for face in self._mesh.run(picture)]
            for picture in pictures
        ]

    def far_boxes(self, pictures: Sequence[Picture]) -> list[list[Box]]:
        """Squares round the faces that the full-range detector finds, with room for the mesh."""
        return [
            [
                _square(face.location_data, picture.shape[1], picture.shape[0])
                for face in self._far.run(picture)
            ]
            for picture in pictures
        ]


class GraphsOfThread(threading.local):
    """Each thread's own graphs; made anew after a fork, which leaves MediaPipe's threads behind."""

    def __init__(self) -> None:
        self._process: int | None = None
        self._graphs = Graphs()

    def get(self) -> Graphs:
        """The calling thread's."""
        if self._process != os.getpid():
            self._process, self._graphs = os.getpid(), Graphs()
        return self._graphs


class _Graph:
    """One solution, made on first use; mute until it has found a face, for until then it talks."""

    def __init__(self, solution: str, output: str, **options: Any) -> None:
        self._make = functools.partial(_solution, solution, options)
        self._output = output
        self._solution: Any = None
        self._has_found = False

    def run(self, picture: Picture) -> list[Any]:
        """MediaPipe's records of the faces."""
        with contextlib.nullcontext() if self._has_found else silence():
            try:
                self._solution = self._solution or self._make()
                faces = list(getattr(self._solution.process(picture), self._output) or ())
            except BaseException:
                # A graph that has failed once fails for ever; the next call opens a fresh one.
                self._solution, self._has_found = None, False
                raise
        self._has_found = self._has_found or bool(faces)
        return faces


def _points(face: Any, picture: Picture) -> NDArray[np.float32]:
    size = np.array([picture.shape[1], picture.shape[0]], np.float32)
    return np.array([(p.x, p.y) for p in face.landmark[:MESH_COUNT]], np.float32) * size


def _solution(name: str, options: dict[str, Any]) -> Any:
    # Imported here, because it takes seconds and brings half a dozen packages.
    from mediapipe import solutions

    module, kind = name.split(".")
    return getattr(getattr(solutions, module), kind)(**options)


def _square(location: Any, width: int, height: int) -> Box:
    box = location.relative_bounding_box
    side = max(16, round(max(box.width * width, box.height * height) * DETECTION_ENLARGE))
    left = (box.xmin + box.width / 2) * width - side / 2
    top = (box.ymin + box.height / 2) * height - side / 2
    return Box(left=round(left), top=round(top), side=side)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing on file descriptor 2 meanwhile.

    MediaPipe's C++ and TFLite write to it while a graph starts, and heed no setting. The descriptor
    belongs to the whole process, hence one thread at a time.
    """
    with _silent, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.stderr.flush()
        kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nothing)
