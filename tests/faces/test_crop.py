import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spooftrace.faces.crop import Box, cut, face_box, from_crop, resize_face, shared_area, to_crop

boxes = st.builds(
    Box,
    left=st.integers(-300, 300),
    top=st.integers(-300, 300),
    side=st.integers(1, 600),
)
point_sets = arrays(
    np.float32, (5, 2), elements=st.floats(-1000, 1000, width=32, allow_subnormal=False)
)


def ramp(height, width):
    """A picture that says where each pixel is: red its column, green its row."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([columns, rows, np.zeros_like(rows)], axis=-1).astype(np.uint8)


def test_the_box_of_a_hand_drawn_face():
    # 100 wide, 50 high about (50, 25): side 120, columns -9.5 .. 109.5 about 50 are -9 .. 110.
    box = face_box(np.float32([[0, 0], [100, 50]]))
    assert box.side == 120
    assert box.left in {-10, -9}
    assert box.left + (box.side - 1) / 2 == pytest.approx(50, abs=0.5)
    assert box.top + (box.side - 1) / 2 == pytest.approx(25, abs=0.5)


def test_the_box_of_one_point_has_one_pixel():
    assert face_box(np.float32([[7, 3]])) == Box(left=7, top=3, side=1)


@given(points=point_sets)
def test_a_box_contains_its_points_and_is_centred_on_them(points):
    box = face_box(points)
    low = np.array([box.left, box.top]) - 0.5
    assert (points >= low - 1).all()
    assert (points <= low + box.side + 1).all()
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    assert np.allclose(low + box.side / 2, middle, atol=1.001)


def test_a_crop_inside_the_picture_is_its_pixels():
    crop = cut(ramp(20, 30), Box(left=7, top=4, side=5), 5)
    assert np.array_equal(crop[..., 0], np.tile(np.arange(7, 12), (5, 1)))
    assert np.array_equal(crop[..., 1], np.tile(np.arange(4, 9), (5, 1)).T)


def test_beyond_the_border_the_picture_is_reflected():
    crop = cut(ramp(4, 4), Box(left=-2, top=2, side=4), 4)
    assert crop[0, :, 0].tolist() == [2, 1, 0, 1]
    assert crop[:, 0, 1].tolist() == [2, 3, 2, 1]


def test_a_box_far_outside_and_a_picture_of_one_pixel_can_be_cut():
    assert cut(ramp(3, 3), Box(left=-40, top=50, side=8), 8).shape == (8, 8, 3)
    one = np.full((1, 1, 3), 9, np.uint8)
    assert (cut(one, Box(left=-5, top=-5, side=11), 16) == 9).all()


def test_a_crop_is_a_copy_that_opencv_can_write():
    crop = cut(ramp(20, 20), Box(left=3, top=3, side=8), 8)
    assert crop.flags.c_contiguous


def test_points_of_a_crop_follow_the_pixel_centre_convention():
    box = Box(left=10, top=20, side=100)
    # The outer corner of the box's first pixel is the outer corner of the crop's first pixel.
    corners = np.float32([[9.5, 19.5], [109.5, 119.5], [10, 20]])
    assert to_crop(corners, box, 200).tolist() == [[-0.5, -0.5], [199.5, 199.5], [0.5, 0.5]]


@given(points=point_sets, box=boxes, size=st.integers(1, 512))
def test_from_crop_undoes_to_crop(points, box, size):
    back = from_crop(to_crop(points, box, size), box, size)
    assert np.allclose(back, points, atol=2e-3)


@settings(max_examples=20)
@given(
    x=st.floats(30, 90),
    y=st.floats(30, 60),
    side=st.integers(60, 90),
    size=st.sampled_from([48, 64, 100, 256]),
)
def test_a_blob_lands_where_its_point_lands(x, y, side, size):
    rows, columns = np.mgrid[:100, :120]
    blob = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 3.0**2))
    picture = np.repeat(np.round(blob)[..., None], 3, axis=-1).astype(np.uint8)
    box = Box(left=round(x) - side // 2 + 5, top=round(y) - side // 2 - 4, side=side)
    crop = cut(picture, box, size)[..., 0].astype(np.float64)
    rows, columns = np.mgrid[:size, :size]
    found = np.array([(crop * columns).sum(), (crop * rows).sum()]) / crop.sum()
    expected = to_crop(np.float32([[x, y]]), box, size)[0]
    assert np.abs(found - expected).max() < 0.05 * size / side + 0.05


def test_resizing_down_takes_area_means():
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[:2, :2] = [[[0], [100]], [[200], [100]]]
    assert resize_face(picture, 2)[0, 0].tolist() == [100, 100, 100]


def test_resizing_to_the_same_size_changes_nothing():
    picture = ramp(8, 8)
    assert np.array_equal(resize_face(picture, 8), picture)


def test_resizing_up_is_bilinear():
    picture = ramp(2, 2) * 100
    expected = cv2.resize(picture, (4, 4), interpolation=cv2.INTER_LINEAR)
    assert np.array_equal(resize_face(picture, 4), expected)
    assert resize_face(picture, 4)[0, :, 0].tolist() == [0, 25, 75, 100]


def test_shared_area_is_measured_on_the_smaller_box():
    whole, quarter = Box(left=0, top=0, side=10), Box(left=5, top=5, side=10)
    inner, apart = Box(left=2, top=2, side=3), Box(left=10, top=0, side=4)
    assert shared_area(whole, whole) == 1
    assert shared_area(whole, quarter) == 0.25
    assert shared_area(whole, inner) == shared_area(inner, whole) == 1
    assert shared_area(whole, apart) == 0
