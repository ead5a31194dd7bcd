from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from spooftrace.errors import ConfigError
from spooftrace.faces import mesh
from spooftrace.faces.crop import ENLARGE, Box, cut
from spooftrace.faces.quality import (
    QualityGate,
    gate_of,
    inner_face,
    measure,
    share_inside,
    sharpness,
)

FACE = Box(left=162, top=61, side=127)


def mean_face(width):
    """The mean face's mesh, its box `width` px high with the top-left corner at the origin."""
    points = mesh.CANONICAL[:, :2]
    return (points - points.min(axis=0)) * np.float32(width)


def quality(crop):
    """Of a face that fills a square picture, as a crop does."""
    side = crop.shape[0]
    inner = inner_face(crop, Box(left=0, top=0, side=side))
    return measure(inner, mean_face(side / ENLARGE), crop.shape)


@pytest.fixture(scope="module")
def face():
    return cut(astronaut(), FACE, FACE.side)


def test_sharpness_of_stripes_by_hand():
    # Columns 0, 10, 0, 10: variance 25; f(x+1) - 2 f(x) + f(x-1) = +-20 across, 0 along.
    stripes = np.tile(np.float32([0, 10]), (48, 24))
    assert sharpness(stripes) == 0
    # A chessboard changes across and along, but not along its diagonals.
    board = np.float32(np.indices((48, 48)).sum(axis=0) % 2 * 10)
    assert sharpness(board) == 0


def test_sharpness_of_noise_is_that_of_independent_pixels():
    # Second differences of white noise have 1 + 4 + 1 times its variance; diagonal ones count half.
    noise = np.random.default_rng(0).normal(128, 40, (48, 48)).astype(np.float32)
    assert sharpness(noise) == pytest.approx(np.sqrt(6 / 2), rel=0.05)


def test_a_flat_picture_has_no_sharpness():
    assert sharpness(np.full((48, 48), 77, np.float32)) == 0


@pytest.mark.parametrize("across", [True, False])
def test_sharpness_falls_with_motion_in_either_direction(face, across):
    lengths = [1, 5, 9, 17, 43]
    kernels = [(n, 1) if across else (1, n) for n in lengths]
    values = [quality(cv2.blur(face, kernel)).sharpness for kernel in kernels]
    assert values == sorted(values, reverse=True)
    assert values[-1] < QualityGate().min_sharpness < values[0] / 4


def test_sharpness_falls_with_defocus(face):
    blurs = [cv2.GaussianBlur(face, (0, 0), sigma) for sigma in (0.5, 1, 2, 4, 8)]
    values = [quality(blurred).sharpness for blurred in blurs]
    assert values == sorted(values, reverse=True)
    assert values[-1] < QualityGate().min_sharpness


def test_sharpness_does_not_depend_on_light_and_contrast(face):
    dim = (face * 0.4 + 20).astype(np.uint8)
    assert quality(dim).sharpness == pytest.approx(quality(face).sharpness, rel=0.05)


def test_sharpness_hardly_depends_on_the_native_size(face):
    small = cv2.resize(face, (80, 80), interpolation=cv2.INTER_AREA)
    assert quality(small).sharpness == pytest.approx(quality(face).sharpness, rel=0.2)


def test_brightness_is_the_mean_grey_value():
    assert quality(np.full((256, 256, 3), 51, np.uint8)).brightness == pytest.approx(0.2)


def test_the_border_of_the_crop_does_not_count():
    crop = np.zeros((256, 256, 3), np.uint8)
    crop[60:-60, 60:-60] = 255
    framed = crop.copy()
    framed[:20] = framed[-20:] = framed[:, :20] = framed[:, -20:] = 255
    assert quality(crop).brightness == quality(framed).brightness


def test_share_inside_of_a_whole_a_half_and_no_face():
    points = mean_face(200)
    width = round(float(points[:, 0].max())) + 2
    assert share_inside(points, width=width, height=202) == 1
    # The face is symmetric, so its middle column halves it.
    assert share_inside(points, width=width // 2, height=202) == pytest.approx(0.5, abs=0.03)
    assert share_inside(points + 1000, width=width, height=202) == 0


def test_share_inside_of_a_mesh_without_area_is_zero():
    assert share_inside(np.zeros((468, 2), np.float32), width=10, height=10) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("min_size_px", 0), ("min_sharpness", -0.1), ("min_inside", 1.5), ("min_inside", -0.5)],
)
def test_a_gate_out_of_range_is_refused(field, value):
    with pytest.raises(ConfigError, match=f"{field}: expected .* got {value}"):
        QualityGate(**{field: value})


def test_limits_are_stated_by_name():
    assert gate_of([]) == QualityGate()
    stated = gate_of(["min_size_px=100", "min_colour = 0", "min_size_px=120"])
    assert stated == QualityGate(min_size_px=120, min_colour=0.0)
    every = {field.name: getattr(QualityGate(), field.name) for field in fields(QualityGate)}
    assert gate_of([f"{name}={value}" for name, value in every.items()]) == QualityGate()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("min_size_px", "expected NAME=VALUE, got 'min_size_px'"),
        ("min_size=9", "limit 'min_size': there is no such one; did you mean 'min_size_px'"),
        ("min_size_px=9.5", "min_size_px: expected int, got '9.5'"),
        ("min_colour=some", "min_colour: expected float, got 'some'"),
        ("min_inside=2", "min_inside: expected 0 to 1, got 2.0"),
        ("min_sharpness=nan", "min_sharpness: expected at least 0, got nan"),
    ],
)
def test_a_limit_that_cannot_be_is_named(text, said):
    with pytest.raises(ConfigError, match=said):
        gate_of([text])


def test_the_documentation_lists_every_limit_with_its_default():
    page = (Path(__file__).parents[2] / "docs/using-a-detector.md").read_text("utf-8")
    for field in fields(QualityGate):
        assert f"| `{field.name}` | {field.default:g} |" in page
