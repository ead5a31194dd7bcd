"""What is no face is not confirmed; faces are, upright ones."""

import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks import faceless
from benchmarks.drawings import cat, clock_face, headlights, pumpkin, smiley, socket
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import FoundFace, RejectReason, find_face
from spooftrace.faces.networks.confirmation import Sighting, gap

HEAD = np.s_[0:256, 90:346]


@pytest.fixture(scope="module")
def landmarker():
    return FaceMesh()


@pytest.fixture(scope="module")
def mesh(landmarker):
    (found,) = landmarker.find(astronaut()[HEAD])
    return found


def test_a_face_is_confirmed(landmarker, mesh):
    assert landmarker.confirms(astronaut()[HEAD], mesh)


def test_what_is_no_face_is_not_confirmed(landmarker, mesh):
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    assert not landmarker.confirms(noise, mesh)
    # A face, but elsewhere: not where the mesh says.
    moved = np.roll(astronaut()[HEAD], 90, axis=1)
    assert not landmarker.confirms(moved, mesh)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_face_on_its_side_or_head_is_turned(landmarker, quarters):
    rejected = find_face(np.ascontiguousarray(np.rot90(astronaut()[HEAD], quarters)), landmarker)
    assert rejected.reason is RejectReason.TURNED


def test_the_gap_is_zero_where_both_agree(mesh):
    six = np.array(
        [
            *(mesh.points[[33, 133]].mean(axis=0), mesh.points[[263, 362]].mean(axis=0)),
            *(mesh.points[4], mesh.points[[13, 14]].mean(axis=0)),
            *(mesh.points[[127, 234]].mean(axis=0), mesh.points[[356, 454]].mean(axis=0)),
        ]
    )
    assert gap(mesh.points, six) == pytest.approx(0, abs=1e-5)
    side = np.ptp(mesh.points, axis=0).max()
    assert gap(mesh.points, six + np.array([0.1 * side, 0])) == pytest.approx(0.1, rel=0.01)


def test_when_both_are_sure(mesh):
    def sighting(**changed):
        values = {"score": 0.86, "presence": 0.99, "gap": 0.05} | changed
        return Sighting(points=mesh.points, **values)

    assert sighting().is_sure
    assert not sighting(score=0.84).is_sure
    assert not sighting(gap=0.061).is_sure
    assert not sighting(presence=0.94).is_sure


PARTS = ((smiley, 12), (socket, 12), (cat, 8), (pumpkin, 6), (clock_face, 6), (headlights, 6))
"""What people see faces in."""


@pytest.mark.parametrize(("draw", "count"), PARTS, ids=lambda part: getattr(part, "__name__", ""))
def test_what_only_looks_like_a_face_gets_no_answer(landmarker, draw, count):
    for number in range(count):
        drawn = draw(np.random.default_rng([1, number]))
        assert not isinstance(find_face(drawn, landmarker), FoundFace), number


@pytest.mark.slow
def test_pictures_without_a_face_get_no_answer(landmarker):
    # benchmarks/faceless.py tries 10 000.
    tried = [faceless.crop(number, seed=3) for number in range(400)]
    assert len({name for name, _ in tried}) >= 30
    answers = [
        name for name, picture in tried if isinstance(find_face(picture, landmarker), FoundFace)
    ]
    assert len(answers) <= 1, answers
