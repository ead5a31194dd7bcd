"""Gloss, shells and paint of masks, by numbers."""

import numpy as np
import pytest

from spooftrace.simulation.mask import gloss, paints, shells
from spooftrace.simulation.mask.gloss import Gloss, Lamp
from tests.support.toy_scene import toy_scene


def lamp(x: float, y: float, z: float) -> Lamp:
    towards = np.array([x, y, z], np.float32)
    return Lamp(towards=towards / np.linalg.norm(towards), colour=np.ones(3, np.float32))


def ball(side: int) -> np.ndarray:
    """Normals of a half ball that fills the picture."""
    axis = np.linspace(-0.7, 0.7, side, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    return np.stack([x, y, -np.sqrt(1 - x * x - y * y)], axis=-1)


@pytest.mark.parametrize("roughness", [0.1, 0.3])
def test_lobe_peaks_where_the_normal_is_the_half_vector(roughness: float) -> None:
    source = lamp(-0.5, -0.4, -0.8)
    normals = ball(141)
    shine = gloss.lobe(normals, source, Gloss(roughness=roughness))
    row, column = np.unravel_index(shine.argmax(), shine.shape)
    half = gloss.half_vector(source)
    assert normals[row, column] @ half > 0.9998
    assert (column, row) == (round(70 + half[0] * 100), round(70 + half[1] * 100))


def test_lobe_of_a_lamp_behind_the_camera_has_ggx_height() -> None:
    facing = np.array([[[0, 0, -1]]], np.float32)
    shine = gloss.lobe(facing, lamp(0, 0, -1), Gloss(roughness=0.2, reflectance=0.04))
    assert shine[0, 0] == pytest.approx(0.04 / (4 * 0.2**2), rel=1e-4)


def test_fresnel_is_f0_straight_on_and_1_at_grazing() -> None:
    values = gloss.fresnel(np.array([1.0, 0.0], np.float32), 0.04)
    assert values == pytest.approx([0.04, 1.0])


def test_flattening_reduces_variance_by_the_square_of_keep() -> None:
    rng = np.random.default_rng(0)
    albedo = rng.uniform(0.1, 0.8, (40, 40, 3)).astype(np.float32)
    flat = paints.flattened(albedo, albedo.mean(axis=(0, 1)), 0.5)
    assert flat.var(axis=(0, 1)) == pytest.approx(0.25 * albedo.var(axis=(0, 1)), rel=1e-4)


def test_likeness_times_shading_is_the_scene() -> None:
    scene = toy_scene()
    lit = paints.likeness(scene) * scene.shading
    person = scene.person > 0.99
    assert np.abs(lit - scene.light)[person].max() < 1e-5


def disc(radius: float, side: int = 120) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - side / 2
    return np.hypot(x, y) < radius


def test_distance_is_in_pixels_of_the_scene() -> None:
    distance = shells.signed_distance(disc(40))
    assert distance[60, 80] == pytest.approx(40, abs=2)
    assert distance[60, 115] == pytest.approx(-30, abs=3)
    assert abs(distance[60, 100]) < 2.5


def test_shadow_lies_away_from_the_key_light() -> None:
    shell = shells.Shell(distance=shells.signed_distance(disc(30)), thickness=8)
    light = toy_scene(key=0.8).illumination  # from above left
    left = shells.shadow(shell, light)
    below_right, above_left = left[120 + 46, 120 + 46], left[120 - 46, 120 - 46]
    assert below_right < above_left - 0.1
    assert left[4, 4] == pytest.approx(1, abs=1e-3)


def test_raised_ramp_tilts_the_normal_by_its_slope() -> None:
    flat = np.zeros((20, 20, 3), np.float32)
    flat[..., 2] = -1
    height = np.tile(np.arange(20, dtype=np.float32), (20, 1))  # half a pixel up per scene pixel
    normal = shells.raised(flat, height)[10, 10]
    assert normal == pytest.approx(np.array([-0.5, 0, -1]) / np.sqrt(1.25), abs=1e-5)


@pytest.mark.parametrize("covers_all", [False, True])
def test_a_shell_that_covers_all_or_nothing_has_its_edge_out_of_the_picture(covers_all):
    distance = shells.signed_distance(np.full((320, 320), covers_all))
    sign = 1 if covers_all else -1
    # The corners of 320 x 320 coarse pixels are 2 * sqrt(2) * 320 pixels of the scene apart.
    assert distance == pytest.approx(sign * 2 * np.sqrt(2) * 320, rel=1e-5)
    shell = shells.Shell(distance=distance, thickness=4.0)
    assert np.array_equal(shell.cover(), np.full((640, 640), float(covers_all), np.float32))
    assert not shell.rim().any()
    lost = 1 - shells.shadow(shell, toy_scene().illumination)
    assert np.isfinite(lost).all()
