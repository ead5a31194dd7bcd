"""Scenes: where the face lies, what the light does, what the surface knows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_scene import toy_portrait, toy_scene, toy_view

from spooftrace.faces.crop import face_box
from spooftrace.faces.mesh import CANONICAL
from spooftrace.simulation.scene import regions, scene
from spooftrace.simulation.scene.portrait import with_depth
from spooftrace.simulation.seeds import seed_of


@settings(max_examples=15)
@given(st.integers(0, 2**31))
def test_the_crop_of_the_face_is_the_middle_of_the_scene(seed):
    placed = scene.place(toy_portrait(), scene.draw_view(np.random.default_rng(seed)))
    box = face_box(placed.mesh[:, :2])
    assert abs(box.side - scene.CROP_SIDE) <= 1
    assert abs(box.left - scene.MARGIN) <= 1
    assert abs(box.top - scene.MARGIN) <= 1
    assert np.isfinite(placed.light).all()
    assert placed.light.min() >= 0


def test_light_is_reflectance_times_shading_on_the_person():
    placed = toy_scene(key=0.6)
    even = toy_scene(key=0.0)
    cheek = tuple(int(v) for v in placed.mesh[regions.CHEEKS[0], 1::-1])
    reflectance = even.light[cheek] / even.shading[cheek]
    np.testing.assert_allclose(placed.light[cheek], reflectance * placed.shading[cheek], rtol=1e-4)


def test_the_key_light_is_brightest_where_the_face_looks_into_it():
    placed = toy_scene(key=0.8)
    towards = placed.illumination.towards
    right, left = placed.mesh[234, :2], placed.mesh[454, :2]
    assert towards[0] < 0  # from the left of the picture
    middle = (right + left) / 2
    x = int(0.5 * (right + middle)[0]), int(0.5 * (left + middle)[0])
    row = int(middle[1])
    assert placed.shading[row, x[0], 0] > 1.1 * placed.shading[row, x[1], 0]


def test_lamberts_law_by_hand():
    lamp = toy_view(key=1.0).illumination
    lamp = scene.Illumination(
        towards=np.float32([0, 0, -1]),
        key=0.5,
        ambient=0.0,
        key_colour=lamp.key_colour,
        ambient_colour=lamp.ambient_colour,
    )
    normals = np.float32([[0, 0, -1], [np.sqrt(0.75), 0, -0.5], [1, 0, 0], [0, 0, 1]])
    lit = lamp.irradiance(normals, wrap=0.0)[:, 0]
    np.testing.assert_allclose(lit, [0.5, 0.25, 0, 0], atol=1e-6)


def test_the_surface_knows_where_the_vertices_lie_on_the_mean_face():
    placed = toy_scene()
    for landmark in (1, 50, 280, 152, 10):  # nose, cheeks, chin, forehead
        x, y = np.round(placed.mesh[landmark, :2]).astype(int)
        y = min(y, 571) if landmark != 10 else max(y, 70)
        np.testing.assert_allclose(placed.surface.place[y, x], CANONICAL[landmark, :2], atol=0.012)
    nose = np.round(placed.mesh[4, :2]).astype(int)
    assert placed.surface.normal[nose[1], nose[0], 2] < -0.8
    assert placed.surface.inside[nose[1], nose[0]] == pytest.approx(1)
    assert placed.surface.inside[5, 5] == 0


def test_normals_are_unit_vectors_within_a_few_percent():
    length = np.linalg.norm(toy_scene().surface.normal, axis=2)
    assert np.percentile(np.abs(length - 1), 98) < 0.05


def test_depth_is_that_of_the_mean_face_turned_alike():
    turn = np.radians(20)
    rotation = np.array(
        [[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]]
    )
    posed = 300 * CANONICAL @ rotation.T
    found = with_depth(posed[:, :2].astype(np.float32))
    expected = posed[:, 2] - posed[:, 2].mean()
    np.testing.assert_allclose(found[:, 2], expected, atol=2.0)


def test_seeds_depend_on_every_part_of_the_name():
    drawn = {
        seed_of(*key).generate_state(1)[0]
        for key in ((0, "a", 1), (0, "a", 2), (0, "b", 1), (1, "a", 1), ("0a", 1), (0, "a1"))
    }
    assert len(drawn) == 6
    assert seed_of(0, "a").generate_state(2).tolist() == seed_of(0, "a").generate_state(2).tolist()
