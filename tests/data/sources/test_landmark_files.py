import io

import numpy as np
import pytest

from spooftrace.data.sources.landmark_files import read_landmarks
from spooftrace.errors import PictureError


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.float32, ">f8"])
def test_landmarks_are_read(tmp_path, dtype):
    points = np.random.default_rng(0).integers(0, 256, (68, 2)).astype(dtype)
    np.save(tmp_path / "1.npy", points)
    read = read_landmarks(tmp_path / "1.npy")
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, points)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (np.zeros((5, 2)), r"expected 68 landmarks .* got float64 of shape \(5, 2\)"),
        (np.zeros((68, 3)), r"got float64 of shape \(68, 3\)"),
        (np.float64(1), r"got float64 of shape \(\)"),
        (np.full((68, 2), "x"), "expected 68 landmarks as numbers"),
        (np.zeros((68, 2), complex), "got complex128"),
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


def whole_file():
    file = io.BytesIO()
    np.save(file, np.zeros((68, 2)))
    return file.getvalue()


def archive():
    file = io.BytesIO()
    np.savez(file, points=np.zeros((68, 2)))
    return file.getvalue()


def endless():
    """A header that announces more than any machine holds."""
    return whole_file().replace(b"(68, 2), }" + b" " * 9, b"(99999999999, 68), }")


def strange():
    return whole_file().replace(b"'<f8'", b"[[[[(")


@pytest.mark.parametrize(
    "data",
    [b"", b"not numpy", b"PK\x03\x04", whole_file()[:200], archive(), endless(), strange()],
    ids=["empty", "text", "broken archive", "truncated", "archive", "endless", "strange"],
)
def test_no_numpy_file(tmp_path, data):
    (tmp_path / "1.npy").write_bytes(data)
    with pytest.raises(PictureError, match=r"1\.npy: cannot be read as landmarks"):
        read_landmarks(tmp_path / "1.npy")
