"""A head that turns in depth."""

import numpy as np
import pytest

from spooftrace.simulation.scene import turning
from spooftrace.simulation.scene.portrait import PORTRAIT_SIZE
from spooftrace.simulation.scene.turning import UNTURNED, Turn
from tests.support.toy_scene import toy_portrait

MESH = toy_portrait().mesh


def test_no_turn_moves_nothing():
    np.testing.assert_allclose(turning.turned(MESH, UNTURNED), MESH, atol=1e-3)
    assert np.abs(turning.field(MESH, MESH, PORTRAIT_SIZE)).max() == 0


def test_yaw_takes_the_nose_to_the_right_and_pitch_takes_it_down():
    nose, ear = 4, 234
    yawed = turning.turned(MESH, Turn(yaw=10)) - MESH
    pitched = turning.turned(MESH, Turn(pitch=8)) - MESH
    assert yawed[nose, 0] > 15
    assert abs(yawed[ear, 0]) < 0.3 * yawed[nose, 0]
    assert pitched[nose, 1] > 10


def test_a_turn_keeps_distances_in_depth():
    moved = turning.turned(MESH, Turn(yaw=14, pitch=-9))
    pairs = np.array([(4, 152), (33, 263), (10, 61)])
    before = np.linalg.norm(MESH[pairs[:, 0]] - MESH[pairs[:, 1]], axis=1)
    after = np.linalg.norm(moved[pairs[:, 0]] - moved[pairs[:, 1]], axis=1)
    np.testing.assert_allclose(after, before, rtol=1e-5)


def test_the_field_says_how_far_each_vertex_has_moved_and_nothing_moves_far_off():
    moved = turning.turned(MESH, Turn(yaw=10))
    found = turning.field(MESH, moved, PORTRAIT_SIZE)
    scale = len(found) / PORTRAIT_SIZE
    for vertex in (4, 50, 280, 152):
        x, y = np.round((moved[vertex, :2] + 0.5) * scale - 0.5).astype(int)
        np.testing.assert_allclose(found[y, x], moved[vertex, :2] - MESH[vertex, :2], atol=4)
    assert np.abs(found[:4]).max() < 0.5
    assert np.abs(found[-4:]).max() < 0.5


@pytest.mark.parametrize("yaw", [10.0, 25.0, 60.0])
def test_a_portrait_turns_only_as_far_as_it_shows_what_would_be_seen(yaw):
    allowed = turning.allowed(MESH, Turn(yaw=yaw))
    assert 0 <= allowed.yaw <= yaw
    assert turning.stretched(MESH, turning.turned(MESH, allowed)) <= turning.STRETCHED
    assert turning.allowed(MESH, Turn(yaw=8.0)) == Turn(yaw=8.0)
    assert turning.allowed(MESH, Turn(yaw=60.0)).yaw < 60
