import numpy as np
import pytest

from spooftrace.simulation.scene import raster

SQUARE = np.array([[2, 2], [12, 2], [12, 12], [2, 12]], np.float32)
FRONT = np.array([[0, 1, 2], [0, 2, 3]])


def test_a_square_covers_its_pixels_and_no_other():
    pixels = raster.visible(SQUARE, np.zeros(4, np.float32), FRONT, 16)
    assert (pixels.rows.min(), pixels.rows.max()) == (2, 12)
    assert (pixels.columns.min(), pixels.columns.max()) == (2, 12)
    assert len(pixels.rows) == 11 * 11


def test_the_back_of_a_triangle_is_not_drawn():
    back = FRONT[:, ::-1]
    assert len(raster.visible(SQUARE, np.zeros(4, np.float32), back, 16).rows) == 0


@pytest.mark.parametrize("nearest", [0, 1])
def test_the_nearer_triangle_is_seen(nearest):
    flat = np.tile(SQUARE[:3], (2, 1))
    triangles = np.array([[0, 1, 2], [3, 4, 5]])
    depth = np.ones(6, np.float32)
    depth[nearest * 3 : nearest * 3 + 3] = 0
    assert set(raster.visible(flat, depth, triangles, 16).owner) == {nearest}


def cross(first, second):
    return first[0] * second[1] - first[1] * second[0]


def test_interpolation_is_exact_for_a_linear_function():
    flat = np.array([[1.3, 2.2], [14.1, 3.7], [6.4, 13.9]], np.float32)
    values = (flat @ [[2.0], [-3.0]] + 5).astype(np.float32)
    pixels = raster.visible(flat, np.zeros(3, np.float32), np.array([[0, 1, 2]]), 16)
    found = raster.interpolate(values, flat, np.array([[0, 1, 2]]), pixels)[:, 0]
    inside = np.array(
        [
            min(cross(flat[(k + 1) % 3] - flat[k], (x, y) - flat[k]) for k in range(3)) >= 0
            for x, y in zip(pixels.columns, pixels.rows, strict=True)
        ]
    )
    expected = 2 * pixels.columns - 3 * pixels.rows + 5
    assert inside.sum() > 40
    np.testing.assert_allclose(found[inside], expected[inside], atol=1e-4)
    # Pixels that the outline merely touches take a value between those of the corners.
    assert found.min() >= values.min() - 1e-4
    assert found.max() <= values.max() + 1e-4


def test_normals_of_a_tetrahedron_point_outwards():
    # x right, y down, z away; the corner in front of the three others.
    points = np.array([[0, 0, -1], [1, 0, 0], [-1, 1, 0], [-1, -1, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1]])
    found = raster.normals(points, triangles)
    np.testing.assert_allclose(found[0], [0, 0, -1], atol=0.35)
    outwards = points - points.mean(0)
    assert ((found * outwards).sum(1) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
