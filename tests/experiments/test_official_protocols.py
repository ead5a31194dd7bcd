"""From the folder of a database to the table of its protocol: prepare, train, judge."""

import json

import numpy as np
import pytest
from database_trees import prepared, write_tree
from toy_people import SETS
from typer.testing import CliRunner

from spooftrace.cli.main import app
from spooftrace.config import load_config
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError, SplitError, StoreError
from spooftrace.evaluation.protocols.official import PROTOCOLS, protocol_named
from spooftrace.evaluation.scores import file as score_file
from spooftrace.experiments.protocol import judge_scores, plan, run_fold

OULU = [
    f"{part}_files/1_{session}_{user}_{file}.avi"
    for part, users in (("Train", ("01", "02")), ("Dev", ("21", "22")), ("Test", ("36", "37")))
    for user in users
    for session in (1, 3)
    for file in range(1, 6)
]
"""Two people a part, one phone, two sessions."""


@pytest.fixture(scope="module")
def oulu(tmp_path_factory):
    root = tmp_path_factory.mktemp("given")
    return prepared(write_tree(root / "OULU", "oulu-npu", OULU), root / "store")


@pytest.fixture(scope="module")
def config():
    return load_config(sets=SETS)


@pytest.fixture(scope="module")
def finished(oulu, tmp_path_factory):
    """The command, on a store that lacks most clips."""
    out = tmp_path_factory.mktemp("protocol")
    sets = [word for each in SETS for word in ("--set", each)]
    asked = ["protocol", "oulu-npu/1", "--store", oulu.path, "--out", str(out), *sets]
    return out, CliRunner().invoke(app, [*asked, "--incomplete", "--device", "cpu"])


def test_a_store_that_lacks_clips_is_refused(oulu, config, tmp_path):
    with pytest.raises(SplitError, match=r"lacks 2670 of its clips \(OULU-NPU 1_2_01_1, "):
        plan(PROTOCOLS["oulu-npu/1"], config, oulu, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_prints_the_papers_table_with_the_users_row(finished):
    out, ended = finished
    assert ended.exit_code == 0, ended.output
    record = json.loads((out / "oulu-npu-1.json").read_text())
    folds, published = record["tables"]
    fold = record["folds"]["all"]
    assert fold["clips"] == {"live": 2, "attack": 8}
    assert len(fold["missing"]) == 2670
    assert [row[0] for row in published["rows"][:4]] == [
        f"{name} (published)" for name in ("STASN", "Auxiliary", "DeSpooF", "STDN")
    ]
    acer = fold["figures"]["acer"]["mean"]
    assert published["rows"][-1][0] == "measured here (incomplete)"
    assert published["rows"][-1][3] == f"{100 * acer:.1f}"
    assert all(cell.endswith("(incomplete)") for cell in folds["rows"][0][1:-1])
    assert record["warnings"][0].startswith("INCOMPLETE")


def test_the_figures_are_those_of_the_clips_scores(finished):
    out, _ = finished
    table = score_file.read_scores(out / "scores/all.csv")
    assert sorted(set(table.split.tolist())) == ["dev", "test"]
    fold = json.loads((out / "oulu-npu-1.json").read_text())["folds"]["all"]
    test = table.rows(table.split == "test")
    live = test.score[~test.is_attack] >= fold["threshold"]["value"]
    assert fold["figures"]["bpcer"]["mean"] == live.mean()
    passing = {
        name: np.mean(test.score[rows] < fold["threshold"]["value"])
        for name, rows in test.species().items()
    }
    worst = max(passing.values())
    assert fold["figures"]["acer"]["mean"] == pytest.approx((worst + live.mean()) / 2)
    assert fold["threshold"]["split"] == "dev"


def test_anybodys_scores_are_judged_without_training(finished, tmp_path):
    out, _ = finished
    ended = CliRunner().invoke(
        app, ["protocol", "oulu-npu/1", "--scores", str(out / "scores"), "--out", str(tmp_path)]
    )
    assert ended.exit_code == 0, ended.output
    ours, theirs = (
        json.loads((folder / "oulu-npu-1.json").read_text())["folds"]["all"]
        for folder in (out, tmp_path)
    )
    assert theirs["figures"] == ours["figures"]
    with pytest.raises(ConfigError, match=r"found no .*phone-1\.csv"):
        judge_scores(PROTOCOLS["oulu-npu/3"], out / "scores")


def test_a_finished_fold_is_not_run_again(finished, oulu, config, resources):
    out, _ = finished
    before = (out / "scores/all.csv").stat().st_mtime_ns
    (planned,) = plan(PROTOCOLS["oulu-npu/1"], config, oulu, out, incomplete=True)
    run_fold(planned, resources)
    assert (out / "scores/all.csv").stat().st_mtime_ns == before


def test_folds_one_by_one_and_collected(oulu, config, tmp_path, resources):
    two = tmp_path / "given"
    names = [name.replace("/1_", "/2_") for name in OULU]
    other = prepared(write_tree(two, "oulu-npu", names), tmp_path / "store")
    both = Store.union([oulu, other])
    protocol = PROTOCOLS["oulu-npu/3"]
    for fold in ("phone-2", "phone-1"):
        (planned,) = plan(protocol, config, both, tmp_path / "out", folds=[fold], incomplete=True)
        assert len(planned.splits.test) == 20
        run_fold(planned, resources)
    scores = [score_file.read_scores(tmp_path / f"out/scores/phone-{n}.csv") for n in (1, 2)]
    for number, table in enumerate(scores, 1):
        clips = table.clip[table.split == "test"]
        assert all(clip.startswith(f"{number}_") for clip in clips)
    with pytest.raises(ConfigError, match=r"found no .*phone-3\.csv"):
        judge_scores(protocol, tmp_path / "out/scores")


def test_stores_with_a_face_in_common_do_not_join(oulu):
    with pytest.raises(StoreError, match="each face once, got OULU-NPU/"):
        Store.union([oulu, oulu])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layout", "names"),
    [
        ("siw", ["siw/1", "siw/2", "siw/3"]),
        ("siw-m", ["siw-m/1"]),
        ("siw-mv2", ["siw-mv2/1", "siw-mv2/3"]),
        ("casia-fasd", ["cross/casia-fasd/msu-mfsd"]),
        ("replay-attack", ["cross/replay-attack/msu-mfsd"]),
        ("replay-mobile", ["cross/replay-mobile/msu-mfsd"]),
        ("celeba-spoof", ["cross/celeba-spoof/msu-mfsd"]),
        ("nuaa", ["cross/nuaa/msu-mfsd"]),
    ],
)
def test_the_whole_way_on_every_database(layout, names, config, tmp_path, resources):
    store = prepared(write_tree(tmp_path / "given", layout), tmp_path / "store")
    if names[0].startswith("cross/"):
        other = prepared(write_tree(tmp_path / "msu", "msu-mfsd"), tmp_path / "msu-store")
        store = Store.union([store, other])
    for name in names:
        protocol, out = protocol_named(name), tmp_path / name
        planned = plan(protocol, config, store, out, incomplete=True)
        for each in planned:
            run_fold(each, resources)
        results = judge_scores(protocol, out / "scores", {e.fold.name: e.lacking for e in planned})
        assert set(results.data["folds"]) == {fold.name for fold in protocol.folds}
        for each in planned:
            judged = results.data["folds"][each.fold.name]["clips"]
            assert sum(judged.values()) == len(each.splits.test)
        assert len({each.trial.plan.folder.path for each in planned}) == (
            1 if name == "siw-mv2/3" else len(planned)
        )
