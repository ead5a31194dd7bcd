import importlib.util
from pathlib import Path

import numpy as np
import pytest

from spooftrace.faces import mesh, topology
from spooftrace.faces.crop import CROP_SIZE, face_box, to_crop

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def select_vertices():
    path = ROOT / "tools" / "select_vertices.py"
    spec = importlib.util.spec_from_file_location("select_vertices", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_140_different_vertices():
    assert mesh.VERTICES.shape == (mesh.VERTEX_COUNT,) == (140,)
    assert len(set(mesh.VERTICES.tolist())) == 140
    assert 0 <= mesh.VERTICES.min() <= mesh.VERTICES.max() < mesh.MESH_COUNT


def test_the_script_selects_the_same_vertices_again(select_vertices):
    assert select_vertices.selected_vertices() == mesh.VERTICES.tolist()


def test_the_lines_of_the_face_are_kept():
    chin, mouth_corners, eye_corners, nose_tip = [152], [61, 291], [33, 263, 133, 362], [4]
    assert {*chin, *mouth_corners, *eye_corners, *nose_tip} <= set(mesh.VERTICES.tolist())


def test_mirroring_twice_changes_nothing():
    assert np.array_equal(mesh.MIRROR[mesh.MIRROR], np.arange(140))
    assert np.array_equal(mesh.MIRROR_468[mesh.MIRROR_468], np.arange(468))


def test_the_mirror_table_mirrors_the_mean_face():
    reflected = mesh.CANONICAL * np.float32([-1, 1, 1])
    assert np.allclose(mesh.CANONICAL[mesh.MIRROR_468], reflected, atol=1e-6)
    vertices = mesh.CANONICAL[mesh.VERTICES]
    assert np.allclose(vertices[mesh.MIRROR], vertices * np.float32([-1, 1, 1]), atol=1e-6)


def test_the_mirror_table_knows_the_outer_eye_corners():
    corners = {33: 263, 61: 291, 4: 4, 10: 10, 152: 152}
    assert {p: int(mesh.MIRROR_468[p]) for p in corners} == corners


def test_the_mean_face_stands_upright_in_its_frame():
    right_eye, left_eye, chin, nose_tip = mesh.CANONICAL[[33, 263, 152, 4]]
    assert right_eye[0] < 0 < left_eye[0]
    assert chin[1] == mesh.CANONICAL[:, 1].max()
    assert nose_tip[2] == mesh.CANONICAL[:, 2].min()
    assert np.ptp(mesh.CANONICAL[:, :2], axis=0).max() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("triangles", "count"),
    [
        (mesh.CANONICAL_TRIANGLES, 852),
        (mesh.EYE_TRIANGLES, 28),
        (mesh.MOUTH_TRIANGLES, 18),
    ],
)
def test_surfaces_are_consistently_oriented_and_face_the_camera(triangles, count):
    assert triangles.shape == (count, 3)
    edges = [(int(t[i]), int(t[(i + 1) % 3])) for t in triangles for i in range(3)]
    assert len(set(edges)) == len(edges), "no edge is run through twice in one direction"
    assert topology.signed_areas(mesh.CANONICAL[:, :2], triangles).sum() > 0


def test_eyes_and_mouth_close_the_skin_to_one_sheet():
    parts = [mesh.CANONICAL_TRIANGLES, mesh.EYE_TRIANGLES, mesh.MOUTH_TRIANGLES]
    whole = np.concatenate(parts)
    edges = {(int(t[i]), int(t[(i + 1) % 3])) for t in whole for i in range(3)}
    border = {edge for edge in edges if edge[::-1] not in edges}
    assert len(border) == 36, "what is left open is the face oval"
    vertices, undirected = len(np.unique(whole)), len({frozenset(edge) for edge in edges})
    assert vertices - undirected + len(whole) == 1, "Euler's number of a disc"


def test_the_stored_topology_is_the_delaunay_of_the_mean_face(select_vertices):
    again = select_vertices.mean_triangles(mesh.VERTICES)
    assert again.shape == topology.TRIANGLES.shape
    shape = mesh.CANONICAL[:, :2] * 1000
    in_crop = to_crop(shape, face_box(shape), CROP_SIZE)[mesh.VERTICES]
    points = topology.with_anchors(in_crop, CROP_SIZE).astype(np.float64)
    for triangle in topology.TRIANGLES:
        centre, radius = circumcircle(points[triangle])
        gaps = np.linalg.norm(points - centre, axis=1)
        assert gaps.min() > radius * (1 - 1e-3), "no point lies inside a Delaunay circle"


def circumcircle(corners):
    a, b, c = corners
    rows = 2 * np.stack([b - a, c - a])
    centre = a + np.linalg.solve(rows, [(b - a) @ (b - a), (c - a) @ (c - a)])
    return centre, np.linalg.norm(centre - a)
