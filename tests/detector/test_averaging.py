"""The mean score of five crops."""

import numpy as np
import pytest
from toy_bundle import write_toy
from toy_landmarker import OPEN_GATE, CentredFaces

from spooftrace.data.sources.video import Frame
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import SpoofDetector
from spooftrace.faces.crop import ASIDE, Box, beside, cut


@pytest.fixture(scope="module")
def slope():
    """(300, 400, 3): brighter to the right, and ever faster, so that the crops' scores differ."""
    levels = 255 * np.linspace(0, 1, 400) ** 4
    return np.broadcast_to(levels[None, :, None], (300, 400, 3)).astype(np.uint8).copy()


def detector(folder, **settings):
    bundle = Bundle.load(write_toy(folder / "toy.onnx"), threads=1)
    return SpoofDetector.load(bundle, landmarker=CentredFaces(), gate=OPEN_GATE, **settings)


def test_the_crops_lie_beside_the_faces_own():
    assert ASIDE == 0.03
    places = [(box.left, box.top, box.side) for box in beside(Box(left=10, top=20, side=200))]
    assert places == [(16, 20, 200), (4, 20, 200), (10, 26, 200), (10, 14, 200)]


def test_the_score_is_the_mean_and_decides(tmp_path, slope):
    one, averaging = detector(tmp_path), detector(tmp_path, is_averaging=True)
    single, mean = one.predict(slope), averaging.predict(slope)
    crops = [cut(slope, box) for box in (single.box, *beside(single.box))]
    scores = one.score_faces(np.stack(crops))
    assert mean.score == pytest.approx(scores.mean(), abs=1e-9)
    assert mean.score - single.score > 1e-4  # the slope is steeper on the right
    # The evidence is that of the face's own crop.
    assert mean.evidence.map_score == single.evidence.map_score
    between = (mean.score + single.score) / 2
    assert one.predict(slope, threshold=between).decision == "live"
    assert averaging.predict(slope, threshold=between).decision == "spoof"


def test_of_several_pictures_each_has_its_own_mean(tmp_path, slope):
    averaging = detector(tmp_path, is_averaging=True)
    pictures = [slope, np.zeros_like(slope), slope // 2]
    together = averaging.predict(pictures)
    assert [one.score for one in together] == [averaging.predict(one).score for one in pictures]
    assert together[1].reason == "no_face"
    assert together[0].score != together[2].score


def test_clips_are_averaged_too(tmp_path, slope):
    averaging = detector(tmp_path, is_averaging=True)
    frames = [Frame(number, number / 10, slope) for number in range(3)]
    clip = averaging.predict_video(frames)
    assert clip.score == pytest.approx(averaging.predict(slope).score, abs=1e-9)
