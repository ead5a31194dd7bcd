"""A clip's score is the mean over its frames that were answered."""

import numpy as np

from spooftrace.evaluation.scores.clips import by_clip
from spooftrace.evaluation.scores.table import ScoreTable, as_text


def test_frames_are_averaged_clip_by_clip():
    table = ScoreTable(
        id=as_text(["a0", "b0", "a1", "c", "b1", "d0", "d1"]),
        label=np.array([0, 1, 0, 1, 1, 0, 0], np.int8),
        medium=as_text(["live", "print", "live", "replay", "print", "live", "live"]),
        split=as_text(["test"] * 7),
        score=np.array([0.1, 0.6, 0.3, 0.9, np.nan, np.nan, np.nan]),
        clip=as_text(["a", "b", "a", None, "b", "a", "a"]),
        database=as_text(["x", "x", "x", "x", "x", "y", "y"]),
        answered=np.array([True, True, True, True, False, False, False]),
    )
    clips = by_clip(table)
    assert clips.id.tolist() == ["a0", "b0", "c", "d0"]
    assert clips.medium.tolist() == ["live", "print", "replay", "live"]
    np.testing.assert_allclose(clips.score, [0.2, 0.6, 0.9, np.nan])
    assert clips.has_answer.tolist() == [True, True, True, False]
    assert by_clip(clips).score.tolist()[:3] == clips.score.tolist()[:3]
