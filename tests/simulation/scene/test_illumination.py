"""The light of rooms."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.simulation.scene.illumination import draw_illumination
from tests.support.toy_scene import toy_view

LAMP = toy_view(key=0.4).illumination
NORMALS = np.float32([[0, 0, -1], [0.6, 0, -0.8], [-0.6, 0, -0.8]])


def test_a_second_lamp_adds_its_light_where_it_is_faced():
    towards = np.float32([0.6, 0, -0.8])
    red = np.float32([3, 0, 0])
    both = replace(LAMP, second=0.5, second_towards=towards, second_colour=red)
    added = both.irradiance(NORMALS, wrap=0.0) - LAMP.irradiance(NORMALS, wrap=0.0)
    np.testing.assert_allclose(added[:, 0], 1.5 * np.clip(NORMALS @ towards, 0, None), atol=1e-6)
    np.testing.assert_allclose(added[:, 1:], 0, atol=1e-7)


def test_dimmed_lamps_give_that_share_of_light():
    lamp = replace(LAMP, second=0.3)
    np.testing.assert_allclose(
        lamp.dimmed(0.2).irradiance(NORMALS), 0.2 * lamp.irradiance(NORMALS), rtol=1e-5
    )


@given(seed=st.integers(0, 2**31))
def test_drawn_light_falls_from_somewhere_and_never_straight_from_behind(seed):
    lamp = draw_illumination(np.random.default_rng(seed))
    for towards in (lamp.towards, lamp.second_towards):
        assert np.linalg.norm(towards) == pytest.approx(1, abs=1e-5)
        # A highlight's half vector must exist.
        assert np.linalg.norm(towards + np.float32([0, 0, -1])) > 0.4
    assert (lamp.irradiance(NORMALS) > 0).all()
    assert (lamp.on_room() > 0).all()


def test_some_rooms_are_brighter_than_the_person_and_some_are_dark():
    rooms = [draw_illumination(np.random.default_rng(seed)).room for seed in range(500)]
    assert np.mean(np.array(rooms) > 2) == pytest.approx(0.13, abs=0.05)
    assert np.mean(np.array(rooms) < 0.5) == pytest.approx(0.13, abs=0.05)
