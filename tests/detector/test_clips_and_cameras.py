"""A clip summed up: tracks, the face that changes, early stop, broken files."""

import numpy as np
import pytest
from made_files import write_exact_video
from toy_clip import LEFT, RIGHT, detector_of, frames

from spooftrace.detector.detector import Decision
from spooftrace.detector.following import FollowConfig
from spooftrace.detector.reasons import VoteReason
from spooftrace.detector.voting import VoteConfig
from spooftrace.errors import PictureError
from spooftrace.faces.finder import RejectReason

WHITE = 0.95
"""Score of a white face, see toy_bundle."""


def test_the_median_and_the_curve(tmp_path):
    detector = detector_of(tmp_path, [[LEFT]] * 5)
    answer = detector.predict_video(frames(255, 60, 255, 60, 255))
    assert answer.decision is Decision.SPOOF
    assert answer.score == pytest.approx(WHITE, abs=1e-6)
    assert [one.detection.decision for one in answer.frames] == [
        Decision.SPOOF,
        Decision.LIVE,
    ] * 2 + [Decision.SPOOF]
    assert [one.time_s for one in answer.frames] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert not answer.is_stopped_early


def test_only_one_frame_of_a_track_keeps_its_evidence(tmp_path):
    answer = detector_of(tmp_path, [[LEFT]] * 5).predict_video(frames(255, 60, 60, 60, 255))
    assert all(one.detection.evidence is None for one in answer.frames)
    assert all(face.evidence is None for one in answer.frames for face in one.faces.values())
    (track,) = answer.tracks
    assert track.shown.score == answer.score == track.vote.score
    assert track.shown.evidence.crop.mean() == 60


def test_frames_are_handed_out_with_their_evidence(tmp_path):
    seen = []
    detector_of(tmp_path, [[LEFT]] * 3).predict_video(
        frames(255, 60, 255),
        on_frame=lambda frame, answer: seen.append(
            (frame.number, answer.detection.evidence.crop.mean())
        ),
    )
    assert seen == [(0, 255), (1, 60), (2, 255)]


def test_a_living_face_first_and_an_attack_afterwards(tmp_path):
    script = [[LEFT]] * 5 + [[RIGHT]] * 3

    def clip():
        for frame in frames(*[60] * 8):
            frame.picture[:, 300:] = 255
            yield frame

    answer = detector_of(tmp_path, script).predict_video(clip())
    assert answer.vote.decision is Decision.LIVE
    assert (answer.decision, answer.reason) == (Decision.NO_ANSWER, VoteReason.FACE_CHANGED)
    assert answer.detail == (
        "expected one face throughout, got several: frames 0 to 4 live, frames 5 to 7 spoof"
    )
    assert [track.vote.decision for track in answer.tracks] == [Decision.LIVE, Decision.SPOOF]


def test_two_people_side_by_side_are_judged_each(tmp_path):
    answer = detector_of(tmp_path, [[LEFT, RIGHT]] * 4).predict_video(frames(*[255] * 4))
    assert (answer.decision, answer.vote.answered) == (Decision.NO_ANSWER, 0)
    assert answer.reason is VoteReason.TOO_FEW_FRAMES
    assert [track.vote.decision for track in answer.tracks] == [Decision.SPOOF, Decision.LIVE]


def test_it_stops_when_it_is_sure(tmp_path):
    looked = []

    def clip():
        for frame in frames(255, 60, 255, 255, 255, 60, 60):
            looked.append(frame.number)
            yield frame

    config = FollowConfig(vote=VoteConfig(lead=3))
    answer = detector_of(tmp_path, [[LEFT]] * 7).predict_video(clip(), config=config)
    # Spoofs less others: 1, 0, 1, 2, 3.
    assert looked == [0, 1, 2, 3, 4]
    assert answer.is_stopped_early
    assert answer.decision is Decision.SPOOF
    assert answer.to_json()["stopped_early"] is True


def test_a_hidden_face_is_never_sure(tmp_path):
    script = [[LEFT], [], [], [LEFT], [], [], [LEFT], [], []]
    config = FollowConfig(vote=VoteConfig(lead=2), max_gap=2)
    answer = detector_of(tmp_path, script).predict_video(frames(*[255] * 9), config=config)
    assert not answer.is_stopped_early
    assert answer.reason is VoteReason.TOO_MANY_WITHOUT_ANSWER
    (track,) = answer.tracks
    # From its first frame to its last: 7 frames, 3 of them answered.
    assert (track.first, track.last, track.vote.frames, track.vote.answered) == (0, 6, 7, 3)


def test_what_breaks_off_keeps_its_curve_and_has_no_answer(tmp_path):
    def clip():
        yield from frames(255, 255, 255, 255)
        raise PictureError("the cable was pulled")

    answer = detector_of(tmp_path, [[LEFT]] * 4).predict_video(clip())
    assert (answer.decision, answer.reason) == (Decision.NO_ANSWER, RejectReason.UNREADABLE)
    assert answer.detail == "the cable was pulled"
    assert len(answer.frames) == answer.vote.answered == 4


def test_a_file(tmp_path):
    path = write_exact_video(
        tmp_path / "clip.mkv", [np.full((200, 600, 3), level, np.uint8) for level in [255, 0] * 4]
    )
    answer = detector_of(tmp_path, [[LEFT]] * 4).predict_video(path, every=2)
    assert [one.number for one in answer.frames] == [0, 2, 4, 6]
    assert answer.score == pytest.approx(WHITE, abs=0.01)
