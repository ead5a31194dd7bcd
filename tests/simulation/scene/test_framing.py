"""From the camera's picture of the scene to the crop of the face."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.faces.crop import CROP_SIZE, cut, face_box, to_crop
from spooftrace.simulation.scene.framing import (
    Framing,
    draw_framing,
    framed,
    framed_points,
    native_size,
)
from tests.support.toy_scene import toy_scene

MESH = toy_scene().mesh


def picture_of(side: int) -> np.ndarray:
    """Red runs to the right, green down, in shares of the scene."""
    along = (np.arange(side) + 0.5) / side * 255
    picture = np.zeros((side, side, 3), np.uint8)
    picture[..., 0], picture[..., 1] = along, along[:, None]
    return picture


@pytest.mark.parametrize("side", [100, 300, 640])
def test_a_whole_frame_is_cut_as_preparation_cuts_it(side):
    picture = picture_of(side)
    points = (MESH[:, :2] + 0.5) * (side / 640) - 0.5
    wanted = cut(picture, face_box(points))
    found = framed(picture, Framing())
    # Boxes are whole pixels of the picture: they may differ by one.
    assert np.abs(found.astype(int) - wanted).max() <= 255 / side + 2
    assert native_size(side, Framing()) == round(side * 0.8)


def test_points_of_a_whole_frame_are_those_that_preparation_would_store():
    wanted = to_crop(MESH[:, :2], face_box(MESH[:, :2]))
    np.testing.assert_allclose(framed_points(MESH, 640, Framing()), wanted, atol=0.51)


@given(seed=st.integers(0, 2**31), side=st.sampled_from([100, 240, 480]))
def test_points_stay_on_what_they_mark(seed, side):
    framing = draw_framing(np.random.default_rng(seed))
    crop = framed(picture_of(side), framing)
    points = framed_points(MESH, side, framing)
    assert crop.shape == (CROP_SIZE, CROP_SIZE, 3)
    left, top, right, bottom = (end * CROP_SIZE + 3 for end in framing.ends)
    for x, y, place in zip(points[:, 0], points[:, 1], MESH[:, :2], strict=True):
        if left <= x < CROP_SIZE - 1 - right and top <= y < CROP_SIZE - 1 - bottom:
            seen = crop[round(y), round(x)]
            wanted = (place + 0.5) / 640 * 255
            assert np.abs(seen[:2] - wanted).max() < 2 + 1.5 * 255 / side


def test_beyond_a_tight_box_the_face_is_mirrored():
    tight = Framing(ends=(0.15, 0.0, 0.1, 0.05))
    crop = framed(picture_of(480), tight).astype(int)
    edge = 0.15 * CROP_SIZE
    left, right = crop[100, round(edge - 12), 0], crop[100, round(edge + 11), 0]
    assert left == pytest.approx(right, abs=2)
    assert crop[100, 0, 0] > crop[100, round(edge), 0] + 20
    inner = np.s_[20:230, 60:220]
    np.testing.assert_array_equal(crop[inner], framed(picture_of(480), Framing())[inner])


def test_two_crops_in_five_are_tight_as_often_as_they_should_be():
    drawn = [draw_framing(np.random.default_rng(seed)) for seed in range(1000)]
    tight = [framing for framing in drawn if any(framing.ends)]
    assert len(tight) / len(drawn) == pytest.approx(0.4, abs=0.05)
    assert np.median([framing.ends for framing in tight], axis=0) == pytest.approx(
        [0.14, 0.0, 0.14, 0.07], abs=0.01
    )
