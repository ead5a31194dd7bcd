"""The protocols on the full lists of names: clips a fold as published, and nothing shared."""

import numpy as np
import pytest
from database_names import ATTACKS, BY_LAYOUT, lists, small

from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.layouts.named import columns_of
from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation.protocols.checks import check_apart, missing_clips
from spooftrace.evaluation.protocols.official import PROTOCOLS, protocol_named
from spooftrace.evaluation.protocols.splits import SplitConfig, of_present, split_rows

OULU = BY_LAYOUT["oulu-npu"]


@pytest.fixture(scope="module")
def oulu():
    return columns_of(OULU, OULU.names())


def counts(columns, rows):
    labels = np.asarray(columns["label"])[rows]
    return int((labels == 0).sum()), int((labels == 1).sum())


@pytest.mark.parametrize(
    ("number", "folds", "train", "dev", "test"),
    [  # those of bob.db.oulunpu's own tests
        (1, 1, (240, 960), (180, 720), (120, 480)),
        (2, 1, (360, 720), (270, 540), (360, 720)),
        (3, 6, (300, 1200), (225, 900), (60, 240)),
        (4, 6, (200, 400), (150, 300), (20, 40)),
    ],
)
def test_oulu_npu_has_as_many_clips_a_fold_as_published(oulu, number, folds, train, dev, test):
    protocol = PROTOCOLS[f"oulu-npu/{number}"]
    assert len(protocol.folds) == folds
    for fold in protocol.folds:
        splits = fold.divide(oulu)
        found = [counts(oulu, rows) for rows in (splits.train, splits.dev, splits.test)]
        assert found == [train, dev, test]
        check_apart(protocol, fold, oulu, splits)
        assert missing_clips(fold, oulu, ["OULU-NPU"]) == []


def test_oulu_npu_4_judges_what_training_never_saw(oulu):
    fold = PROTOCOLS["oulu-npu/4"].folds[2]
    splits = fold.divide(oulu)

    def seen(rows, name):
        return {oulu[name][row] for row in rows}

    assert fold.name == "phone-3"
    assert seen(splits.test, "device") == {"3"}
    assert seen(splits.test, "session") == {"3"}
    assert seen(splits.train, "device") == {"1", "2", "4", "5", "6"}
    assert seen(splits.train, "session") == seen(splits.dev, "session") == {"1", "2"}
    species = {oulu["attributes"][row]["species"] for row in splits.test}
    assert species == {"live", "print-2", "replay-2"}


def test_missing_clips_are_named():
    names = [name for name in OULU.names() if "1_3_36_" not in name]
    columns = columns_of(OULU, names)
    missing = missing_clips(PROTOCOLS["oulu-npu/1"].folds[0], columns, ["OULU-NPU"])
    assert missing == [f"OULU-NPU 1_3_36_{file}" for file in range(1, 6)]
    # the other phones' folds of protocol 3 train without people of the test part
    folds = PROTOCOLS["oulu-npu/3"].folds
    assert missing_clips(folds[1], columns, ["OULU-NPU"]) == []
    assert missing_clips(folds[0], columns, ["OULU-NPU"]) == missing


def test_a_violated_protocol_names_the_rows(oulu):
    protocol = PROTOCOLS["oulu-npu/1"]
    fold = protocol.folds[0]
    moved = dict(oulu)
    moved["subject"] = [
        "36" if clip == "1_1_01_1" else subject
        for clip, subject in zip(oulu["clip"], oulu["subject"], strict=True)
    ]
    with pytest.raises(SplitError, match=r"no subject of test in train, got OULU-NPU/36 in rows 1"):
        check_apart(protocol, fold, moved, fold.divide(moved))
    session = dict(oulu)
    session["session"] = ["1"] * len(oulu["session"])
    two = PROTOCOLS["oulu-npu/2"]
    check_apart(two, two.folds[0], session, two.folds[0].divide(session))
    with pytest.raises(SplitError, match="expected values that the rows have"):
        fold.divide(session)


def test_copies_of_test_clips_are_refused(oulu):
    protocol = PROTOCOLS["oulu-npu/1"]
    fold = protocol.folds[0]
    columns = dict(oulu)
    columns["content"] = ["1_3_36_1" if clip == "1_1_01_1" else clip for clip in oulu["clip"]]
    with pytest.raises(SplitError, match=r"no picture of the test rows .* got 1_1_01_1; the clips"):
        check_apart(protocol, fold, columns, fold.divide(columns))


def clips_of(tmp_path, layout):
    from database_names import write_names

    jobs = read_source(write_names(tmp_path, layout)).jobs
    return {
        "id": [job.file for job in jobs],
        "label": [int(job.label) for job in jobs],
        "medium": [job.medium.value for job in jobs],
        "database": [job.database for job in jobs],
        "clip": [job.clip for job in jobs],
        "frame": [job.frame for job in jobs],
        "subject": [job.subject for job in jobs],
        "device": [job.device for job in jobs],
        "session": [job.session for job in jobs],
        "attributes": [dict(job.attributes) for job in jobs],
    }


@pytest.mark.parametrize(("layout", "folds"), [("siw-m", 13), ("siw-mv2", 14)])
def test_an_attack_held_out_is_in_no_row_that_learns(tmp_path, layout, folds):
    columns = clips_of(tmp_path, layout)
    protocol = PROTOCOLS[f"{layout}/2"]
    assert len(protocol.folds) == folds
    for fold in protocol.folds:
        splits = fold.divide(columns)
        learnt = {columns["medium"][row] for row in (*splits.train, *splits.dev)}
        judged = {columns["medium"][row] for row in splits.test} - {"live"}
        assert not learnt & judged
        assert len(learnt | judged) == 1 + len(ATTACKS)
        attacks = [columns["clip"][row] for row in splits.test if columns["label"][row]]
        assert len(attacks) == 3 * len(judged)
        live = {columns["clip"][row] for row in splits.test if not columns["label"][row]}
        assert live == {"Live_5", "Live_6"}
        check_apart(protocol, fold, columns, splits)
    pieces = {"siw-m": {"partial_eye", "partial_mouth"}, "siw-mv2": {"partial_mouth"}}[layout]
    assert judged == pieces


def test_protocol_iii_learns_on_the_source_domain(tmp_path):
    columns = clips_of(tmp_path, "siw-mv2")
    for fold in PROTOCOLS["siw-mv2/3"].folds:
        splits = fold.divide(columns)
        learnt = {columns["clip"][row] for row in (*splits.train, *splits.dev)}
        assert learnt == {f"Live_{n}" for n in range(1, 5)} | {
            f"{kind}_{n}" for kind in ("Paper", "Replay") for n in (1, 2, 3)
        }
        assert len(splits.test) == 3


def test_siw_holds_displays_and_media_out(tmp_path):
    columns = clips_of(tmp_path, "siw")
    two, three = PROTOCOLS["siw/2"], PROTOCOLS["siw/3"]
    for number, fold in enumerate(two.folds, 1):
        splits = fold.divide(columns)
        judged = {columns["attributes"][row]["species"] for row in splits.test}
        learnt = {columns["attributes"][row]["species"] for row in (*splits.train, *splits.dev)}
        assert judged == {"live", f"replay-{number}"}
        assert learnt == {"live", *(f"replay-{n}" for n in range(1, 5) if n != number)}
        check_apart(two, fold, columns, splits)
    for fold, learnt in zip(three.folds, ("print", "replay"), strict=True):
        splits = fold.divide(columns)
        assert {columns["medium"][row] for row in splits.train} == {"live", learnt}
        assert learnt not in {columns["medium"][row] for row in splits.test}
    # where the names do not tell, the published counts do
    lacking = missing_clips(three.folds[0], columns, ["SiW"])
    assert lacking[0] == "708 of 714 live training and development clips"


def test_published_clips_of_siw_add_up_to_the_database():
    one = PROTOCOLS["siw/1"].folds[0].clips
    assert sum(one[0]) + sum(one[1]) == 4478
    replays = [fold.clips for fold in PROTOCOLS["siw/2"].folds]
    prints, other = (fold.clips for fold in PROTOCOLS["siw/3"].folds)
    assert sum(clips[1][1] for clips in replays) == prints[1][1]
    assert sum(clips[0][1] for clips in replays) == 3 * other[0][1]
    assert prints[0][1] + other[0][1] == one[0][1]
    assert prints[1][1] + other[1][1] == one[1][1]


def test_ranges_and_labels_in_conditions():
    columns = {
        "id": list("abcdefgh"),
        "label": [0, 0, 0, 1, 1, 1, 0, 1],
        "medium": ["live"] * 3 + ["print", "replay", "print", "live", "replay"],
        "subject": list("12345678"),
        "frame": [0, 59, 60, 0, 59, 60, 5, 6],
        "attributes": [{"split": part} for part in ("train",) * 6 + ("test",) * 2],
    }
    split = SplitConfig(
        train={"frame": ["0..59"], "attributes.split": ["train"]},
        dev={"frame": ["60"], "attributes.split": ["train"]},
        test={"attributes.split": ["test"], "spoof.medium": ["replay"]},
    )
    splits = split_rows(columns, split)
    assert [splits.train.tolist(), splits.dev.tolist()] == [[0, 1, 3, 4], [2, 5]]
    assert splits.test.tolist() == [6, 7]
    with pytest.raises(SplitError, match=r"split\.test\.spoof\.medium: .* got 'mask'"):
        split_rows(columns, SplitConfig(test={"spoof.medium": ["mask"]}))
    with pytest.raises(SplitError, match=r"got '70\.\.80'"):
        split_rows(columns, SplitConfig(test={"frame": ["70..80"]}))
    kept = of_present(columns, SplitConfig(test={"spoof.medium": ["mask", "print"]}))
    assert kept.test == {"spoof.medium": ["print"]}


def test_mcio_keeps_the_target_out(tmp_path):
    parts = [
        clips_of(tmp_path / layout, layout)
        for layout in ("msu-mfsd", "casia-fasd", "replay-attack", "oulu-npu")
    ]
    columns = {name: [value for part in parts for value in part[name]] for name in parts[0]}
    protocol = PROTOCOLS["mcio"]
    assert [fold.name for fold in protocol.folds] == [
        "CIO-to-M",
        "MIO-to-C",
        "MCO-to-I",
        "MCI-to-O",
    ]
    for fold, target in zip(
        protocol.folds, ("MSU-MFSD", "CASIA-FASD", "Replay-Attack", "OULU-NPU"), strict=True
    ):
        splits = fold.divide(columns)
        assert {columns["database"][row] for row in splits.test} == {target}
        assert len(splits.test) == columns["database"].count(target)
        assert target not in {columns["database"][row] for row in (*splits.train, *splits.dev)}
        check_apart(protocol, fold, columns, splits)


def test_names_of_protocols():
    assert protocol_named("cross/siw+oulu-npu/msu-mfsd").folds[0].split.test == {
        "database": ["MSU-MFSD"]
    }
    for wrong, said in (
        ("oulu-npu/5", "did you mean"),
        ("cross/siw/siw", "different databases"),
        ("cross/sew/msu-mfsd", "'sew'"),
    ):
        with pytest.raises(ConfigError, match=said):
            protocol_named(wrong)
    assert lists("oulu-npu") == {}
    assert len(small("oulu-npu")) == 360
