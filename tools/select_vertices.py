"""Select the 140 vertices of the face, and triangulate them once.

    python tools/select_vertices.py            prints the list for `spooftrace/faces/mesh.py`
    python tools/select_vertices.py --write    writes `spooftrace/faces/topology.npy` for the list
                                               that stands in `mesh.py`

The vertices are chosen among MediaPipe's 468 on the mean frontal face, closed under left-right
mirroring:

1. of the face oval, the eyes and the outer lips every second point of the line; of the brows, the
   nose and the inner upper lip the points of `LINES`. Of the inner lips only the upper one is
   taken: the two coincide when the mouth is closed, so triangles between them would fold;
2. then, until there are 140, the point farthest (in the frontal x-y plane) from all that are
   chosen, with its mirror image. Points nearer than `OVAL_MARGIN` to the oval but not on it are
   left out: the skin is steep there and their triangles fold over at the first turn of the head.
   So are the inner lips.
"""

import argparse
from pathlib import Path

import numpy as np
from mediapipe.python.solutions import face_mesh_connections as connections
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from spooftrace.faces import mesh
from spooftrace.faces.crop import CROP_SIZE, face_box, to_crop
from spooftrace.faces.topology import signed_areas, with_anchors

Edges = frozenset[tuple[int, int]]

LINES = {
    "brow": (70, 105, 107, 46, 52, 55),
    "nose": (168, 197, 5, 4, 2, 98, 64, 115),
    "inner upper lip": (80, 13),
}
OVAL_MARGIN = 0.08
"""In heights of the face."""

FOREHEAD, EYE_CORNER, MOUTH_CORNER, INNER_MOUTH_CORNER = 10, 33, 61, 78
TOPOLOGY = Path(mesh.__file__).with_name("topology.npy")


def main() -> None:
    """Print the vertices, or write the triangles of those in force."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write topology.npy")
    if parser.parse_args().write:
        triangles = mean_triangles(mesh.VERTICES)
        np.save(TOPOLOGY, triangles.astype(np.int16))
        print(f"{TOPOLOGY}: {len(triangles)} triangles")
    else:
        print(", ".join(map(str, selected_vertices())))


def selected_vertices() -> list[int]:
    """The chosen indices into MediaPipe's 468 points, ascending."""
    flat = mesh.CANONICAL[:, :2].astype(np.float64)
    oval = line_of(connections.FACEMESH_FACE_OVAL, FOREHEAD)
    to_oval = np.linalg.norm(flat[:, None] - flat[oval][None], axis=-1).min(axis=1)
    free = (to_oval >= OVAL_MARGIN) | np.isin(np.arange(len(flat)), oval)
    free[line_of(connections.FACEMESH_LIPS, INNER_MOUTH_CORNER)] = False
    chosen: set[int] = set()
    for point in line_points(oval):
        chosen |= mirrored_pair(point)
    while len(chosen) < mesh.VERTEX_COUNT:
        chosen |= farthest_pair(flat, chosen, free)
    return sorted(chosen)


def line_points(oval: list[int]) -> list[int]:
    """The points of the face's lines that are chosen before all others."""
    eye = line_of(connections.FACEMESH_RIGHT_EYE, EYE_CORNER)
    lips = line_of(connections.FACEMESH_LIPS, MOUTH_CORNER)
    named = [point for line in LINES.values() for point in line]
    return oval[::2] + eye[::2] + lips[::2] + named


def farthest_pair(flat: NDArray[np.float64], chosen: set[int], free: NDArray[np.bool_]) -> set[int]:
    """The free point farthest from the chosen ones that still fits the budget, with its image."""
    gaps = np.linalg.norm(flat[:, None] - flat[sorted(chosen)][None], axis=-1).min(axis=1)
    # Rounded, so that a point and its mirror image tie whatever the last bit says.
    for point in np.argsort(-np.round(gaps * free, 6), kind="stable"):
        pair = mirrored_pair(int(point))
        if len(chosen | pair) <= mesh.VERTEX_COUNT:
            return pair
    raise SystemExit("no point fits")


def mirrored_pair(point: int) -> set[int]:
    """A point and its mirror image; one point on the midline."""
    return {point, int(mesh.MIRROR_468[point])}


def line_of(edges: Edges, start: int) -> list[int]:
    """The points of the closed line through `start`, in order round it."""
    line = [start]
    while True:
        last = line[-1]
        following = sorted({a if b == last else b for a, b in edges if last in (a, b)} - {*line})
        if not following:
            return line
        line.append(following[0])


def mean_triangles(vertices: NDArray[np.intp]) -> NDArray[np.intp]:
    """Delaunay triangles (F, 3) of the mean frontal face in its crop and the anchors.

    All run clockwise on the screen (positive area with y down); sorted.
    """
    flat = mesh.CANONICAL[:, :2] * 1000
    in_crop = to_crop(flat, face_box(flat), CROP_SIZE)
    points = with_anchors(in_crop[vertices], CROP_SIZE)
    triangles = Delaunay(points).simplices
    backward = signed_areas(points, triangles) < 0
    triangles[backward] = triangles[backward][:, ::-1]
    first = triangles.argmin(axis=1)[:, None]
    turned = np.take_along_axis(triangles, (first + np.arange(3)) % 3, axis=1)
    return np.asarray(sorted(turned.tolist()), dtype=np.intp)


if __name__ == "__main__":
    main()
