import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spooftrace.data.landmarks68 import CORRESPONDING, mesh_of, read_landmarks
from spooftrace.errors import PictureError
from spooftrace.faces.mesh import CANONICAL, MIRROR, VERTICES

MEAN = CANONICAL.astype(np.float64)


@settings(max_examples=30)
@given(
    yaw=st.floats(-0.7, 0.7),
    pitch=st.floats(-0.4, 0.4),
    roll=st.floats(-3.1, 3.1),
    size=st.floats(20, 2000),
)
def test_the_mean_face_in_any_pose_is_recovered(yaw, pitch, roll, size):
    turn = _rotation(1, yaw) @ _rotation(0, pitch) @ _rotation(2, roll)
    seen = (MEAN @ turn.T)[:, :2] * size + [300, -40]
    mesh = mesh_of(seen[CORRESPONDING].astype(np.float32)).points
    assert mesh.shape == (468, 2)
    assert mesh.dtype == np.float32
    np.testing.assert_allclose(mesh, seen, atol=1e-4 * size + 1e-3)


def _rotation(axis, angle):
    others = [other for other in range(3) if other != axis]
    turn = np.eye(3)
    turn[np.ix_(others, others)] = [
        [np.cos(angle), -np.sin(angle)],
        [np.sin(angle), np.cos(angle)],
    ]
    return turn


def test_the_mesh_passes_through_the_landmarks():
    rng = np.random.default_rng(0)
    landmarks = MEAN[CORRESPONDING, :2] * 200 + 128 + rng.normal(0, 3, (68, 2))
    mesh = mesh_of(np.round(landmarks).astype(np.float32)).points
    assert np.abs(mesh[CORRESPONDING] - np.round(landmarks)).max() < 0.5


def test_left_corresponds_to_right():
    """Where both a landmark's point and its mirror image are vertices, the tables agree."""
    jaw, brows, eyes = range(17), range(17, 27), (36, 45, 39, 42)
    pairs = [*zip(jaw, reversed(jaw), strict=True), *zip(brows, reversed(brows), strict=True)]
    pairs += [(eyes[0], eyes[1]), (eyes[2], eyes[3])]
    number = {int(vertex): at for at, vertex in enumerate(VERTICES)}
    known = [
        (number[CORRESPONDING[left]], number[CORRESPONDING[right]])
        for left, right in pairs
        if CORRESPONDING[left] in number and CORRESPONDING[right] in number
    ]
    assert len(known) > 10
    assert all(MIRROR[left] == right for left, right in known)


def test_landmarks_are_read(tmp_path):
    points = np.random.default_rng(0).integers(0, 256, (68, 2))
    np.save(tmp_path / "1.npy", points)
    read = read_landmarks(tmp_path / "1.npy")
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, points)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (np.zeros((5, 2)), r"expected 68 landmarks .* got float64 of shape \(5, 2\)"),
        (np.full((68, 2), "x"), "expected 68 landmarks as numbers"),
        (np.full((68, 2), np.nan), "not finite"),
        (np.full((68, 2), 7), "all in one place"),
    ],
)
def test_what_are_no_landmarks(tmp_path, points, said):
    np.save(tmp_path / "1.npy", points)
    with pytest.raises(PictureError, match=rf"1\.npy: .*{said}"):
        read_landmarks(tmp_path / "1.npy")


def test_pickles_are_not_loaded(tmp_path):
    np.save(tmp_path / "1.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(PictureError, match=r"1\.npy: cannot be read as landmarks"):
        read_landmarks(tmp_path / "1.npy")


@pytest.mark.parametrize("data", [b"", b"not numpy"])
def test_no_numpy_file(tmp_path, data):
    (tmp_path / "1.npy").write_bytes(data)
    with pytest.raises(PictureError, match="cannot be read as landmarks"):
        read_landmarks(tmp_path / "1.npy")
