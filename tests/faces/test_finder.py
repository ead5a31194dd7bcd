import cv2
import numpy as np
import pytest
from skimage.data import astronaut

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


def test_a_dim_and_noisy_face_passes(picture):
    noise = np.random.default_rng(0).normal(0, 6, picture.shape)
    dim = np.clip(picture * 0.2 + noise, 0, 255).astype(np.uint8)
    assert isinstance(find_face(dim, FakeLandmarker((220, 120, 110))), FoundFace)


def test_the_caller_sets_the_gate(picture):
    points = mean_face(220, 120, 110).points
    assert isinstance(face_of_mesh(picture, points, QualityGate(min_size_px=132)), FoundFace)
    strict = face_of_mesh(picture, points, QualityGate(min_size_px=133))
    assert isinstance(strict, Rejection)
    open_gate = QualityGate(min_size_px=1, min_sharpness=0, min_inside=0)
    tiny = mean_face(300, 300, 10).points
    assert isinstance(face_of_mesh(np.zeros_like(picture), tiny, open_gate), FoundFace)
