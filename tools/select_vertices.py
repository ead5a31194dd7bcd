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
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from spooftrace.faces import mesh
from spooftrace.faces.crop import CROP_SIZE, face_box, to_crop
from spooftrace.faces.topology import signed_areas, with_anchors

# MediaPipe's face_mesh_connections, each closed line in order, from the points named in comments.
# fmt: off
OVAL = [  # from the top of the forehead to the person's right
    10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148,
    152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356, 389, 251, 284, 332, 297, 338,
]
RIGHT_EYE = [  # from the outer corner, below
    33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246,
]
LIPS = [  # from the right corner, below
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
]
INNER_LIPS = [
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
]
# fmt: on
LINES = {
    "brow": (70, 105, 107, 46, 52, 55),
    "nose": (168, 197, 5, 4, 2, 98, 64, 115),
    "inner upper lip": (80, 13),
}
OVAL_MARGIN = 0.08
"""In heights of the face."""

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
    to_oval = np.linalg.norm(flat[:, None] - flat[OVAL][None], axis=-1).min(axis=1)
    free = (to_oval >= OVAL_MARGIN) | np.isin(np.arange(len(flat)), OVAL)
    free[INNER_LIPS] = False
    chosen: set[int] = set()
    for point in line_points():
        chosen |= mirrored_pair(point)
    while len(chosen) < mesh.VERTEX_COUNT:
        chosen |= farthest_pair(flat, chosen, free)
    return sorted(chosen)


def line_points() -> list[int]:
    """The points of the face's lines that are chosen before all others."""
    named = [point for line in LINES.values() for point in line]
    return OVAL[::2] + RIGHT_EYE[::2] + LIPS[::2] + named


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
