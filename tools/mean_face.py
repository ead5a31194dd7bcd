"""Make `spooftrace/faces/mean_face.npz`: the mean frontal face, its mirror table and triangles.

    python tools/mean_face.py PORTRAITS [--out FILE]

`PORTRAITS` is a folder with pictures and a `manifest.csv` (columns file, split); the rows of split
"train" are used. The shipped file was made from the Face Research Lab London Set (see NOTICE).

MediaPipe's wheel ships the face mesh but not the canonical face model, hence a mean of measured
faces: generalised Procrustes analysis of the meshes (similarity transforms in 3D), then the mean
with its own mirror image, which removes the yaw and the roll that are left. The mean lies in a
frame of its own: x right, y down, z away from the camera, the origin in the middle of the points'
bounding box in x and y and at their mean in z, and the longer side of that box is 1.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from mediapipe.python.solutions import face_mesh
from mediapipe.python.solutions import face_mesh_connections as connections
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import linear_sum_assignment

Points = NDArray[np.float64]
Triangle = tuple[int, int, int]

MESH_POINTS = 468
HOLES = ("RIGHT_EYE", "LEFT_EYE", "LIPS")
RIGHT_EYE_CORNER, LEFT_EYE_CORNER = 33, 263


def main() -> None:
    """Measure the portraits, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--out", type=Path, default=Path("spooftrace/faces/mean_face.npz"))
    arguments = parser.parse_args()
    meshes = np.stack(list(measured(arguments.portraits)))
    mean = procrustes_mean(meshes)
    mirror = mirror_table(mean)
    frontal = symmetrised(mean, mirror)
    skin = oriented(skin_triangles(), frontal)
    holes = [oriented(hole_triangles(name, frontal), frontal) for name in HOLES]
    np.savez_compressed(
        arguments.out,
        points=frontal.astype(np.float32),
        mirror=mirror.astype(np.int16),
        skin=skin.astype(np.int16),
        eyes=np.concatenate(holes[:2]).astype(np.int16),
        mouth=holes[2].astype(np.int16),
    )
    print(f"{arguments.out}: mean of {len(meshes)} faces, {len(skin)} skin triangles")


def measured(folder: Path) -> Iterator[Points]:
    """The mesh (468, 3) of every training portrait, in pixels."""
    with (folder / "manifest.csv").open() as file:
        names = [row["file"] for row in csv.DictReader(file) if row["split"] == "train"]
    finder = face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True)
    for name in names:
        picture = np.asarray(Image.open(folder / name).convert("RGB"))
        faces = finder.process(picture).multi_face_landmarks
        if not faces:
            raise SystemExit(f"{name}: expected a face, found none")
        height, width = picture.shape[:2]
        points = [(p.x * width, p.y * height, p.z * width) for p in faces[0].landmark]
        # The attention model adds ten points of the irises.
        yield np.asarray(points[:MESH_POINTS])


def procrustes_mean(shapes: Points, rounds: int = 30) -> Points:
    """Mean shape (q, 3) of shapes (n, q, 3) up to translation, scale and rotation."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    unit = centred / np.linalg.norm(centred, axis=(1, 2), keepdims=True)
    mean: Points = unit[0]
    for _ in range(rounds):
        mean = np.mean([shape @ best_rotation(shape, mean) for shape in unit], axis=0)
        mean /= np.linalg.norm(mean)
    return mean


def best_rotation(source: Points, target: Points) -> Points:
    """The proper rotation R for which `source @ R` is nearest to `target` (Kabsch)."""
    u, _, vt = np.linalg.svd(source.T @ target)
    return np.asarray(u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt)


def mirror_table(mean: Points, rounds: int = 20) -> NDArray[np.intp]:
    """Index (468,) of every point's mirror image: the cheapest match with the reflected face."""
    shape = mean - mean.mean(axis=0)
    reflected = shape * [-1.0, 1.0, 1.0]
    for _ in range(rounds):
        costs = np.square(shape[:, None] - reflected[None]).sum(axis=-1)
        partner = linear_sum_assignment(costs)[1]
        reflected = reflected @ best_rotation(reflected[partner], shape)
    if not np.array_equal(partner[partner], np.arange(len(partner))):
        raise SystemExit("the mirror table is no involution")
    return np.asarray(partner, dtype=np.intp)


def symmetrised(mean: Points, mirror: NDArray[np.intp]) -> Points:
    """The mean of a face and its mirror image; the midline at x = 0, the x-y box 1 long."""
    shape = mean - mean.mean(axis=0)
    reflected = (shape * [-1.0, 1.0, 1.0])[mirror]
    half = shape + reflected @ best_rotation(reflected, shape)
    across = half[LEFT_EYE_CORNER] - half[RIGHT_EYE_CORNER]
    across /= np.linalg.norm(across)
    away = np.cross(across, [0.0, 1.0, 0.0])
    away /= np.linalg.norm(away)
    upright = half @ np.stack([across, np.cross(away, across), away], axis=1)
    upright -= np.append((upright[:, :2].min(axis=0) + upright[:, :2].max(axis=0)) / 2, 0.0)
    upright[:, 2] -= upright[:, 2].mean()
    upright /= np.ptp(upright[:, :2], axis=0).max()
    return np.asarray((upright + (upright * [-1.0, 1.0, 1.0])[mirror]) / 2)


def skin_triangles() -> list[Triangle]:
    """The 852 triangles of MediaPipe's tesselation: the 3-cycles of its edges.

    Less the ring around a vertex with three neighbours, which is a cycle but no triangle.
    """
    neighbours: dict[int, set[int]] = {}
    for a, b in connections.FACEMESH_TESSELATION:
        neighbours.setdefault(a, set()).add(b)
        neighbours.setdefault(b, set()).add(a)
    rings = {frozenset(around) for around in neighbours.values() if len(around) == 3}
    cycles = {
        (a, b, c)
        for a in neighbours
        for b, c in combinations(sorted(neighbours[a]), 2)
        if a < b and c in neighbours[b]
    }
    return sorted(cycle for cycle in cycles if frozenset(cycle) not in rings)


def hole_triangles(name: str, frontal: Points) -> list[Triangle]:
    """Triangles that close an eye or the mouth: a strip between its upper and its lower edge."""
    edges = inner_lips() if name == "LIPS" else set(getattr(connections, f"FACEMESH_{name}"))
    ring = sorted({point for edge in edges for point in edge}, key=lambda p: frontal[p, 0])
    first, last = ring[0], ring[-1]
    upper, lower = sorted(
        (walk(edges, first, last, start) for start in partners(edges, first)),
        key=lambda line: float(np.mean(frontal[line, 1])),
    )
    strip: list[Triangle] = []
    for i in range(len(upper) - 1):
        strip.append((upper[i], upper[i + 1], lower[i]))
        strip.append((upper[i + 1], lower[i + 1], lower[i]))
    return [triangle for triangle in strip if len(set(triangle)) == 3]


def inner_lips() -> set[tuple[int, int]]:
    """The edges of the ring of the lips that does not hold the outer mouth corner 61."""
    edges = set(connections.FACEMESH_LIPS)
    outer, grown = {61}, 0
    while grown != len(outer):
        grown = len(outer)
        outer |= {point for edge in edges if outer & set(edge) for point in edge}
    return {edge for edge in edges if edge[0] not in outer}


def partners(edges: set[tuple[int, int]], point: int) -> list[int]:
    """The points that share an edge with `point`."""
    return [a if b == point else b for a, b in edges if point in (a, b)]


def walk(edges: set[tuple[int, int]], first: int, last: int, second: int) -> list[int]:
    """The points of a ring from `first` by way of `second` to `last`."""
    line = [first, second]
    while line[-1] != last:
        line.append(next(p for p in partners(edges, line[-1]) if p != line[-2]))
    return line


def oriented(triangles: list[Triangle], frontal: Points) -> NDArray[np.intp]:
    """The triangles turned so that, seen from outside, they run clockwise (positive area, y down).

    Neighbours are made consistent first, so that triangles that face away from the camera keep
    their side.
    """
    done = [triangles[0]]
    rest = set(triangles[1:])
    for triangle in done:
        inward = {(b, a) for a, b in directed(triangle)}
        for other in [t for t in rest if inward & (directed(t) | directed(t[::-1]))]:
            rest.discard(other)
            done.append(other if inward & directed(other) else other[::-1])
    turned = np.asarray(sorted(done))
    a, b, c = (frontal[turned[:, i], :2] for i in range(3))
    (right, down), (across, below) = (b - a).T, (c - a).T
    area = (right * below - down * across).sum()
    shared = Counter(edge for triangle in done for edge in directed(triangle))
    if rest or max(shared.values()) > 1:
        raise SystemExit("the triangles are no orientable surface")
    return turned if area > 0 else turned[:, ::-1]


def directed(triangle: tuple[int, ...]) -> set[tuple[int, int]]:
    """The three edges of a triangle, in its direction."""
    a, b, c = triangle
    return {(a, b), (b, c), (c, a)}


if __name__ == "__main__":
    main()
