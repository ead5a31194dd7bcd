"""Faces followed through frames: who is who, steadied meshes, running votes."""

import numpy as np
import pytest
from toy_bundle import toy_info, write_toy
from toy_clip import LEFT, RIGHT, detector_of, frames, moved

from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import Decision, SpoofDetector
from spooftrace.detector.following import FollowConfig, Follower
from spooftrace.detector.voting import VoteConfig
from spooftrace.errors import BundleError, ConfigError
from spooftrace.faces.finder import RejectReason

MESH = LEFT


def tracks(config, *looks):
    follower = Follower(config)
    return [[track for track, _ in follower.follow(meshes)] for meshes in looks]


class TestWhoIsWho:
    def test_two_faces_that_change_their_order(self):
        left, right = moved(-2), moved(2)
        assert tracks(FollowConfig(), [left, right], [right, left]) == [[0, 1], [1, 0]]

    def test_the_nearer_face_goes_on_and_the_other_is_new(self):
        assert tracks(FollowConfig(), [MESH], [moved(0.5), moved(0.1)]) == [[0], [1, 0]]

    @pytest.mark.parametrize(("sides", "expected"), [(0.55, 0), (0.65, 1)])
    def test_a_leap_is_another_face(self, sides, expected):
        assert tracks(FollowConfig(), [MESH], [moved(sides)])[1] == [expected]

    def test_a_face_of_more_than_twice_the_size_is_another(self):
        middle = MESH.mean(axis=0)
        assert tracks(FollowConfig(), [MESH], [middle + (MESH - middle) * 1.9])[1] == [0]
        assert tracks(FollowConfig(), [MESH], [middle + (MESH - middle) * 2.2])[1] == [1]

    @pytest.mark.parametrize(("missing", "expected"), [(2, 0), (3, 1)])
    def test_a_gap(self, missing, expected):
        looks = [[MESH], *[[]] * missing, [MESH]]
        assert tracks(FollowConfig(max_gap=2), *looks)[-1] == [expected]


class TestSteadying:
    def steadied(self, config, *meshes):
        follower = Follower(config)
        return [follower.follow([mesh])[0][1] for mesh in meshes][-1]

    def test_a_face_that_stays_is_averaged_with_where_it_was(self):
        config = FollowConfig(steadying=0.5, still=0.1)
        # Moved by half of `still`: weight 0.5 (1 - 0.5) = 0.25 for where it was.
        came = self.steadied(config, MESH, moved(0.05))
        np.testing.assert_allclose(came, 0.25 * MESH + 0.75 * moved(0.05), atol=1e-3)

    def test_a_moving_face_is_taken_as_it_is(self):
        came = self.steadied(FollowConfig(steadying=0.9, still=0.05), MESH, moved(0.06))
        np.testing.assert_array_equal(came, moved(0.06))

    def test_nothing_is_steadied_where_that_is_asked_for(self):
        np.testing.assert_array_equal(
            self.steadied(FollowConfig(steadying=0), MESH, moved(0.01)), moved(0.01)
        )

    def test_shaking_becomes_a_third(self):
        rng = np.random.default_rng(0)
        shaken = [moved(shift) for shift in rng.normal(0, 0.005, 300)]
        follower = Follower(FollowConfig(steadying=0.8))
        came = [follower.follow([mesh])[0][1].mean() for mesh in shaken]
        assert np.std(came[20:]) < 0.5 * np.std([mesh.mean() for mesh in shaken])


class TestWatch:
    def test_the_vote_looks_back_on_the_window(self, tmp_path):
        detector = detector_of(tmp_path, [[LEFT]] * 6)
        config = FollowConfig(window=3, vote=VoteConfig(min_frames=1))
        answers = list(detector.watch(frames(255, 255, 255, 60, 60, 60), config=config))
        assert [answer.vote.decision for answer in answers] == [Decision.SPOOF] * 4 + [
            Decision.LIVE
        ] * 2
        assert [answer.vote.frames for answer in answers] == [1, 2, 3, 3, 3, 3]
        assert [answer.time_s for answer in answers] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])

    def test_evidence_comes_with_each_frame(self, tmp_path):
        (answer,) = detector_of(tmp_path, [[LEFT]]).watch(frames(255))
        assert answer.detection.trace.shape == (32, 32, 3)
        assert answer.detection is answer.faces[0]

    def test_two_faces_are_judged_and_the_frame_has_no_answer(self, tmp_path):
        (answer,) = detector_of(tmp_path, [[LEFT, RIGHT]]).watch(frames(255))
        assert answer.detection.reason is RejectReason.SEVERAL_FACES
        assert (answer.track, answer.vote) == (None, None)
        scores = [answer.faces[track].score for track in (0, 1)]
        # White: M = 1, G = (0.4, 0.45, 0.5). Black: M = 0, G = b.
        assert scores == pytest.approx([0.95, 0.1 / 3], abs=1e-6)

    def test_another_person_begins_anew(self, tmp_path):
        detector = detector_of(tmp_path, [[LEFT], [LEFT], [RIGHT]])
        answers = list(detector.watch(frames(255, 255, 255)))
        assert [answer.track for answer in answers] == [0, 0, 1]
        assert answers[-1].vote.frames == 1

    def test_frames_without_the_face_count_against_it(self, tmp_path):
        *_, last = detector_of(tmp_path, [[LEFT], [], [LEFT]]).watch(frames(255, 255, 255))
        assert (last.vote.frames, last.vote.answered) == (3, 2)

    def test_an_error_comes_before_the_first_frame(self, tmp_path):
        detector = detector_of(tmp_path, [])
        with pytest.raises(ConfigError, match="finite"):
            detector.watch(frames(255), threshold=float("nan"))

    def test_a_bundle_without_threshold(self, tmp_path):
        bundle = Bundle.load(write_toy(tmp_path / "t.onnx", toy_info(threshold=None)), threads=1)
        with pytest.raises(BundleError, match="threshold"):
            SpoofDetector.load(bundle).watch(frames(255))


@pytest.mark.parametrize(
    ("field", "value"),
    [("window", 0), ("max_gap", -1), ("steadying", 1.0), ("max_move", 0.0), ("still", 0.0)],
)
def test_limits(field, value):
    with pytest.raises(ConfigError, match=rf"follow\.{field}: expected"):
        FollowConfig(**{field: value})
