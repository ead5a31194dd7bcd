"""Turned rectangles: what lies where, there and back."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.faces.networks import region
from spooftrace.faces.networks.region import Region


@pytest.fixture(scope="module")
def picture():
    small = np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return cv2.resize(small, (320, 240))


def test_an_upright_square_is_a_slice(picture):
    cut = Region(x=100, y=80, width=64, height=64).cut(picture, 64, border=cv2.BORDER_CONSTANT)
    assert np.array_equal(cut, picture[48:112, 68:132])


def test_every_second_pixel(picture):
    cut = Region(x=100, y=80, width=64, height=32).cut(picture, 32, border=cv2.BORDER_CONSTANT)
    assert np.array_equal(cut, picture[64:96, 68:132:2])


def test_a_quarter_turn_clockwise(picture):
    turned = Region(x=100, y=80, width=64, height=64, angle=math.pi / 2)
    cut = turned.cut(picture, 64, border=cv2.BORDER_CONSTANT)
    # The input's x runs down in the picture, its y to the left; its first pixel is at (132, 48).
    assert np.array_equal(cut, picture[48:112, 69:133].transpose(1, 0, 2)[::-1])
    assert turned.to_picture(np.float32([[0, 0], [1, 0], [0, 1]]), 64).tolist() == [
        [132, 48],
        [132, 49],
        [131, 48],
    ]


def test_outside_is_black_or_continued(picture):
    half = Region(x=0, y=120, width=40, height=40)
    black = half.cut(picture, 40, border=cv2.BORDER_CONSTANT)
    assert not black[:, :20].any()
    assert np.array_equal(black[:, 20:], picture[100:140, :20])
    continued = half.cut(picture, 40, border=cv2.BORDER_REPLICATE)
    assert np.array_equal(continued[:, :21], np.repeat(picture[100:140, :1], 21, axis=1))


@given(st.floats(-50, 400), st.floats(-50, 300), st.floats(20, 500), st.floats(-math.pi, math.pi))
def test_what_is_cut_lies_where_its_points_say(x, y, side, angle):
    # A picture whose grey is its x, one whose grey is its y: the cut's pixels name their places.
    look = Region(x=x, y=y, width=side, height=side, angle=angle)
    pixels = np.stack(np.meshgrid(np.arange(48), np.arange(48)), axis=-1).astype(np.float32)
    places = look.to_picture(pixels, 48)
    inside = ((places >= 0) & (places <= 255)).all(axis=-1)
    ramp = np.broadcast_to(np.arange(256, dtype=np.uint8), (256, 256))
    named = np.stack([ramp, ramp.T, ramp], axis=-1)
    cut = look.cut(np.ascontiguousarray(named), 48, border=cv2.BORDER_REPLICATE)
    # Half a grey level of rounding and a 64th of a pixel of the grid.
    assert np.abs(cut[..., :2] - places)[inside].max(initial=0) <= 0.5 + 1 / 64 + 1e-3


def test_a_picture_is_seen_whole_in_a_square(picture):
    whole = region.whole(picture)
    assert (whole.x, whole.y, whole.width, whole.height, whole.angle) == (160, 120, 320, 320, 0)
    cut = whole.cut(picture, 320, border=cv2.BORDER_CONSTANT)
    assert not cut[:40].any()
    assert not cut[280:].any()
    assert np.array_equal(cut[40:280], picture)


def test_the_face_stands_upright_in_its_region():
    points = np.zeros((6, 2), np.float32)
    points[:2] = [[10, 10], [40, 40]]  # eyes on a line that falls by 45 degrees
    look = region.of_face(np.float32([0, 20, 60, 60]), points)
    assert (look.x, look.y, look.width, look.height) == (30, 40, 90, 90)
    assert look.angle == pytest.approx(math.pi / 4)
    across = look.to_picture(np.float32([[0, 0], [30, 0]]), 90)
    assert across[1] - across[0] == pytest.approx([30 / math.sqrt(2)] * 2, abs=1e-3)
