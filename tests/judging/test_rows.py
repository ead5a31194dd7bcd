"""The guard against leakage: no row that a detector learnt from is ever judged."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_sources import record, write_bundle

from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation.protocols.protocol import Fold, Protocol, all_rows_test
from spooftrace.evaluation.protocols.splits import SplitConfig
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
    divided = divide(bundle, other, all_rows_test())
    assert divided.splits.test.tolist() == list(range(40))
    assert divided.notes == ("protocol: all rows, fold all; split: test: every row (40)",)


def test_rows_learnt_from_are_refused_with_their_number(bundle, store):
    with pytest.raises(SplitError, match=r"got 20 of 40 that are train or dev rows.*trained on"):
        divide(bundle, store, all_rows_test())


@pytest.mark.parametrize("protocol", [None, all_rows_test()])
def test_a_moved_bundle_is_not_judged_on_the_store_it_learnt_from(tmp_path, store, protocol):
    moved = write_bundle(tmp_path / "elsewhere" / "copy.onnx")
    with pytest.raises(SplitError, match=r"copy\.onnx: .*got none; which rows it learnt from"):
        divide(moved, store, protocol)
    beside = RunFolder(moved.path.parent)
    beside.config.write_text(record(fingerprint="another").to_json())
    with pytest.raises(SplitError, match="got that of another run"):
        divide(moved, store, protocol)


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


SETS = {name: {"database": [name]} for name in ("set0", "set1", "set2", "set3")}


def folds(*pairs):
    """A protocol with a fold for each pair of development and test source."""
    return Protocol(
        name="sources",
        folds=tuple(
            Fold(name=f"{dev} {test}", split=SplitConfig(dev=SETS[dev], test=SETS[test]))
            for dev, test in pairs
        ),
    )


def test_a_protocol_may_divide_otherwise_what_its_detector_never_learnt_from(bundle, store):
    divided = divide(bundle, store, folds(("set2", "set3")))
    assert divided.splits.dev.tolist() == list(range(20, 30))
    assert divided.splits.test.tolist() == list(range(30, 40))
    assert divided.notes[0].startswith("protocol: sources, fold set2 set3; split: ")


@pytest.mark.parametrize(
    ("dev", "test", "said"),
    [
        ("set2", "set0", "expected test rows .*got 10 of 10 that are train or dev rows"),
        ("set2", "set1", "expected test rows .*got 10 of 10 that are train or dev rows"),
        ("set0", "set3", "expected dev rows .*got 10 of 10 that are train rows"),
    ],
)
def test_a_protocol_is_refused_where_it_judges_what_was_learnt(bundle, store, dev, test, said):
    with pytest.raises(SplitError, match=said):
        divide(bundle, store, folds((dev, test)))


def test_the_fold_is_the_one_that_the_run_was_divided_by(bundle, store, other):
    own = RunFolder(bundle.path.parent)
    content = json.loads(own.config.read_text())
    content["config"]["split"] = {"dev": SETS["set1"], "test": SETS["set3"]}
    own.config.write_text(json.dumps(content))
    several = folds(("set0", "set2"), ("set1", "set3"))
    assert divide(bundle, store, several).splits.test.tolist() == list(range(30, 40))
    assert divide(bundle, other, several, fold="set0 set2").splits.test[0] == 20
    with pytest.raises(ConfigError, match=r"no fold 'set0 set3'; did you mean"):
        divide(bundle, other, several, fold="set0 set3")
    with pytest.raises(ConfigError, match=r"has 2, and .* by none of them; name one: set0 set2"):
        divide(bundle, other, folds(("set0", "set2"), ("set2", "set3")))


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
