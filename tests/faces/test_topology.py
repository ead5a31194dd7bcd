import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spooftrace.faces import mesh
from spooftrace.faces.crop import CROP_SIZE, face_box, to_crop
from spooftrace.faces.topology import (
    TRIANGLES,
    anchors,
    signed_areas,
    triangles_for,
    with_anchors,
)


@pytest.fixture(scope="module")
def mean_vertices():
    shape = mesh.CANONICAL[:, :2] * 1000
    return to_crop(shape, face_box(shape), CROP_SIZE)[mesh.VERTICES]


def turned_mean_vertices(degrees):
    """The mean face turned about the vertical axis, in its crop."""
    angle = np.radians(degrees)
    x, y, z = mesh.CANONICAL.T.astype(np.float64)
    shape = np.stack([x * np.cos(angle) + z * np.sin(angle), y], axis=1) * 1000
    return to_crop(shape, face_box(shape), CROP_SIZE)[mesh.VERTICES]


def times_covered(points, triangles, size, step=5):
    """How many triangles hold each pixel centre of a grid: plain half-plane tests."""
    axis = np.arange(0, size, step) + 0.123
    pixels = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 1, 2)
    inside = np.ones((len(pixels), len(triangles)), bool)
    for corner in range(3):
        a = points[triangles[:, corner]].astype(np.float64)
        b = points[triangles[:, (corner + 1) % 3]].astype(np.float64)
        edge, way = b - a, pixels - a
        inside &= edge[:, 0] * way[..., 1] - edge[:, 1] * way[..., 0] > 0
    return inside.sum(axis=1)


def test_anchors_of_a_picture_of_four_pixels():
    found = anchors(4)
    assert found.shape == (32, 2)
    assert found[0].tolist() == [-1.5, -1.5]
    assert found[1].tolist() == [-0.75, -1.5]
    assert found[8].tolist() == [4.5, -1.5]
    assert found[16].tolist() == [4.5, 4.5]
    assert found[24].tolist() == [-1.5, 4.5]
    assert found[31].tolist() == [-1.5, -0.75]


def test_anchors_scale_with_the_picture_like_pixels_do():
    assert np.allclose((anchors(256) + 0.5) / 2 - 0.5, anchors(128))


def test_anchors_follow_the_vertices_for_one_face_and_for_a_batch(mean_vertices):
    one = with_anchors(mean_vertices, 256)
    batch = with_anchors(np.stack([mean_vertices] * 3), 256)
    assert one.shape == (172, 2)
    assert one.dtype == batch.dtype == np.float32
    assert np.array_equal(batch, np.stack([one] * 3))
    assert np.array_equal(one[140:], anchors(256))


def test_signed_area_of_a_hand_drawn_triangle():
    points = np.float32([[0, 0], [4, 0], [0, 3]])
    assert signed_areas(points, np.array([[0, 1, 2], [0, 2, 1]])).tolist() == [6, -6]


@pytest.mark.parametrize("size", [32, 128, 256])
def test_the_mean_face_keeps_the_fixed_topology_at_every_size(mean_vertices, size):
    vertices = (mean_vertices + 0.5) * (size / CROP_SIZE) - 0.5
    assert triangles_for(vertices, size) is TRIANGLES


@pytest.mark.parametrize("degrees", [0, 10, 40, 60, -60])
def test_every_pixel_lies_in_exactly_one_triangle(degrees):
    vertices = turned_mean_vertices(degrees)
    triangles = triangles_for(vertices, CROP_SIZE)
    covered = times_covered(with_anchors(vertices, CROP_SIZE), triangles, CROP_SIZE)
    assert (covered == 1).all()


@pytest.mark.parametrize("degrees", [50, -50])
def test_a_folded_face_gets_its_own_triangles(degrees):
    vertices = turned_mean_vertices(degrees)
    points = with_anchors(vertices, CROP_SIZE)
    assert signed_areas(points, TRIANGLES).min() < -1, "the fixed topology is folded here"
    own = triangles_for(vertices, CROP_SIZE)
    assert own.shape == TRIANGLES.shape
    assert own.dtype == TRIANGLES.dtype
    assert (signed_areas(points, own) >= 0).all()


def test_coinciding_vertices_are_no_obstacle(mean_vertices):
    vertices = mean_vertices.copy()
    vertices[1] = vertices[0]
    own = triangles_for(vertices, CROP_SIZE)
    covered = times_covered(with_anchors(vertices, CROP_SIZE), own, CROP_SIZE)
    assert (covered == 1).all()


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31), spread=st.floats(0.5, 80))
def test_any_scatter_of_vertices_is_tiled(seed, spread):
    rng = np.random.default_rng(seed)
    vertices = (127.5 + spread * rng.standard_normal((140, 2))).astype(np.float32)
    triangles = triangles_for(vertices, CROP_SIZE)
    assert triangles.shape == TRIANGLES.shape
    points = with_anchors(vertices, CROP_SIZE)
    assert (times_covered(points, triangles, CROP_SIZE, step=16) == 1).all()
