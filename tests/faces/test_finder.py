from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage.data import astronaut
from toy_landmarker import OPEN_GATE

from spooftrace.faces import mesh
from spooftrace.faces.crop import CROP_SIZE, cut, to_crop
from spooftrace.faces.finder import FoundFace, Rejection, RejectReason, face_of_mesh, find_face
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.quality import QualityGate


class FakeLandmarker:
    """Finds the mean face wherever it is told to."""

    name = "fake"
    version = "1"

    def __init__(self, *places):
        self.meshes = [mean_face(*place) for place in places]

    def find(self, image):
        return self.meshes


def mean_face(x, y, height):
    """The mean face about (x, y)."""
    return Mesh(points=(mesh.CANONICAL[:, :2] * height + [x, y]).astype(np.float32))


@pytest.fixture(scope="module")
def picture():
    return astronaut()


def test_a_good_face_is_cropped_with_its_vertices(picture):
    found = find_face(picture, FakeLandmarker((220, 120, 110)), QualityGate())
    assert isinstance(found, FoundFace)
    assert found.native_size == found.box.side == 132
    assert found.image.shape == (CROP_SIZE, CROP_SIZE, 3)
    assert found.image.dtype == np.uint8
    assert np.array_equal(found.image, cut(picture, found.box))
    points = mean_face(220, 120, 110).points[mesh.VERTICES]
    assert found.vertices.dtype == np.float32
    assert np.array_equal(found.vertices, to_crop(points, found.box))
    # The face is 1.2 times smaller than the crop and in its middle.
    low, high = found.vertices.min(axis=0), found.vertices.max(axis=0)
    assert high[1] - low[1] == pytest.approx(CROP_SIZE / 1.2, abs=2)
    assert np.allclose((low + high) / 2, (CROP_SIZE - 1) / 2, atol=1.5)
    assert found.quality.inside == 1


def test_no_face(picture):
    assert find_face(picture, FakeLandmarker()) == Rejection(
        RejectReason.NO_FACE, "fake finds no face in the picture"
    )


def test_two_faces_of_similar_size(picture):
    two = FakeLandmarker((120, 250, 100), (380, 250, 150))
    assert find_face(picture, two) == Rejection(
        RejectReason.SEVERAL_FACES, "expected one face, found 2 of similar size (180, 120 px)"
    )


def test_a_face_in_the_background_is_overlooked(picture):
    found = find_face(picture, FakeLandmarker((400, 400, 50), (220, 120, 110)))
    assert isinstance(found, FoundFace)
    assert found.native_size == 132


def test_the_limit_of_a_rival_is_half_the_size(picture):
    assert isinstance(
        find_face(picture, FakeLandmarker((220, 120, 110), (400, 400, 54))), FoundFace
    )
    rivals = find_face(picture, FakeLandmarker((220, 120, 110), (400, 400, 56)))
    assert isinstance(rivals, Rejection)
    assert rivals.reason is RejectReason.SEVERAL_FACES


def test_too_small(picture):
    rejected = find_face(picture, FakeLandmarker((220, 120, 40)))
    assert rejected == Rejection(
        RejectReason.TOO_SMALL, "the face's crop is 48 px wide, expected at least 64"
    )


def test_cut_off(picture):
    rejected = find_face(picture, FakeLandmarker((0, 250, 200)))
    assert isinstance(rejected, Rejection)
    assert rejected.reason is RejectReason.CUT_OFF
    assert rejected.detail.endswith("% of the face lies inside the picture, expected at least 85%")


def test_too_blurred(picture):
    rejected = find_face(cv2.GaussianBlur(picture, (0, 0), 12), FakeLandmarker((220, 120, 110)))
    assert isinstance(rejected, Rejection)
    assert rejected.reason is RejectReason.TOO_BLURRED
    assert rejected.detail.endswith("expected at least 0.070")


PLACE = (220, 120, 110)


def refused(picture, **limits):
    rejected = find_face(picture, FakeLandmarker(PLACE), QualityGate(**limits))
    assert isinstance(rejected, Rejection)
    return rejected


def test_too_dark(picture):
    rejected = refused((picture * 0.1).astype(np.uint8))
    assert rejected.reason is RejectReason.TOO_DARK
    assert "expected 0.08 to 0.92 and at least 0.10" in rejected.detail
    # Four grey levels of 255, of which few differ.
    assert refused(picture // 64).reason is RejectReason.TOO_DARK


def test_too_bright(picture):
    veiled = 240 + picture // 25
    assert refused(veiled.astype(np.uint8)).reason is RejectReason.TOO_BRIGHT
    flat = (170 + picture // 25).astype(np.uint8)
    assert refused(flat).reason is RejectReason.TOO_BRIGHT


def test_no_colour(picture):
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None].astype(float)
    for tint in ([1, 1, 1], [0.9, 0.6, 0.85], [0.4, 1, 0.5]):
        rejected = refused((grey * tint).astype(np.uint8))
        assert rejected.reason is RejectReason.NO_COLOUR
        assert rejected.detail.endswith("a grey or infrared picture, or a tinted one")
    kept = QualityGate(min_colour=0)
    assert isinstance(
        find_face((grey * [1, 1, 1]).astype(np.uint8), FakeLandmarker(PLACE), kept), FoundFace
    )


@pytest.mark.parametrize(
    ("degrees", "is_turned"), [(45, False), (55, True), (-55, True), (180, True)]
)
def test_turned(picture, degrees, is_turned):
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = (mesh.CANONICAL[:, :2] * 110 @ turn + [220, 120]).astype(np.float32)
    found = face_of_mesh(picture, points)
    assert isinstance(found, Rejection) == is_turned
    if is_turned:
        assert found.reason is RejectReason.TURNED
        assert f"turned by {degrees} degrees" in found.detail


class Doubtful(FakeLandmarker):
    """Takes something for a face, and is not sure; confirms it in pictures of one shape only."""

    def __init__(self, *places, confirmed_shape=None):
        super().__init__(*places)
        self.confirmed_shape = confirmed_shape

    def find(self, image):
        return [Mesh(points=one.points, is_sure=False) for one in self.meshes]

    def glance(self, image):
        return self.find(image)

    def confirms(self, image, mesh):
        return image.shape == self.confirmed_shape


def test_what_is_not_confirmed_is_no_face(picture):
    rejected = find_face(picture, Doubtful(PLACE))
    assert rejected == Rejection(
        RejectReason.NO_FACE,
        "fake takes a square of 132 px at (154, 54) for a face, and does not see it there again "
        "when it looks closer",
    )


def test_what_is_confirmed_is_a_face(picture):
    found = find_face(picture, Doubtful(PLACE, confirmed_shape=picture.shape))
    assert isinstance(found, FoundFace)


def test_what_is_confirmed_when_turned_is_turned(picture):
    upright = picture[:, :400]
    lying = np.ascontiguousarray(np.rot90(upright))
    rejected = find_face(lying, Doubtful(PLACE, confirmed_shape=upright.shape))
    assert rejected.reason is RejectReason.TURNED
    assert "when the picture is turned by 90 degrees anti-clockwise" in rejected.detail


def test_a_dark_place_that_is_not_confirmed_is_too_dark(picture):
    rejected = find_face((picture * 0.05).astype(np.uint8), Doubtful(PLACE))
    assert rejected.reason is RejectReason.TOO_DARK


def test_a_dim_and_noisy_face_passes(picture):
    noise = np.random.default_rng(0).normal(0, 6, picture.shape)
    dim = np.clip(picture * 0.2 + noise, 0, 255).astype(np.uint8)
    assert isinstance(find_face(dim, FakeLandmarker((220, 120, 110))), FoundFace)


def test_the_caller_sets_the_gate(picture):
    points = mean_face(220, 120, 110).points
    assert isinstance(face_of_mesh(picture, points, QualityGate(min_size_px=132)), FoundFace)
    strict = face_of_mesh(picture, points, QualityGate(min_size_px=133))
    assert isinstance(strict, Rejection)
    open_gate = replace(OPEN_GATE, min_size_px=1, min_inside=0)
    tiny = mean_face(300, 300, 10).points
    assert isinstance(face_of_mesh(np.zeros_like(picture), tiny, open_gate), FoundFace)
