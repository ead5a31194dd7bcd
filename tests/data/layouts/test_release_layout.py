import numpy as np
import pytest

from spooftrace.data.layouts import release
from spooftrace.errors import SourceError
from spooftrace.labels import Medium


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
        np.save((root / name).with_suffix(".npy"), np.zeros((68, 2)))
    return root


@pytest.mark.parametrize(
    ("names", "clips"),
    [
        (["live/1.png", "live/25.png", "spoof/2.png"], [None, None, None]),
        (["live/1/1.png", "live/1/2.png", "spoof/9/1.png"], ["live/1", "live/1", "spoof/9"]),
    ],
    ids=["flat", "a folder per video"],
)
def test_both_depths(tmp_path, names, clips):
    assert release.fits(write(tmp_path, *names))
    source = release.read(tmp_path)
    assert [job.file for job in source.jobs] == names
    assert [job.clip for job in source.jobs] == clips
    assert [job.landmarks for job in source.jobs] == [
        (tmp_path / name).with_suffix(".npy") for name in names
    ]
    assert source.ignored == {}
    assert [job.medium for job in source.jobs][-1] is Medium.UNKNOWN


def test_pictures_and_landmarks_without_a_partner(tmp_path):
    write(tmp_path, "live/1.png", "live/3.png")
    (tmp_path / "live/2.png").touch()
    (tmp_path / "live/3.png").unlink()
    source = release.read(tmp_path)
    assert [job.landmarks is not None for job in source.jobs] == [True, False]
    assert source.ignored == {".npy": 1}


def test_landmarks_of_two_pictures_and_of_a_video(tmp_path):
    write(tmp_path, "live/1.png", "live/1.jpg", "live/2.mp4")
    source = release.read(tmp_path)
    assert {job.file: job.landmarks is not None for job in source.jobs} == {
        "live/1.png": True,
        "live/1.jpg": True,
        "live/2.mp4": False,
    }
    assert source.ignored == {".npy": 1}


def test_without_landmarks(tmp_path):
    (tmp_path / "live").mkdir()
    (tmp_path / "live/1.png").touch()
    assert not release.fits(tmp_path)
    with pytest.raises(SourceError, match=r"expected N\.npy beside N\.png, found none"):
        release.read(tmp_path)
