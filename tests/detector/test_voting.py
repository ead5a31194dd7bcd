"""A clip's decision from its frames, worked out by hand."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.detector.detection import Decision
from spooftrace.detector.reasons import VoteReason
from spooftrace.detector.voting import VoteConfig, vote
from spooftrace.errors import ConfigError

LIVE, SPOOF, NO_ANSWER = Decision.LIVE, Decision.SPOOF, Decision.NO_ANSWER
scores = st.lists(st.none() | st.floats(-2, 2), max_size=30)


def judged(frames, **config):
    return vote(frames, threshold=0.5, threshold_source="eer on dev", config=VoteConfig(**config))


@pytest.mark.parametrize(
    ("frames", "decision", "score"),
    [
        ([0.1, 0.2, 0.3], LIVE, 0.2),
        ([0.6, 0.9, 0.7], SPOOF, 0.7),
        ([0.5, 0.5, 0.5], SPOOF, 0.5),  # the threshold itself is a spoof
        ([0.1, 9.0, 0.2], LIVE, 0.2),  # one frame of glare does not decide
        ([0.9, 0.0, 0.8], SPOOF, 0.8),  # nor one frame of luck
        ([0.1, 0.4, 0.6, 0.9], SPOOF, 0.5),  # even: the mean of the middle two
        ([0.1, 0.4, 0.5, 0.9], LIVE, 0.45),
        ([None, 0.6, None, 0.9, 0.7, None], SPOOF, 0.7),  # exactly half answered
    ],
)
def test_the_median_decides(frames, decision, score):
    voted = judged(frames)
    assert voted.decision is decision
    assert voted.score == pytest.approx(score)
    assert voted.reason is None


@pytest.mark.parametrize(
    ("frames", "reason", "score", "share"),
    [
        ([], VoteReason.TOO_FEW_FRAMES, None, 1.0),
        ([None, None], VoteReason.TOO_FEW_FRAMES, None, 1.0),
        ([0.9, 0.9], VoteReason.TOO_FEW_FRAMES, 0.9, 0.0),
        ([0.9] * 3 + [None] * 4, VoteReason.TOO_MANY_WITHOUT_ANSWER, 0.9, 4 / 7),
    ],
)
def test_no_answer(frames, reason, score, share):
    voted = judged(frames)
    assert voted.decision is NO_ANSWER
    assert voted.reason is reason
    assert voted.score == score
    assert voted.share_without_answer == pytest.approx(share)


def test_the_limits_are_the_callers():
    frames = [0.9, None, None, None]
    assert judged(frames).decision is NO_ANSWER
    assert judged(frames, min_frames=1).reason is VoteReason.TOO_MANY_WITHOUT_ANSWER
    assert judged(frames, min_frames=1, min_share=0.25).decision is SPOOF


def test_the_counts():
    voted = judged([0.1, None, 0.5, 0.9, 0.2])
    assert (voted.frames, voted.answered, voted.spoof_frames) == (5, 4, 2)


def test_json_names_are_stable():
    assert judged([0.25, None, 0.75]).to_json() == {
        "decision": "no_answer",
        "score": 0.5,
        "threshold": 0.5,
        "threshold_source": "eer on dev",
        "frames_seen": 3,
        "answered": 2,
        "spoof_frames": 1,
        "share_without_answer": pytest.approx(1 / 3),
        "reason": "too_few_frames",
        "detail": "expected at least 3 frames with an answer, got 2 of 3; look at more frames of "
        "the clip, or at a longer one",
    }


@given(scores)
def test_against_a_slow_reading_of_the_rule(frames):
    voted = judged(frames)
    answered = [score for score in frames if score is not None]
    if len(answered) < 3 or 2 * len(answered) < len(frames):
        assert voted.decision is NO_ANSWER
    else:
        assert voted.decision is (SPOOF if statistics.median(answered) >= 0.5 else LIVE)


@given(scores, st.randoms())
def test_the_order_of_the_frames_does_not_matter(frames, random):
    shuffled = random.sample(frames, len(frames))
    assert judged(shuffled) == judged(frames)


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("min_frames", 0, r"vote\.min_frames: expected at least 1, got 0"),
        ("min_share", 1.1, r"vote\.min_share: expected a share in \[0, 1\], got 1\.1"),
        ("min_share", float("nan"), r"vote\.min_share"),
    ],
)
def test_impossible_limits(field, value, match):
    with pytest.raises(ConfigError, match=match):
        VoteConfig(**{field: value})
