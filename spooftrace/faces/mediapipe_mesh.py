"""The default landmarker: MediaPipe's face mesh with its models from the wheel, offline.

MediaPipe's graphs are built for selfies in daylight: a face that fills the picture, that is lost in
noise, or that is far away, is missed. Hence a ladder; the first rung that finds a face ends it:

1. the picture as it is;
2. the picture continued by reflection on every side, for tight crops;
3. the picture smoothed and brought to full contrast, for dim and noisy cameras (of 124 faces at a
   quarter of their brightness with noise of 25 grey levels it finds 92 where the others find 6);
4. the full-range detector on the picture, then on overlapping halves of it, and the mesh on a crop
   round what it finds, for small faces (down to about a twentieth of the picture's longer side).
"""

import importlib.metadata
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Box, Picture, cut, face_box, from_crop, shared_area
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.mediapipe_graphs import Graphs, GraphsOfThread

PADDINGS = (0.25, 0.5)
"""Rung 2, in longer sides of the picture."""

SMOOTHINGS = (0.005, 0.015)
"""Rung 3, standard deviation of the Gaussian in longer sides of the picture."""

SEARCH_SIZE = 1280
"""All rungs but the first search a copy of the picture shrunk to this longer side."""
TILE_SIZE = 640
"""What MediaPipe is given on these rungs is shrunk to this side; its networks see 192 px."""

LONGEST_SIDE = 2**15 - 2
"""Given a picture with a longer side MediaPipe ends the process; such a one begins at rung 2."""

SAME_FACE = 0.5
"""Of two meshes whose boxes share more than this part of the smaller, the smaller is the larger
found again, or its eye or beard taken for a face."""

Points = NDArray[np.float32]


class MediaPipeLandmarker:
    """MediaPipe's face mesh with attention to eyes and lips; see the module for the ladder.

    May be shared between threads and sent to other processes: MediaPipe's graphs, which may not,
    are made on first use, one set for each thread of each process.
    """

    name = "mediapipe-face-mesh"

    def __init__(self) -> None:
        self._graphs = GraphsOfThread()

    @property
    def version(self) -> str:
        """The installed MediaPipe's."""
        return importlib.metadata.version("mediapipe")

    def find(self, image: Picture) -> list[Mesh]:
        """The faces in a picture (h, w, 3) uint8 RGB, the largest first."""
        graphs = self._graphs.get()
        picture = np.ascontiguousarray(image)
        whole = graphs.meshes(picture) if max(picture.shape) <= LONGEST_SIDE else []
        if not (found := _distinct(whole, picture)):
            small = _shrunk(picture)
            rungs = (_padded, _cleared, _far)
            found = next((f for rung in rungs if (f := rung(graphs, picture, small))), [])
        return [Mesh(points=points) for points in found]

    def __reduce__(self) -> tuple[type["MediaPipeLandmarker"], tuple[()]]:
        return type(self), ()


def _padded(graphs: Graphs, picture: Picture, small: Picture) -> list[Points]:
    scale = picture.shape[1] / small.shape[1]
    for padding in PADDINGS:
        meshes = _meshes_in(graphs, small, _whole(small, 1 + 2 * padding))
        if found := _distinct([(mesh + 0.5) * scale - 0.5 for mesh in meshes], picture):
            return found
    return []


def _cleared(graphs: Graphs, picture: Picture, small: Picture) -> list[Points]:
    box = _whole(picture)
    square = cut(small, _whole(small), min(box.side, TILE_SIZE))
    for smoothing in SMOOTHINGS:
        clear = _full_contrast(cv2.GaussianBlur(square, (0, 0), smoothing * square.shape[0]))
        meshes = [from_crop(mesh, box, square.shape[0]) for mesh in graphs.meshes(clear)]
        if found := _distinct(meshes, picture):
            return found
    return []


def _far(graphs: Graphs, picture: Picture, small: Picture) -> list[Points]:
    scale = picture.shape[1] / small.shape[1]
    for tiles in ([_whole(small)], _tiles(small)):
        boxes = [_grown(box, scale) for tile in tiles for box in _boxes_in(graphs, small, tile)]
        meshes = [mesh for box in boxes for mesh in _meshes_in(graphs, picture, box)]
        if found := _distinct(meshes, picture):
            return found
    return []


def _meshes_in(graphs: Graphs, picture: Picture, box: Box) -> list[Points]:
    """The meshes in a box, in pixels of the picture."""
    size = min(box.side, TILE_SIZE)
    return [from_crop(mesh, box, size) for mesh in graphs.meshes(cut(picture, box, size))]


def _boxes_in(graphs: Graphs, picture: Picture, tile: Box) -> list[Box]:
    """The boxes of faces detected in a tile, in pixels of the picture."""
    size = min(tile.side, TILE_SIZE)
    found = [_grown(box, tile.side / size) for box in graphs.far_boxes(cut(picture, tile, size))]
    return [replace(box, left=tile.left + box.left, top=tile.top + box.top) for box in found]


def _shrunk(picture: Picture) -> Picture:
    scale = SEARCH_SIZE / max(picture.shape[:2])
    if scale >= 1:
        return picture
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _full_contrast(picture: NDArray[Any]) -> Picture:
    low, high = np.percentile(picture, [1, 99])
    stretched = (picture - low) * (255 / max(high - low, 1.0))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)


def _grown(box: Box, scale: float) -> Box:
    return Box(
        left=round(box.left * scale), top=round(box.top * scale), side=round(box.side * scale)
    )


def _whole(picture: Picture, enlarge: float = 1.0) -> Box:
    """The square round a picture."""
    height, width = picture.shape[:2]
    side = round(max(height, width) * enlarge)
    return Box(left=(width - side) // 2, top=(height - side) // 2, side=side)


def _tiles(picture: Picture) -> list[Box]:
    """Squares of half the picture's longer side, each overlapping the next by half."""
    height, width = picture.shape[:2]
    side = max(1, max(height, width) // 2)
    return [
        Box(left=left, top=top, side=side)
        for top in range(0, max(1, height - side // 2), max(1, side // 2))
        for left in range(0, max(1, width - side // 2), max(1, side // 2))
    ]


def _distinct(found: list[Points], picture: Picture) -> list[Points]:
    """The meshes, largest first, less those in a reflection and those of a face already there."""
    size = np.array([picture.shape[1], picture.shape[0]])
    kept: list[Points] = []
    for points in sorted(found, key=lambda mesh: -face_box(mesh).side):
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        is_real = bool(((middle > -0.5) & (middle < size - 0.5)).all())
        box = face_box(points)
        if is_real and not any(shared_area(box, face_box(other)) > SAME_FACE for other in kept):
            kept.append(points)
    return kept
