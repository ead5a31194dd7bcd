"""The annotated video: what stands where, and that it can be read again."""

import av
import numpy as np
import pytest
from toy_clip import LEFT, detector_of, frames

from spooftrace.detector.annotated import CURVE, FRAME, HEIGHT, TILE, WIDTH, AnnotatedVideo, drawn
from spooftrace.detector.detector import Decision
from spooftrace.detector.panel import BADGE


def test_the_picture_the_trace_and_the_live_face(tmp_path):
    (answer,) = detector_of(tmp_path, [[LEFT]]).watch(frames(255))
    (frame,) = frames(255)
    shown = drawn(frame.picture, answer, [(0.0, 0.95)])
    assert shown.shape == (HEIGHT, WIDTH, 3)
    # The picture of 600 x 200 fills the width: 720 x 240 in the middle of 480, its left half white.
    assert (shown[125, 5] == 255).all()
    assert (shown[240, 700] == 0).all()
    # A white face's trace is (0.4, 0.45, 0.5): at gain 5 it is beyond white.
    left = FRAME[0] + 62
    assert (shown[8 + TILE // 2, left + TILE // 2] == 255).all()
    live = shown[8 + TILE + 26 + TILE // 2, left + TILE // 2]
    np.testing.assert_allclose(live, [0.6 * 255, 0.55 * 255, 0.5 * 255], atol=1)


def test_the_curve(tmp_path):
    (answer,) = detector_of(tmp_path, [[LEFT]]).watch(frames(255))
    picture = np.zeros((200, 600, 3), np.uint8)
    shown = drawn(picture, answer, [(0.0, 0.25), (1.0, None), (2.0, 0.75)])
    left, top, right, bottom = CURVE
    # The scale reaches to twice the threshold, 1.0: a quarter and three quarters of the height.
    low, high = bottom - (bottom - top) // 4, bottom - (bottom - top) * 3 // 4
    assert tuple(shown[low, left + 1]) == BADGE[Decision.LIVE]
    assert tuple(shown[high, right - 1]) == BADGE[Decision.SPOOF]


def test_the_file(tmp_path):
    detector = detector_of(tmp_path, [[LEFT]] * 4)
    with AnnotatedVideo(tmp_path / "out.mp4") as video:
        for frame, answer in zip(
            frames(255, 60, 255, 60), detector.watch(frames(255, 60, 255, 60)), strict=True
        ):
            video.add(frame, answer)
    with av.open(str(tmp_path / "out.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
        assert container.streams.video[0].width == WIDTH
    assert times == pytest.approx([0, 0.1, 0.2, 0.3], abs=0.01)


def test_no_frame_no_file_and_an_error_leaves_none(tmp_path):
    with AnnotatedVideo(tmp_path / "out.mp4"):
        pass
    (answer,) = detector_of(tmp_path, [[LEFT]]).watch(frames(255))

    def broken_off():
        with AnnotatedVideo(tmp_path / "out.mp4") as video:
            video.add(next(frames(255)), answer)
            raise KeyError

    with pytest.raises(KeyError):
        broken_off()
    assert [path.name for path in tmp_path.glob("*out*")] == []
