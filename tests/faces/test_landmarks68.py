from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.data import astronaut

from spooftrace.errors import PictureError
from spooftrace.faces import mesh
from spooftrace.faces.crop import face_box
from spooftrace.faces.finder import FoundFace, Rejection, RejectReason, face_of_mesh
from spooftrace.faces.landmarks68 import CORRESPONDING, face_of_landmarks, mesh_of_landmarks

HEIGHT = 110.0

# iBUG's layout read from the right: which landmark is which one's mirror image.
PARTS_68 = {
    "jaw": [*range(16, -1, -1)],
    "brows": [*range(26, 16, -1)],
    "nose": [27, 28, 29, 30, 35, 34, 33, 32, 31],
    "eyes": [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
    "lips outside": [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55],
    "lips inside": [64, 63, 62, 61, 60, 67, 66, 65],
}
MIRROR_68 = np.concatenate(list(PARTS_68.values()))


def mean_mesh(yaw=0.0):
    x, y, z = mesh.CANONICAL.T.astype(np.float64)
    turned = np.stack([x * np.cos(yaw) + z * np.sin(yaw), y], axis=1)
    return turned * HEIGHT + [220, 120]


def test_the_table_has_68_points_that_mirror_each_other():
    assert CORRESPONDING.shape == (68,)
    assert len(set(CORRESPONDING.tolist())) == 68
    assert np.array_equal(mesh.MIRROR_468[CORRESPONDING], CORRESPONDING[MIRROR_68])


def test_the_table_names_the_points_everyone_knows():
    known = {8: 152, 27: 168, 33: 2, 36: 33, 39: 133, 42: 362, 45: 263, 48: 61, 54: 291}
    assert {i: int(CORRESPONDING[i]) for i in known} == known


def test_the_mean_face_comes_back():
    points = mean_mesh()
    assert np.allclose(mesh_of_landmarks(points[CORRESPONDING]), points, atol=0.01)


@pytest.mark.parametrize("degrees", [-30, 15, 30])
def test_a_turned_face_comes_back(degrees):
    points = mean_mesh(np.radians(degrees))
    assert np.allclose(mesh_of_landmarks(points[CORRESPONDING]), points, atol=0.05)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**31))
def test_the_mesh_passes_through_the_landmarks(seed):
    rng = np.random.default_rng(seed)
    landmarks = mean_mesh()[CORRESPONDING] + rng.normal(0, 1, (68, 2))
    found = mesh_of_landmarks(landmarks)
    assert found.shape == (468, 2)
    assert np.abs(found[CORRESPONDING] - landmarks).max() < 0.3


def test_landmarks_may_be_whole_pixels_and_coincide():
    landmarks = np.round(mean_mesh()[CORRESPONDING]).astype(np.int64)
    landmarks[61:64] = landmarks[[67, 66, 65]]
    found = mesh_of_landmarks(landmarks)
    assert np.abs(found - mean_mesh()).max() < 0.05 * HEIGHT


def test_the_face_of_landmarks_is_that_of_their_mesh():
    landmarks = mean_mesh()[CORRESPONDING]
    found = face_of_landmarks(astronaut(), landmarks)
    expected = face_of_mesh(astronaut(), mesh_of_landmarks(landmarks))
    assert isinstance(found, FoundFace)
    assert isinstance(expected, FoundFace)
    assert found.box == expected.box == face_box(mean_mesh())
    assert np.array_equal(found.image, expected.image)
    assert np.array_equal(found.vertices, expected.vertices)


def test_the_gate_holds_for_landmarks_too():
    landmarks = mean_mesh()[CORRESPONDING] - [220, 0]
    rejected = face_of_landmarks(astronaut(), landmarks)
    assert isinstance(rejected, Rejection)
    assert rejected.reason is RejectReason.CUT_OFF


@pytest.mark.parametrize(
    ("landmarks", "message"),
    [
        (np.zeros((5, 2)), r"expected \(68, 2\).* got \(5, 2\)"),
        (np.zeros((68, 2)), "not finite or lie on one line"),
        (np.full((68, 2), np.nan), "not finite or lie on one line"),
        (np.full((68, 2), np.inf), "not finite or lie on one line"),
        (np.outer(np.arange(68), [3.0, 1.0]), "not finite or lie on one line"),
        (np.outer(np.arange(68), [0.0, 1e9]), "not finite or lie on one line"),
    ],
)
def test_what_is_no_face_is_refused(landmarks, message):
    for function in (mesh_of_landmarks, partial(face_of_landmarks, astronaut())):
        with pytest.raises(PictureError, match=message):
            function(landmarks)


@pytest.mark.parametrize("scale", [20, 1e6, 1e30])
def test_landmarks_far_outside_the_picture_are_refused(scale):
    with pytest.raises(PictureError, match=r"pixels of a picture of 512 x 512, got x from .* to "):
        face_of_landmarks(astronaut(), mean_mesh()[CORRESPONDING] * scale)
