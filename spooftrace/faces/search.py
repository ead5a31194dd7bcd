"""The search for faces: a ladder of ever more patient looks at a picture.

The near detector and the mesh are built for selfies in daylight: a face that fills the picture,
that is lost in noise, or that is far away, is missed. The first rung that finds a face ends it:

1. the picture as it is;
2. the picture continued by reflection on every side, for tight crops;
3. the picture smoothed and brought to full contrast, for dim and noisy cameras (of 124 faces at a
   quarter of their brightness with noise of 25 grey levels it finds 92 where the others find 6);
4. the far detector on the picture, then on overlapping halves of it, and the mesh on a crop round
   what it finds, for small faces (down to about a twentieth of the picture's longer side).

A face of which the networks are not sure at once, and every face of a later rung, waits for a
second look (`networks.confirmation`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Box, Picture, cut, face_box, from_crop, shared_area
from spooftrace.faces.landmarker import Mesh

PADDINGS = (0.25, 0.5)
"""Rung 2, in longer sides of the picture."""

SMOOTHINGS = (0.005, 0.015)
"""Rung 3, standard deviation of the Gaussian in longer sides of the picture."""

SEARCH_SIZE = 1280
"""All rungs but the first search a copy of the picture shrunk to this longer side."""
TILE_SIZE = 640
"""What the networks are given on these rungs is shrunk to this side; they see 192 px."""

LONGEST_SIDE = 2**15 - 2
"""OpenCV samples no picture with a longer side; such a one begins at rung 2."""

SAME_FACE = 0.5
"""Of two meshes whose boxes share more than this part of the smaller, the smaller is the larger
found again, or its eye or beard taken for a face."""

Points = NDArray[np.float32]


class Networks(Protocol):
    """What looks at the pictures (h, w, 3) uint8 RGB of a rung."""

    def meshes(self, pictures: Sequence[Picture]) -> list[list[Mesh]]:
        """Of each picture its faces."""

    def far_boxes(self, pictures: Sequence[Picture]) -> list[list[Box]]:
        """Of each picture squares round its faces, near and far, with room for the mesh."""


def find_faces(networks: Networks, pictures: Sequence[Picture]) -> list[list[Mesh]]:
    """The faces in each picture (h, w, 3) uint8 RGB, the largest first; see the module."""
    pictures = [np.ascontiguousarray(picture) for picture in pictures]
    short = [number for number, one in enumerate(pictures) if max(one.shape) <= LONGEST_SIDE]
    at_once = dict(zip(short, networks.meshes([pictures[n] for n in short]), strict=True))
    return [
        _found(networks, picture, at_once.get(number, []))
        for number, picture in enumerate(pictures)
    ]


def _found(networks: Networks, picture: Picture, at_once: list[Mesh]) -> list[Mesh]:
    sure = {id(mesh.points) for mesh in at_once if mesh.is_sure}
    found = _distinct([mesh.points for mesh in at_once], picture)
    if not found:
        small = _shrunk(picture)
        rungs = (_padded, _cleared, _far)
        found = next((found for rung in rungs if (found := rung(networks, picture, small))), [])
    return [Mesh(points=points, is_sure=id(points) in sure) for points in found]


def _padded(networks: Networks, picture: Picture, small: Picture) -> list[Points]:
    scale = picture.shape[1] / small.shape[1]
    for padding in PADDINGS:
        meshes = _meshes_in(networks, small, [_whole(small, 1 + 2 * padding)])
        if found := _distinct([(mesh + 0.5) * scale - 0.5 for mesh in meshes], picture):
            return found
    return []


def _cleared(networks: Networks, picture: Picture, small: Picture) -> list[Points]:
    box = _whole(picture)
    square = cut(small, _whole(small), min(box.side, TILE_SIZE))
    for smoothing in SMOOTHINGS:
        clear = _full_contrast(cv2.GaussianBlur(square, (0, 0), smoothing * square.shape[0]))
        (found_here,) = networks.meshes([clear])
        meshes = [from_crop(mesh.points, box, square.shape[0]) for mesh in found_here]
        if found := _distinct(meshes, picture):
            return found
    return []


def _far(networks: Networks, picture: Picture, small: Picture) -> list[Points]:
    scale = picture.shape[1] / small.shape[1]
    for tiles in ([_whole(small)], _tiles(small)):
        boxes = [_grown(box, scale) for box in _boxes_in(networks, small, tiles)]
        if found := _distinct(_meshes_in(networks, picture, boxes), picture):
            return found
    return []


def _meshes_in(networks: Networks, picture: Picture, boxes: Sequence[Box]) -> list[Points]:
    """The meshes in some boxes, in pixels of the picture."""
    sizes = [min(box.side, TILE_SIZE) for box in boxes]
    cuts = [cut(picture, box, size) for box, size in zip(boxes, sizes, strict=True)]
    return [
        from_crop(mesh.points, box, size)
        for box, size, meshes in zip(boxes, sizes, networks.meshes(cuts), strict=True)
        for mesh in meshes
    ]


def _boxes_in(networks: Networks, picture: Picture, tiles: Sequence[Box]) -> list[Box]:
    """The boxes of faces detected in some tiles, in pixels of the picture."""
    sizes = [min(tile.side, TILE_SIZE) for tile in tiles]
    cuts = [cut(picture, tile, size) for tile, size in zip(tiles, sizes, strict=True)]
    return [
        replace(grown, left=tile.left + grown.left, top=tile.top + grown.top)
        for tile, size, boxes in zip(tiles, sizes, networks.far_boxes(cuts), strict=True)
        for box in boxes
        for grown in [_grown(box, tile.side / size)]
    ]


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
