"""Every reason has a sentence for the person before the camera, and no two are the same."""

from toy_clip import LEFT, RIGHT, detector_of, frames

from spooftrace.detector.reasons import ADVICE, VoteReason
from spooftrace.faces.finder import RejectReason


def test_every_reason_has_one_of_its_own():
    assert set(ADVICE) == {*RejectReason, *VoteReason}
    assert len(set(ADVICE.values())) == len(ADVICE)
    assert max(map(len, ADVICE.values())) <= 40  # fits a line on a phone


def test_it_comes_with_the_answer(tmp_path):
    (several,) = detector_of(tmp_path, [[LEFT, RIGHT]]).watch(frames(255))
    assert several.detection.advice == several.detection.to_json()["advice"] == "one face only"
    (judged,) = detector_of(tmp_path, [[LEFT]]).watch(frames(255))
    assert judged.detection.advice is None
    clip = detector_of(tmp_path, [[LEFT]]).predict_video(frames(255))
    assert clip.advice == clip.to_json()["advice"] == "look into the camera a little longer"
