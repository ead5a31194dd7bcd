import cv2
import numpy as np
import pytest
from made_files import corner_colours, corners, rotate_metadata, save, write_video

from spooftrace.data.sources.pictures import frames
from spooftrace.errors import PictureError

SHAPE = (48, 64, 3)


def numbered(count):
    """Grey frames whose brightness tells their number."""
    return [np.full(SHAPE, 8 * number, np.uint8) for number in range(count)]


@pytest.mark.parametrize(("suffix", "code"), [("mp4", "mp4v"), ("avi", "MJPG"), ("webm", "VP80")])
def test_every_nth_frame_with_its_number(tmp_path, suffix, code):
    path = write_video(tmp_path / f"a.{suffix}", numbered(20), code=code)
    read = list(frames(path, every=3))
    assert [number for number, _ in read] == [0, 3, 6, 9, 12, 15, 18]
    for number, frame in read:
        assert frame.shape == SHAPE
        assert frame.dtype == np.uint8
        assert abs(frame.mean() - 8 * number) < 4


def test_frames_are_rgb(tmp_path):
    path = write_video(tmp_path / "a.mp4", [corner_colours(SHAPE)] * 3)
    assert [corners(frame) for _, frame in frames(path)] == ["rgbw"] * 3


@pytest.mark.parametrize(
    ("degrees", "expected"), [(0, "rgbw"), (90, "brwg"), (180, "wbgr"), (270, "gwrb")]
)
def test_the_rotation_metadata_is_applied(tmp_path, degrees, expected):
    path = rotate_metadata(write_video(tmp_path / "a.mp4", [corner_colours(SHAPE)] * 3), degrees)
    for _, frame in frames(path):
        assert corners(frame) == expected
        assert frame.shape == (SHAPE if degrees in (0, 180) else (64, 48, 3))


@pytest.mark.parametrize(("suffix", "code"), [("avi", "MJPG"), ("webm", "VP80"), ("mkv", "mp4v")])
def test_a_truncated_video_gives_its_frames_and_then_says_so(tmp_path, suffix, code):
    noise = np.random.default_rng(0).integers(0, 256, (40, *SHAPE), dtype=np.uint8)
    path = write_video(tmp_path / f"a.{suffix}", list(noise), code=code)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    read = []

    def read_all():
        for number, _ in frames(path):
            read.append(number)

    with pytest.raises(PictureError, match=r"breaks off; (\d+) of 40 frames were read") as error:
        read_all()
    assert 5 <= len(read) <= 35
    assert f"breaks off; {len(read)} of 40" in str(error.value)


def test_an_mp4_without_its_index_is_refused(tmp_path):
    path = write_video(tmp_path / "a.mp4", numbered(20))
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(PictureError, match=r"a\.mp4: not a video, or a truncated one"):
        list(frames(path))


@pytest.mark.parametrize("data", [b"", b"no video at all" * 100])
def test_no_video(tmp_path, data):
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(PictureError, match=r"a\.mp4: (the file is empty|not a video)"):
        list(frames(tmp_path / "a.mp4"))


def test_opencv_says_nothing_beside_the_refusal(tmp_path, capfd):
    log = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging
    level = log.getLogLevel()
    (tmp_path / "a.mp4").write_bytes(b"no video at all" * 100)
    with pytest.raises(PictureError, match="not a video"):
        list(frames(tmp_path / "a.mp4"))
    assert "VIDEOIO" not in capfd.readouterr().err
    assert log.getLogLevel() == level


def test_no_file(tmp_path):
    with pytest.raises(PictureError, match="no such file"):
        list(frames(tmp_path / "a.mp4"))


def test_a_playlist_opens_no_other_file(tmp_path):
    video = write_video(tmp_path / "a.avi", [corner_colours()] * 3, code="MJPG")
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{video}\n#EXT-X-ENDLIST\n"
    (tmp_path / "b.mp4").write_text(text)
    with pytest.raises(PictureError, match=r"b\.mp4: not a video, but a list that names other"):
        list(frames(tmp_path / "b.mp4"))


def test_a_name_that_looks_like_a_number_pattern(tmp_path):
    for number in range(3):
        save(tmp_path / f"a_{number:02d}.png")
    with pytest.raises(PictureError, match="no such file"):
        list(frames(tmp_path / "a_%02d.png"))


def test_every_is_positive(tmp_path):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        list(frames(tmp_path / "a.mp4", every=0))


def test_leaving_early_closes_the_file(tmp_path):
    path = write_video(tmp_path / "a.mp4", numbered(20))
    for _ in frames(path):
        break
    path.unlink()
