"""The networks behind the mesh: alone or among others, the same bits."""

import numpy as np
import onnx
import pytest
from skimage.data import astronaut, cat

from spooftrace.errors import ConfigError
from spooftrace.faces.crop import Box, cut, face_box, shared_area
from spooftrace.faces.networks import face_networks
from spooftrace.faces.networks.face_networks import FaceNetworks, open_network

FACE = Box(left=162, top=61, side=127)
"""Where the astronaut's face is, as one sees it."""


@pytest.fixture(scope="module")
def networks():
    return FaceNetworks()


@pytest.fixture(scope="module")
def pictures():
    """Twenty, more than a batch: faces of several sizes, mirrored, two at a time, and none."""
    face, rng = astronaut(), np.random.default_rng(0)
    boxes = [Box(left=90 - 3 * k, top=4 * k, side=250 + 7 * k) for k in range(12)]
    crops = [cut(face, box, 200 + 10 * k) for k, box in enumerate(boxes)]
    noise = [rng.integers(0, 256, (90, 120 + k, 3), dtype=np.uint8) for k in range(4)]
    twice = np.concatenate([face[:256, 90:346], face[:256, 345:89:-1]], axis=1)
    return [face, *crops, *noise, face[:, ::-1].copy(), twice, cat()]


def test_faces_are_found_and_nothing_else(networks, pictures):
    meshes = networks.meshes(pictures)
    assert [len(found) for found in meshes] == [1] * 13 + [0] * 4 + [1, 2, 0]
    assert shared_area(face_box(meshes[0][0].points), FACE) > 0.9
    assert meshes[0][0].points.shape == (468, 2)
    assert meshes[0][0].points.dtype == np.float32


def test_a_mesh_is_the_same_alone_and_among_others(networks, pictures):
    together = networks.meshes(pictures)
    backwards = networks.meshes(pictures[::-1])[::-1]
    for picture, found, again in zip(pictures, together, backwards, strict=True):
        (alone,) = networks.meshes([picture])
        for others in (alone, again):
            assert len(others) == len(found)
            for one, same in zip(others, found, strict=True):
                assert np.array_equal(one.points, same.points)
                assert one.is_sure == same.is_sure


def test_far_boxes_hold_the_face(networks, pictures):
    found = networks.far_boxes(pictures)
    assert [len(boxes) for boxes in found[13:17]] == [0] * 4
    assert all(shared_area(box, FACE) > 0.95 for box in found[0])
    assert [networks.far_boxes([picture])[0] for picture in pictures] == found


def test_no_pictures_no_faces(networks):
    assert networks.meshes([]) == networks.far_boxes([]) == []


def test_a_closed_network_says_so():
    networks = FaceNetworks()
    networks.close()
    with pytest.raises(ConfigError, match="expected an open model, got one that was closed"):
        networks.meshes([astronaut()])


@pytest.mark.parametrize(
    ("name", "side", "outputs"),
    [
        ("detect_near", 128, {"boxes": (896, 16), "scores": (896,)}),
        ("detect_far", 192, {"boxes": (2304, 16), "scores": (2304,)}),
        ("mesh", 192, {"points": (468, 2), "presence": ()}),
        ("person", 256, {"matte": (256, 256)}),
    ],
)
def test_the_files_are_for_old_runtimes_too(name, side, outputs):
    session = open_network(name).open()
    (taken,) = session.get_inputs()
    assert (taken.name, taken.type, taken.shape[1:]) == (
        face_networks.PICTURES,
        "tensor(uint8)",
        [side, side, 3],
    )
    shapes = {given.name: tuple(given.shape[1:]) for given in session.get_outputs()}
    assert shapes == outputs
    model = onnx.load_from_string(open_network(name)._model)
    assert model.ir_version == 7
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 13)]
