"""The attack held out is in no row that trains or chooses; finished folds are not run again."""

import json

import numpy as np
import pytest
from toy_people import SETS, write_people

from spooftrace.config import load_config
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation.estimates.rate import ACER, AUC, BPCER, EER, POOLED_APCER, WORST_APCER
from spooftrace.experiments import trials
from spooftrace.experiments.leave_one_out import judge, plan_folds, run_folds
from spooftrace.experiments.results import write_results
from spooftrace.experiments.trials import run_trial
from spooftrace.labels import Medium
from spooftrace.metrics.ranking import auc, equal_error_rate

ATTACKS = ["print", "replay", "paper_mask"]


@pytest.fixture(scope="module")
def config():
    return load_config(sets=SETS)


@pytest.fixture(scope="module")
def finished(config, people, tmp_path_factory):
    """Folder, folds and results of an experiment that nothing interrupted."""
    import torch

    folder = tmp_path_factory.mktemp("folds")
    folds = plan_folds(config, people, folder)
    resources = trials.Resources(device=torch.device("cpu"), workers=1, watch=lambda *_: None)
    return folder, folds, run_folds(folds, resources)


def test_the_attack_held_out_neither_trains_nor_chooses(config, people, tmp_path) -> None:
    columns = people.columns()
    folds = plan_folds(config, people, tmp_path)
    assert [fold.medium for fold in folds] == ATTACKS
    for fold in folds:
        splits = fold.trial.plan.splits
        seen = {columns["medium"][row] for row in (*splits.train, *splits.dev)}
        assert seen == {"live", *ATTACKS} - {fold.medium}
        assert {columns["medium"][row] for row in splits.unused} == {fold.medium}
        assert fold.medium in {columns["medium"][row] for row in splits.test}
        everything = np.concatenate([splits.train, splits.dev, splits.test, splits.unused])
        assert sorted(everything) == list(range(len(people)))


def test_every_fold_has_the_same_people_in_the_same_parts(config, people, tmp_path) -> None:
    subjects = people.columns()["subject"]
    parts = [
        {
            name: {subjects[row] for row in getattr(fold.trial.plan.splits, name)}
            for name in ("train", "dev", "test")
        }
        for fold in plan_folds(config, people, tmp_path)
    ]
    assert parts[0] == parts[1] == parts[2]
    assert not parts[0]["train"] & parts[0]["test"]
    assert not parts[0]["dev"] & (parts[0]["test"] | parts[0]["train"])


def test_only_live_faces_and_the_unknown_attack_are_judged(finished, resources) -> None:
    _, folds, results = finished
    fold = folds[1]
    outcome = run_trial(fold.trial, resources)
    figures = judge(outcome, "replay").by_rate
    replay = outcome.table.rows(outcome.table.medium == "replay")
    live = outcome.table.rows(outcome.table.medium == "live")
    missed = np.mean(replay.score < outcome.threshold.value)
    refused = np.mean(live.score >= outcome.threshold.value)
    assert results.data["attacks"]["replay"]["rows"] == {"live": len(live), "attacks": len(replay)}
    assert figures[WORST_APCER].mean == figures[POOLED_APCER].mean == missed
    assert figures[BPCER].mean == refused
    assert figures[ACER].mean == (missed + refused) / 2
    assert figures[EER].mean == equal_error_rate(replay.score, live.score).rate
    assert figures[AUC].mean == pytest.approx(auc(replay.score, live.score))
    column = 1 + ATTACKS.index("replay")
    shown = {row[0]: row[column] for row in results.document.tables[0].rows}
    assert shown["APCER"] == f"{100 * missed:.1f}"
    assert shown["ACER"] == f"{50 * (missed + refused):.1f}"


def test_the_threshold_and_the_media_are_those_of_the_known_attacks(finished, resources) -> None:
    folder, folds, _ = finished
    for fold in folds:
        outcome = run_trial(fold.trial, resources)
        assert (outcome.threshold.split, outcome.threshold.rule) == ("dev", "eer")
        record = json.loads((folder / fold.medium / "config.json").read_text())
        assert record["config"]["split"]["unseen"] == {"medium": [fold.medium]}
        assert record["config"]["split"]["group"] == "subject"
        assert fold.medium not in record["store"]["media"]


def test_average_is_the_mean_of_the_columns(finished) -> None:
    _, _, results = finished
    average = results.data["average"]["eer"]
    values = [results.data["attacks"][medium]["figures"]["eer"]["mean"] for medium in ATTACKS]
    assert average["mean"] == pytest.approx(np.mean(values))
    assert average["deviation"] == pytest.approx(np.std(values, ddof=1))


def test_finished_folds_are_read_not_run(config, people, finished, resources, monkeypatch) -> None:
    folder, _, results = finished
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def refuse(*_, **__):
        raise AssertionError("trained again")

    monkeypatch.setattr(trials.runs, "execute", refuse)
    again = run_folds(plan_folds(config, people, folder), resources)
    assert again == results
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_unfinished_fold_goes_on(config, people, finished, tmp_path) -> None:
    import torch

    class Stopped(BaseException):
        pass

    def stop(name, done, iterations):
        if name == "without replay" and done == 3:
            raise Stopped

    folds = plan_folds(config, people, tmp_path)
    cpu = torch.device("cpu")
    with pytest.raises(Stopped):
        run_folds(folds, trials.Resources(device=cpu, workers=1, watch=stop))
    assert (tmp_path / "print" / "scores.csv").exists()
    assert not (tmp_path / "replay" / "scores.csv").exists()
    run_folds(folds, trials.Resources(device=cpu, workers=1, watch=lambda *_: None))
    for medium in ATTACKS:
        ours, theirs = tmp_path / medium / "scores.csv", finished[0] / medium / "scores.csv"
        assert ours.read_bytes() == theirs.read_bytes()


def test_another_configuration_in_the_folder_is_refused(finished, people) -> None:
    other = load_config(sets=[*SETS, "training.learning_rate=5e-4"])
    with pytest.raises(ConfigError, match=r"print: holds a run of another configuration"):
        plan_folds(other, people, finished[0])


def test_an_unknown_medium_is_refused(config, people, tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"--media: .*got 'reply'; did you mean 'replay'\?"):
        plan_folds(config, people, tmp_path, media=["reply"])
    with pytest.raises(ConfigError, match="each name once"):
        plan_folds(config, people, tmp_path, media=["print", "print"])


def test_a_store_without_people_is_refused(config, tmp_path) -> None:
    write_people(tmp_path / "store", people=6, subject=False)
    with pytest.raises(SplitError, match="subject"):
        plan_folds(config, Store.open(tmp_path / "store"), tmp_path / "out")


def test_too_few_people_are_refused(config, tmp_path) -> None:
    write_people(tmp_path / "store", people=2)
    with pytest.raises(SplitError, match=r"at least 3 groups.*subject: 2 with live"):
        plan_folds(config, Store.open(tmp_path / "store"), tmp_path / "out")


def test_people_on_both_sides_are_refused(config, tmp_path) -> None:
    """Clips that state their split may share people."""
    write_people(tmp_path / "a", people=9, split=lambda n: ("train", "dev", "test")[n % 3])
    assert plan_folds(config, Store.open(tmp_path / "a"), tmp_path / "out")
    by_clip = load_config(sets=[*SETS, "split.group=clip"])
    write_people(tmp_path / "b", people=6, shots=4)
    with pytest.raises(SplitError, match="different people in train and dev"):
        plan_folds(by_clip, Store.open(tmp_path / "b"), tmp_path / "out")


def test_a_single_attack_cannot_be_left_out(config, tmp_path) -> None:
    write_people(tmp_path / "store", people=9, media=(Medium.LIVE, Medium.PRINT))
    with pytest.raises(SplitError, match="two media or more, got print"):
        plan_folds(config, Store.open(tmp_path / "store"), tmp_path / "out")


def test_results_are_written_in_three_forms(finished, tmp_path) -> None:
    _, _, results = finished
    write_results(tmp_path, results)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "leave-one-out.json",
        "leave-one-out.md",
        "tables",
    ]
    lines = (tmp_path / "tables" / "leave-one-out.csv").read_text().splitlines()
    assert lines[0] == "figure,print,replay,paper_mask,average"
    assert [line.split(",")[0] for line in lines[1:]] == [
        "APCER", "BPCER", "ACER", "EER", "TDR@FDR=0.5%", "AUC",
    ]  # fmt: skip
    document = json.loads((tmp_path / "leave-one-out.json").read_text())
    assert document["experiment"] == "leave-one-out"
    assert "| paper_mask |" in " ".join((tmp_path / "leave-one-out.md").read_text().split())
