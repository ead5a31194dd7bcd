import pytest

from spooftrace.data.layouts import video
from spooftrace.errors import SourceError
from spooftrace.labels import Medium


@pytest.fixture
def touch(tmp_path):
    def touch(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        return tmp_path

    return touch


def test_the_name_states_the_medium(touch):
    root = touch("a_live.mp4", "b-replay.webm", "sub/Door3 half_mask.mov", "note.txt")
    source = video.read(root)
    assert {job.file: job.medium for job in source.jobs} == {
        "a_live.mp4": Medium.LIVE,
        "b-replay.webm": Medium.REPLAY,
        "sub/Door3 half_mask.mov": Medium.HALF_MASK,
    }
    assert all(job.video and job.clip == job.file for job in source.jobs)
    assert source.ignored == {".txt": 1}


def test_a_single_file(touch):
    root = touch("a_live.mp4")
    [job] = video.read(root / "a_live.mp4").jobs
    assert (job.file, job.clip, job.database) == ("a_live.mp4", "a_live.mp4", "a_live")


@pytest.mark.parametrize(
    ("name", "came"),
    [("alive.mp4", "none"), ("1.mp4", "none"), ("live_print.mp4", "'live' and 'print'")],
)
def test_a_name_that_does_not_state_one(touch, name, came):
    root = touch(name)
    with pytest.raises(SourceError, match=f"one medium in the name, .* found {came}"):
        video.read(root)
    [job] = video.read(root, medium=Medium.PRINT).jobs
    assert job.medium is Medium.PRINT


def test_no_video(touch):
    root = touch("a_live.png")
    with pytest.raises(SourceError, match="expected a video or a folder of videos, found none"):
        video.read(root)
