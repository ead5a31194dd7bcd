import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation.protocols.splits import SplitConfig, split_rows

# live, spoof and stated split of each source, as six recordings in two stated parts have them
SIX_SOURCES = {
    "set1": (266, 340, "train"),
    "set2": (99, 98, "train"),
    "set3": (44, 50, "train"),
    "set4": (31, 30, "train"),
    "set5": (68, 95, "test"),
    "set6": (71, 69, "test"),
}


def columns(rows):
    """Columns from (label, database, clip, subject, stated split) rows."""
    label, database, clip, subject, stated = zip(*rows, strict=True)
    return {
        "id": [f"face{number}" for number in range(len(rows))],
        "label": list(label),
        "database": list(database),
        "clip": list(clip),
        "subject": list(subject),
        "attributes": [{} if name is None else {"split": name} for name in stated],
    }


def six_sources():
    rows = [
        (label, name, None, None, split)
        for name, (*counts, split) in SIX_SOURCES.items()
        for label, count in enumerate(counts)
        for _ in range(count)
    ]
    return columns(rows)


def labels_of(table, rows):
    return sorted({table["label"][row] for row in rows})


def databases_of(table, rows):
    return {table["database"][row] for row in rows}


def check_partition(table, splits):
    together = np.concatenate([splits.train, splits.dev, splits.test])
    assert sorted(together) == list(range(len(table["label"])))
    for part in (splits.train, splits.dev, splits.test):
        assert labels_of(table, part) == [0, 1]
        assert part.tolist() == sorted(part)


def test_stated_test_rows_and_a_development_part_of_whole_sources():
    table = six_sources()
    splits = split_rows(table)
    check_partition(table, splits)
    assert databases_of(table, splits.test) == {"set5", "set6"}
    dev, train = databases_of(table, splits.dev), databases_of(table, splits.train)
    assert not dev & train
    assert dev | train == {"set1", "set2", "set3", "set4"}
    share = len(splits.dev) / (len(splits.dev) + len(splits.train))
    assert 0.1 < share < 0.3
    assert "held out" in splits.description
    assert "whole by database" in splits.description
    assert all(name in splits.description for name in dev)
    assert "test: 139 live, 164 spoof (as stated)" in splits.description


def test_names_of_every_row():
    table = six_sources()
    splits = split_rows(table)
    names = splits.names()
    assert (np.flatnonzero(names == "dev") == splits.dev).all()
    assert (np.flatnonzero(names == "test") == splits.test).all()
    assert (np.flatnonzero(names == "train") == splits.train).all()


def test_the_development_part_can_be_named():
    table = six_sources()
    splits = split_rows(table, SplitConfig(dev={"database": ["set4"]}))
    assert databases_of(table, splits.dev) == {"set4"}
    assert len(splits.dev) == 61
    assert "dev: 31 live, 30 spoof (as configured)" in splits.description


def test_test_rows_can_be_named_and_every_column_must_match():
    table = six_sources()
    wanted = {"database": ["set5", "set6", "set1"], "attributes.split": ["test"]}
    splits = split_rows(table, SplitConfig(test=wanted))
    assert databases_of(table, splits.test) == {"set5", "set6"}


def test_named_development_rows_that_are_test_stay_test():
    table = six_sources()
    splits = split_rows(table, SplitConfig(dev={"database": ["set4", "set5"]}))
    assert databases_of(table, splits.dev) == {"set4"}


@pytest.mark.parametrize("word", ["dev", "val", "Devel", "validation"])
def test_stated_development_rows(word):
    rows = [
        (label, "d", None, None, split) for split in ("train", word, "TEST") for label in (0, 1)
    ]
    splits = split_rows(columns(rows))
    assert (splits.train.tolist(), splits.dev.tolist(), splits.test.tolist()) == (
        [0, 1],
        [2, 3],
        [4, 5],
    )


def test_nothing_stated_holds_out_test_and_development():
    rows = [(label, "d", f"clip{n}", None, None) for n in range(20) for label in (0, 1)]
    table = columns(rows)
    splits = split_rows(table)
    check_partition(table, splits)
    assert [len(splits.test), len(splits.dev)] == pytest.approx([8, 8], abs=2)
    assert splits.description.count("held out, ") == 2
    assert "whole by clip" in splits.description
    assert "picture by picture" not in splits.description


def test_a_store_without_attributes_is_one_without_statements():
    rows = [(label, f"d{n}", None, None, None) for n in range(5) for label in (0, 1)]
    table = columns(rows)
    del table["attributes"]
    check_partition(table, split_rows(table))


def test_people_are_kept_whole_before_clips():
    rows = [
        (label, "d", f"clip{person}{label}", f"person{person}", None)
        for person in range(12)
        for label in (0, 1)
    ]
    table = columns(rows)
    splits = split_rows(table)
    sides = [
        {table["subject"][row] for row in part} for part in (splits.train, splits.dev, splits.test)
    ]
    assert sum(map(len, sides)) == 12
    assert "whole by subject" in splits.description


def test_unknown_people_are_passed_over_for_clips():
    rows = [
        (label, "d", f"clip{n}", None if n == 0 else f"person{n}", None)
        for n in range(12)
        for label in (0, 1)
    ]
    assert "whole by clip" in split_rows(columns(rows)).description


def test_single_pictures_are_clips_of_their_own():
    rows = [(n % 2, "d", None, None, None) for n in range(40)]
    table = columns(rows)
    splits = split_rows(table)
    check_partition(table, splits)
    assert len(splits.test) == 8
    assert splits.description.count("held out, picture by picture (") == 2
    assert "picture by picture (8 of 8 rows state no clip)" in splits.description


def test_an_unknown_word_for_a_split_is_refused():
    known = [
        (label, "d", None, None, split) for split in ("train", "dev", "test") for label in (0, 1)
    ]
    table = columns([*known, (0, "e", None, None, "tset"), (1, "e", None, None, "tset")])
    said = message(table)
    assert "got 'tset' on 2 rows" in said
    assert "expected attributes.split to be train, dev or test" in said
    named = SplitConfig(test={"attributes.split": ["tset"]})
    assert split_rows(table, named).test.tolist() == [6, 7]


def test_equal_names_in_two_databases_are_two_groups():
    rows = [(label, f"d{n % 2}", "clip1", f"{n // 2}", None) for n in range(12) for label in (0, 1)]
    table = columns(rows)
    splits = split_rows(table, SplitConfig(group="subject"))
    held = {(table["database"][row], table["subject"][row]) for row in splits.test}
    assert all(f"{database}/{subject}" in splits.description for database, subject in held)


def test_the_group_can_be_chosen():
    table = six_sources() | {"device": ["phone", "webcam", "tablet"] * 420 + ["phone"]}
    splits = split_rows(table, SplitConfig(group="device"))
    assert "whole by device" in splits.description


def test_the_order_of_the_rows_does_not_matter():
    table = six_sources()
    order = list(range(len(table["label"])))
    random.Random(0).shuffle(order)
    shuffled = {name: [values[at] for at in order] for name, values in table.items()}
    before = {table["id"][row] for row in split_rows(table).dev}
    after = {shuffled["id"][row] for row in split_rows(shuffled).dev}
    assert before == after


faces = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([None, "c1", "c2", "c3"]),
    st.sampled_from([None, "p1", "p2", "p3", "p4"]),
    st.sampled_from([None, None, "train", "test", "val"]),
)


@settings(max_examples=300)
@given(
    rows=st.lists(faces, min_size=1, max_size=60),
    share=st.sampled_from([0.05, 0.2, 0.5, 0.9]),
    group=st.sampled_from([None, None, "database", "subject", "clip"]),
)
def test_whatever_the_rows_the_parts_are_whole_or_it_is_an_error(rows, share, group):
    table, config = columns(rows), SplitConfig(dev_share=share, group=group)
    try:
        splits = split_rows(table, config)
    except SplitError as error:
        said = str(error)
    else:
        said = None
    if said is not None:
        assert said.startswith("split: expected")
        return
    check_partition(table, splits)
    assert (splits.names() == split_rows(table, config).names()).all()
    stated_dev = {row for row, face in enumerate(rows) if face[4] == "val"}
    if not stated_dev:  # a derived part: what it was grouped by lies on one side of it
        level = splits.description.split("whole by ")[-1].split(":")[0]
        whole = {
            "database": lambda row: rows[row][1],
            "subject": lambda row: (rows[row][1], rows[row][3]),
            "clip": lambda row: (rows[row][1], rows[row][2] or row),
        }[level]
        assert not {whole(r) for r in splits.dev} & {whole(r) for r in splits.train}


def message(table, config=None):
    with pytest.raises(SplitError) as caught:
        split_rows(table, config)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_class_missing_from_a_part_is_named():
    rows = [(n % 2, "d", None, None, "train") for n in range(8)] + [
        (1, "d", None, None, "test")
    ] * 3
    said = message(columns(rows))
    assert "got 0 live and 3 spoof in test (as stated)" in said
    assert "change split.dev, split.test or split.group" in said


def test_too_few_groups_are_explained_level_by_level():
    rows = [(label, "d", "clip", "person", None) for label in (0, 1)] * 5
    said = message(columns(rows))
    assert "at least 3 groups of each class" in said
    assert "database: 1 with live and 1 with spoof rows" in said
    assert "subject: 1 with live" in said
    assert "state the split (attributes.split, split.dev, split.test)" in said


def test_unknown_columns_and_values():
    table = six_sources()
    assert "split.dev.camera: expected a column (" in message(
        table, SplitConfig(dev={"camera": ["1"]})
    )
    assert "split.test.database: expected values that the rows have (set1, set2" in message(
        table, SplitConfig(test={"database": ["set9"]})
    )
    assert "'set9'" in message(table, SplitConfig(test={"database": ["set5", "set9"]}))
    assert "camera: no such column" in message(table, SplitConfig(group="camera"))
    assert "attributes.age: unknown for 958 of 958 rows" in message(
        table, SplitConfig(group="attributes.age")
    )


def test_configured_rows_that_do_not_exist_together_are_not_made_up():
    table = six_sources()
    wanted = {"database": ["set1"], "attributes.split": ["test"]}
    assert "got 0 live and 0 spoof in test (as configured)" in message(
        table, SplitConfig(test=wanted)
    )


def test_empty_stores():
    assert "expected rows, got none" in message({"label": []})
    assert "expected a column label, got none" in message({})


def test_configuration_values():
    for share in (0.0, 1.0, -1.0):
        with pytest.raises(ConfigError, match=r"split\.dev_share: expected a share in \(0, 1\)"):
            SplitConfig(dev_share=share)
    with pytest.raises(ConfigError, match=r"split\.dev\.database: expected at least one value"):
        SplitConfig(dev={"database": []})


def test_configuration_from_json():
    adapter = TypeAdapter(SplitConfig)
    config = SplitConfig(dev={"database": ["set4"]}, dev_share=0.3, group="clip")
    written = json.dumps(adapter.dump_python(config))
    assert adapter.validate_json(written) == config
    with pytest.raises(ValidationError):
        adapter.validate_json('{"development": {}}')


def test_unseen_rows_leave_training_and_development_but_not_the_test() -> None:
    media = ["live", "print", "replay"] * 9
    columns = {
        "label": [0, 1, 1] * 9,
        "medium": media,
        "subject": [f"p{n // 3}" for n in range(27)],
    }
    plain = split_rows(columns, SplitConfig(group="subject"))
    held = split_rows(columns, SplitConfig(group="subject", unseen={"medium": ["print"]}))
    assert plain.unused.size == 0
    assert held.test.tolist() == plain.test.tolist()
    prints = {row for row in range(27) if media[row] == "print"}
    assert set(held.train) == set(plain.train) - prints
    assert set(held.dev) == set(plain.dev) - prints
    assert set(held.unused) == prints - set(plain.test)
    assert held.names()[held.unused].tolist() == ["unused"] * held.unused.size
    assert "(unseen medium print)" in held.description
    with pytest.raises(
        SplitError, match=r"split.unseen.medium: expected values that the rows have"
    ):
        split_rows(columns, SplitConfig(unseen={"medium": ["mask"]}))


def with_content(changes):
    """Two live and two spoof rows a part, of different pictures but for the `changes`."""
    parts = ("train", "dev", "test")
    rows = [(label, "d", None, None, part) for part in parts for label in (0, 1) for _ in range(2)]
    content = {row: f"picture{row}" for row in range(len(rows))} | changes
    return columns(rows) | {"content": list(content.values())}


def test_the_same_picture_is_never_in_two_parts():
    """Copies of test pictures leave train and dev, copies of dev pictures leave train."""
    copies = {0: "picture8", 2: "picture6", 5: "picture9"}
    splits = split_rows(with_content(copies))
    assert splits.train.tolist() == [1, 3]
    assert splits.dev.tolist() == [4, 6, 7]
    assert splits.test.tolist() == [8, 9, 10, 11]
    assert splits.unused.tolist() == [0, 2, 5]
    assert splits.description.endswith(
        "unused: 2 live, 1 spoof (3 whose very picture is in a later part)"
    )


def test_copies_within_a_part_stay():
    splits = split_rows(with_content({0: "picture1", 10: "picture11"}))
    assert [part.size for part in (splits.train, splits.dev, splits.test)] == [4, 4, 4]
    assert splits.unused.size == 0
    assert "unused" not in splits.description


def test_a_part_of_copies_alone_is_refused():
    with pytest.raises(SplitError, match="got 0 live and 2 spoof in train"):
        split_rows(with_content({0: "picture8", 1: "picture8"}))


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12))
def test_whatever_is_copied_parts_share_no_picture(pictures):
    table = with_content(dict(enumerate(pictures)))
    try:
        splits = split_rows(table)
    except SplitError:
        return
    train, dev, test = (
        {pictures[row] for row in rows} for rows in (splits.train, splits.dev, splits.test)
    )
    assert not train & dev
    assert not (train | dev) & test
    assert splits.test.size == 4
