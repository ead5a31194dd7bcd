"""Scores that a stopped scoring left are taken, and only those."""

import json

import numpy as np
import pytest
from toy_sources import score, write_bundle

from spooftrace.errors import ConfigError
from spooftrace.evaluation.protocols.protocol import all_rows_test
from spooftrace.judging import kept
from spooftrace.judging.changes import FaceChange
from spooftrace.judging.kept import KeptScores
from spooftrace.judging.scoring import score_store

ROWS = np.arange(4, 36)


@pytest.fixture
def alone(tmp_path):
    return write_bundle(tmp_path / "alone.onnx")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "scores.jsonl"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(kept, "BATCH_ROWS", 4)


class Stopped(BaseException):
    """What Ctrl-C is to a scoring."""


def stop_after(rows):
    def progress(done, _):
        if done >= rows:
            raise Stopped

    return progress


def scored_anew(keeper, rows=ROWS):
    """The scores, and how many rows were scored for them."""
    counts = [0]
    found = keeper.score(rows, lambda done, _: counts.append(done))
    return found, len(rows) - (counts[1] - 4 if len(counts) > 1 else len(rows))


def test_a_stopped_scoring_goes_on_behind_the_last_batch(alone, other, path):
    with pytest.raises(Stopped):
        KeptScores(path, alone, other, FaceChange()).score(ROWS, stop_after(12))
    found, made = scored_anew(KeptScores(path, alone, other, FaceChange()))
    assert made == len(ROWS) - 12
    np.testing.assert_allclose(found["score"], [score(n) for n in ROWS], atol=1e-5)
    again, made = scored_anew(KeptScores(path, alone, other, FaceChange()))
    assert made == 0
    assert all(np.array_equal(found[name], again[name]) for name in found)  # to the last bit
    more, made = scored_anew(KeptScores(path, alone, other, FaceChange()), np.arange(40))
    assert made == 8
    np.testing.assert_array_equal(more["score"][ROWS], found["score"])


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_line_that_a_kill_cut_short_is_made_again(alone, other, path, cut):
    whole, _ = scored_anew(KeptScores(path, alone, other, FaceChange()))
    path.write_bytes(path.read_bytes()[:-cut])
    found, made = scored_anew(KeptScores(path, alone, other, FaceChange()))
    assert made == 4
    np.testing.assert_array_equal(found["score"], whole["score"])
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert sum(len(line["of"]) for line in lines[1:]) == len(ROWS)


def test_scores_of_anything_else_are_not_taken(alone, store, other, path, tmp_path):
    scored_anew(KeptScores(path, alone, other, FaceChange()))
    for keeper in (
        KeptScores(path, alone, store, FaceChange()),
        KeptScores(path, alone, store, FaceChange(equalise_px=8)),
        KeptScores(path, write_bundle(tmp_path / "b.onnx", threshold=None), store, FaceChange()),
    ):
        _, made = scored_anew(keeper)
        assert made == len(ROWS)
    path.write_bytes(b"\xff{")
    assert scored_anew(KeptScores(path, alone, store, FaceChange()))[1] == len(ROWS)


def test_a_store_scored_with_and_without_keeping_is_scored_alike(alone, other, path):
    plain = score_store(alone, other, protocol=all_rows_test())
    keeping = score_store(alone, other, protocol=all_rows_test(), keep=path)
    for name in ("score", "map_score", "trace_score"):
        expected = getattr(plain.table, name)
        np.testing.assert_allclose(getattr(keeping.table, name), expected, rtol=0, atol=1e-7)


def test_a_file_that_cannot_be_written_is_named(alone, other, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"file/scores\.jsonl: scores cannot be kept"):
        KeptScores(tmp_path / "file" / "scores.jsonl", alone, other, FaceChange()).score(ROWS)
