import os
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from spooftrace.faces import mesh
from spooftrace.faces.crop import Box, cut, face_box, shared_area
from spooftrace.faces.finder import FoundFace, Rejection, RejectReason, find_face
from spooftrace.faces.mediapipe_mesh import MediaPipeLandmarker

FACE = Box(left=162, top=61, side=127)
"""Where the astronaut's face is, as one sees it."""


@pytest.fixture(scope="module")
def landmarker():
    return MediaPipeLandmarker()


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
    assert landmarker.name == "mediapipe-face-mesh"
    assert landmarker.version.split(".")[:2] == ["0", "10"]


def test_threads_may_share_a_landmarker(landmarker, points):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(landmarker.find, [astronaut()] * 8))
    assert all(np.array_equal(meshes[0].points, points) for meshes in found)


def find_points(landmarker):
    (found,) = landmarker.find(astronaut())
    return found.points


def test_a_landmarker_can_be_pickled(landmarker, points):
    assert np.array_equal(find_points(pickle.loads(pickle.dumps(landmarker))), points)


@pytest.mark.slow
def test_other_processes_may_use_a_landmarker(landmarker, points):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(find_points, [landmarker] * 2))
    assert all(np.array_equal(mesh_points, points) for mesh_points in found)


def test_mediapipe_says_nothing_and_others_may_speak(capfd):
    # A process of its own: MediaPipe says most of it once in a process.
    program = (
        "import sys, numpy as np\n"
        "from skimage.data import astronaut\n"
        "from spooftrace.faces.mediapipe_mesh import MediaPipeLandmarker\n"
        "landmarker = MediaPipeLandmarker()\n"
        "landmarker.find(np.zeros((90, 90, 3), np.uint8))\n"
        "landmarker.find(astronaut())\n"
        "landmarker.find(np.pad(astronaut(), ((0, 600), (0, 600), (0, 0))))\n"
        "print('heard', file=sys.stderr)\n"
    )
    status = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program])
    output = capfd.readouterr()
    assert status == 0
    assert output.out == ""
    assert output.err == "heard\n"
