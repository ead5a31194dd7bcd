import numpy as np
import pytest
from toy_sources import THRESHOLD, score, write_bundle

from spooftrace.errors import SplitError
from spooftrace.evaluation.protocols.protocol import all_rows_test
from spooftrace.judging.changes import FaceChange
from spooftrace.judging.report import read_scored
from spooftrace.judging.scoring import name_of, score_store, table_of_rows


def test_development_and_test_rows_are_scored_and_no_training_row_is(bundle, store):
    seen = []
    scored = score_store(bundle, store, progress=lambda *done: seen.append(done))
    assert scored.table.id.tolist() == [f"face{number}" for number in range(10, 40)]
    assert scored.table.split.tolist() == ["dev"] * 10 + ["test"] * 20
    expected = [score(number) for number in range(10, 40)]
    np.testing.assert_allclose(scored.table.score, expected, atol=1e-5)
    np.testing.assert_allclose(scored.table.map_score, expected, atol=1e-5)
    # |G| of a grey v is 0.45 v on average, and its half is the trace's score.
    np.testing.assert_allclose(scored.table.trace_score, np.multiply(expected, 0.45), atol=1e-5)
    assert seen == [(30, 30)]


def test_scores_know_where_they_come_from(bundle, store):
    scored = score_store(bundle, store)
    assert scored.system == name_of(bundle)
    assert bundle.sha256[:12] in scored.system
    assert scored.threshold == THRESHOLD
    assert dict(scored.provenance) == {
        "store": store.path,
        "store, fingerprint of its source": "abc",
        "bundle, sha256": bundle.sha256,
        "bundle, configuration hash": bundle.info.config_hash,
        "bundle, trained on": "store abc",
    }
    assert scored.tables == ()
    assert scored.faces.row_of["face25"] == 25


def test_no_two_questions_share_a_name(bundle, store, other):
    change = FaceChange(equalise_px=8, grey_world=True)
    assert [
        score_store(bundle, store).question,
        score_store(bundle, store, split="dev").question,
        score_store(bundle, store, change=change).question,
        score_store(bundle, other).question,
        score_store(bundle, other, protocol=all_rows_test()).question,
    ] == [
        "evaluation",
        "evaluation-dev",
        "evaluation-equalised-8px-grey-world",
        "evaluation-my_faces-otheroth",
        "evaluation-my_faces-otheroth-all_rows",
    ]


def test_faces_are_changed_before_they_are_scored(tmp_path, other):
    bundle = write_bundle(tmp_path / "alone.onnx")
    plain = score_store(bundle, other, protocol=all_rows_test())
    changed = score_store(bundle, other, protocol=all_rows_test(), change=FaceChange(equalise_px=8))
    assert plain.threshold_caveat == ""
    assert "--rule eer" in changed.threshold_caveat
    assert "faces: equalised-8px, both classes alike" in changed.notes
    halved = table_of_rows(bundle, other, np.arange(40), transform=lambda image: image // 2)
    np.testing.assert_allclose(halved.score, plain.table.score / 2, atol=1 / 510)
    assert set(halved.split) == {"test"}


def test_rows_are_told_apart_by_further_columns(bundle, store):
    scored = score_store(bundle, store, groups=["attributes.split"])
    assert scored.table.groups["split"].tolist() == ["train"] * 10 + ["test"] * 20
    with pytest.raises(SplitError, match="--group: expected a column"):
        score_store(bundle, store, groups=["weather"])


def test_a_score_file_is_read_with_its_hash(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("label,score\nlive,0.2\nspoof,0.4\n")
    scored = read_scored(path)
    assert (scored.system, scored.question, scored.faces) == (str(path), "", None)
    stated = dict(scored.provenance)
    assert stated["score file"] == "theirs.csv (2 rows)"
    assert len(stated["score file, sha256"]) == 64
