from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from spooftrace.errors import ConfigError
from spooftrace.faces import mesh
from spooftrace.faces.crop import Box, cut, face_box, shared_area
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import FoundFace, Rejection, RejectReason, find_face

FACE = Box(left=162, top=61, side=127)
"""Where the astronaut's face is, as one sees it."""


@pytest.fixture(scope="module")
def landmarker():
    return FaceMesh()


@pytest.fixture(scope="module")
def points(landmarker):
    (found,) = landmarker.find(astronaut())
    return found.points


def test_the_astronaut_is_found(points):
    assert points.shape == (468, 2)
    assert points.dtype == np.float32
    assert shared_area(face_box(points), FACE) > 0.9
    right_eye, left_eye, chin = points[[33, 263, 152]]
    assert right_eye[0] < left_eye[0]
    assert chin[1] > max(right_eye[1], left_eye[1]) + 40


def test_the_same_picture_gives_the_same_mesh(landmarker, points):
    landmarker.find(astronaut()[:, ::-1])
    (again,) = landmarker.find(astronaut())
    assert np.array_equal(again.points, points)


def test_a_mirrored_picture_gives_the_mirrored_mesh(landmarker, points):
    (mirrored,) = landmarker.find(astronaut()[:, ::-1])
    back = mirrored.points[mesh.MIRROR_468]
    back[:, 0] = astronaut().shape[1] - 1 - back[:, 0]
    between_eyes = np.linalg.norm(points[33] - points[263])
    assert np.linalg.norm(back - points, axis=1).mean() < 0.03 * between_eyes


@pytest.mark.parametrize("size", [(32_766, 20), (32_767, 20), (20, 40_000), (70_000, 1)])
def test_a_very_long_picture_does_not_end_the_process(landmarker, size):
    assert landmarker.find(np.full((*size, 3), 128, np.uint8)) == []


def test_nothing_is_found_where_there_is_nothing(landmarker):
    for size in [(240, 320), (64, 64), (7, 5), (1, 1)]:
        assert landmarker.find(np.full((*size, 3), 128, np.uint8)) == []
    rejected = find_face(np.zeros((100, 100, 3), np.uint8), landmarker)
    assert isinstance(rejected, Rejection)
    assert rejected.reason is RejectReason.NO_FACE


def test_two_astronauts_are_several_faces(landmarker):
    twice = np.concatenate([astronaut(), astronaut()], axis=1)
    assert len(landmarker.find(twice)) == 2
    rejected = find_face(twice, landmarker)
    assert isinstance(rejected, Rejection)
    assert rejected.reason is RejectReason.SEVERAL_FACES


def offset(points, other):
    """Mean distance of two meshes in distances between the eyes."""
    return np.linalg.norm(points - other, axis=1).mean() / np.linalg.norm(points[33] - points[263])


def test_a_tight_crop_is_found_and_still_one_face(landmarker, points):
    low, high = np.round(points.min(axis=0)).astype(int), np.round(points.max(axis=0)).astype(int)
    tight = astronaut()[low[1] : high[1], low[0] : high[0]]
    (found,) = landmarker.find(tight)
    assert offset(points - low, found.points) < 0.06
    assert isinstance(find_face(tight, landmarker), FoundFace)


def test_a_small_face_in_a_large_picture_is_found(landmarker, points):
    rng = np.random.default_rng(0)
    wide = cv2.resize(rng.integers(60, 200, (9, 16, 3), dtype=np.uint8), (1280, 720))
    wide[300:500, 900:1100] = astronaut()[20:220, 120:320]
    (found,) = landmarker.find(wide)
    assert offset(points + np.float32([780, 280]), found.points) < 0.06


def test_a_face_lost_in_noise_is_found(landmarker, points):
    face = cut(astronaut(), Box(left=100, top=0, side=256), 256)
    noise = np.random.default_rng(0).normal(0, 25, face.shape)
    dim = np.clip(face * 0.25 + noise, 0, 255).astype(np.uint8)
    (found,) = landmarker.find(dim)
    assert offset(points - [100, 0], found.points) < 0.12


def test_pictures_that_are_views_are_taken(landmarker, points):
    view = np.asfortranarray(astronaut())[::1, ::1]
    (found,) = landmarker.find(view)
    assert np.array_equal(found.points, points)


def test_name_and_version_are_stated(landmarker):
    assert f"{landmarker.name} {landmarker.version}" == "face-mesh-onnx 1 (mediapipe 0.10.21)"


def test_many_pictures_at_once_are_each_as_alone(landmarker, points):
    rng = np.random.default_rng(0)
    small = np.pad(astronaut(), ((0, 900), (0, 700), (0, 0)))
    noise = rng.integers(0, 256, (100, 80, 3), dtype=np.uint8)
    tight = astronaut()[61:188, 162:289]
    many = [noise, astronaut(), small, tight, astronaut()[:, ::-1]]
    together = landmarker.find_all(many)
    assert [len(found) for found in together] == [0, 1, 1, 1, 1]
    assert np.array_equal(together[1][0].points, points)
    for picture, found in zip(many, together, strict=True):
        alone = landmarker.find(picture)
        assert [one.points.tobytes() for one in alone] == [one.points.tobytes() for one in found]


def test_a_landmarker_is_closed_by_its_block():
    with FaceMesh() as landmarker:
        assert len(landmarker.find(astronaut())) == 1
    with pytest.raises(ConfigError, match="got one that was closed"):
        landmarker.find(astronaut())


def test_the_mesh_is_where_mediapipe_saw_it(points):
    # Recorded from MediaPipe 0.10.21, face_mesh with refine_landmarks, on skimage 0.26's astronaut.
    recorded = np.load(Path(__file__).with_name("astronaut_mesh.npy"))
    offsets = np.linalg.norm(points - recorded, axis=1) * 256 / face_box(recorded).side
    assert np.median(offsets) < 0.05
    assert offsets.max() < 0.2
