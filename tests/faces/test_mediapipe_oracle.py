"""MediaPipe's own graphs as the oracle of the networks' conversion; skips where it is absent."""

import numpy as np
import pytest
from skimage.data import astronaut

from spooftrace.faces.crop import face_box
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.matting import PersonMatte
from spooftrace.simulation.people.person import draw_person, render
from spooftrace.simulation.scene.light import encode, to_picture

pytest.importorskip("mediapipe")

from spooftrace.faces.mediapipe_graphs import silence
from spooftrace.faces.mediapipe_mesh import MediaPipeLandmarker

PEOPLE = 12


@pytest.fixture(scope="module")
def people():
    """Rendered people, as pictures uint8."""
    pictures = []
    for number in range(PEOPLE):
        rng = np.random.default_rng(number)
        look = render(draw_person(rng), rng)
        behind = np.float32(0.3)
        light = behind + look.matte[..., None] * (look.light - behind)
        pictures.append(to_picture(encode(light)))
    return pictures


@pytest.mark.slow
def test_faces_are_where_mediapipe_finds_them(people):
    ours, theirs = FaceMesh(), MediaPipeLandmarker()
    offsets = []
    for picture in [astronaut(), *people]:
        found, expected = ours.find(picture), theirs.find(picture)
        assert len(found) == len(expected) == 1
        distance = np.linalg.norm(found[0].points - expected[0].points, axis=1)
        offsets.append(distance * 256 / face_box(expected[0].points).side)
    assert np.median(offsets) < 0.5
    assert np.percentile(offsets, 99) < 1.5


@pytest.mark.slow
def test_the_person_is_where_mediapipe_sees_one():
    with silence():
        from mediapipe import solutions

        network = solutions.selfie_segmentation.SelfieSegmentation(0)
        picture = astronaut()
        expected = network.process(picture).segmentation_mask
    assert np.abs(PersonMatte().coarse(picture) - expected).mean() < 1e-3


def test_the_second_landmarker_says_what_it_is():
    landmarker = MediaPipeLandmarker()
    assert landmarker.name == "mediapipe-face-mesh"
    assert landmarker.version.split(".")[:2] == ["0", "10"]
