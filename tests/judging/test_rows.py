"""The guard against leakage: no row that a detector learnt from is ever judged."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_sources import record, write_bundle

from spooftrace.errors import ConfigError, SplitError
from spooftrace.judging.rows import at_most, divide, refuse_learnt
from spooftrace.run_folder import RunFolder


def test_a_store_is_divided_as_the_run_divided_it(bundle, store):
    divided = divide(bundle, store)
    assert divided.is_own
    assert divided.splits.train.tolist() == list(range(10))
    assert divided.splits.dev.tolist() == list(range(10, 20))
    assert divided.splits.test.tolist() == list(range(20, 40))
    assert divided.parts[[0, 10, 20]].tolist() == ["train", "dev", "test"]
    (said,) = divided.notes
    assert "dev: 5 live, 5 spoof (as configured)" in said


def test_a_bundle_by_itself_divides_a_foreign_store_by_default(tmp_path, other):
    divided = divide(write_bundle(tmp_path / "alone.onnx"), other)
    assert not divided.is_own
    assert divided.notes[1] == "no record beside the bundle: default split"
    assert "whole by database" in divided.notes[0]


def test_every_row_of_a_foreign_store_is_test_where_asked(bundle, other):
    divided = divide(bundle, other, all_rows=True)
    assert divided.splits.test.tolist() == list(range(40))
    assert divided.notes == (f"split: every row of {other.path} is test, as asked",)


def test_rows_learnt_from_are_refused_with_their_number(bundle, store):
    with pytest.raises(SplitError, match=r"got 20 of 40 that are train or dev rows.*trained on"):
        divide(bundle, store, all_rows=True)


@pytest.mark.parametrize("all_rows", [False, True])
def test_a_moved_bundle_is_not_judged_on_the_store_it_learnt_from(tmp_path, store, all_rows):
    moved = write_bundle(tmp_path / "elsewhere" / "copy.onnx")
    with pytest.raises(SplitError, match=r"copy\.onnx: .*got none; which rows it learnt from"):
        divide(moved, store, all_rows=all_rows)
    beside = RunFolder(moved.path.parent)
    beside.config.write_text(record(fingerprint="another").to_json())
    with pytest.raises(SplitError, match="got that of another run"):
        divide(moved, store, all_rows=all_rows)


def test_a_bundle_put_into_the_run_of_a_store_is_not_judged_on_that_store(tmp_path, store):
    """What the record beside it learnt from is not to be judged, whatever the bundle says."""
    strange = write_bundle(tmp_path / "run" / "model.onnx", learnt_from="something else")
    RunFolder(tmp_path / "run").config.write_text(record().to_json())
    with pytest.raises(SplitError, match="got that of another run"):
        divide(strange, store)


def test_the_record_of_another_run_divides_nothing(tmp_path, other):
    strange = write_bundle(tmp_path / "run" / "model.onnx", learnt_from="something else")
    RunFolder(tmp_path / "run").config.write_text(record().to_json())
    assert divide(strange, other).notes[1] == "no record beside the bundle: default split"


def test_a_copied_run_folder_is_the_same_run(bundle, store, tmp_path):
    shutil.copytree(bundle.path.parent, tmp_path / "copy")
    copied = type(bundle).load(tmp_path / "copy")
    assert divide(copied, store).parts.tolist() == divide(bundle, store).parts.tolist()


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ({"develop": 1}, "config.split.develop: Unexpected keyword argument, got 1"),
        ({"dev_share": "2"}, "config.split.dev_share: Input should be a valid number"),
        ({"dev_share": 2.0}, "config.split.dev_share: expected a share in (0, 1), got 2.0"),
        (3, "config.split: "),
    ],
)
def test_a_damaged_split_of_a_record_is_named(bundle, store, split, said):
    path = RunFolder(bundle.path.parent).config
    content = json.loads(path.read_text())
    content["config"]["split"] = split
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigError) as caught:
        divide(bundle, store)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


PART = st.sampled_from(["train", "dev", "test", "unused"])


@given(st.lists(st.tuples(PART, PART), max_size=12))
def test_the_guard_lets_no_learnt_row_through(pairs):
    learnt, judged = (np.array([pair[side] for pair in pairs], dtype=object) for side in (0, 1))
    leaks = any(
        (asked == "test" and known in ("train", "dev")) or (asked == "dev" and known == "train")
        for known, asked in pairs
    )
    if leaks:
        with pytest.raises(SplitError, match="never learnt from"):
            refuse_learnt(learnt, judged)
    else:
        refuse_learnt(learnt, judged)


def test_fewer_faces_are_drawn_of_each_class():
    labels, rows = [0] * 20 + [1] * 5, np.arange(25)
    kept = at_most(8, rows, labels, seed=1)
    assert (kept < 20).sum() == 8
    assert (kept >= 20).sum() == 5
    assert kept.tolist() == sorted(set(kept.tolist()))
    np.testing.assert_array_equal(kept, at_most(8, rows, labels, seed=1))
    assert at_most(8, rows, labels, seed=2).tolist() != kept.tolist()
    np.testing.assert_array_equal(at_most(None, rows, labels, seed=1), rows)
