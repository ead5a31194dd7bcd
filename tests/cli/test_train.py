import json
import sys

import pytest
from toy_faces import PROVENANCE, mean_vertices, toy_face, write_toy_store
from typer.testing import CliRunner

from spooftrace.cli import main as cli
from spooftrace.data.sample import FaceSample
from spooftrace.data.store.writer import StoreWriter
from spooftrace.errors import BundleError, StoreError
from spooftrace.labels import Label, Medium

SETS = [
    part
    for setting in (
        "generator.image_size=32",
        "generator.width=0.125",
        "discriminators.width=0.125",
        "batches.pairs=2",
        "training.iterations=4",
        "training.log_every=2",
        "training.evaluate_every=2",
        "training.checkpoint_every=2",
    )
    for part in ("--set", setting)
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "toy"
    write_toy_store(path)
    return path


def call(*arguments):
    return CliRunner().invoke(cli.app, [str(a) for a in arguments], catch_exceptions=False)


def exit_code_and_error(monkeypatch, capsys, *arguments):
    """As a shell sees it."""
    monkeypatch.setattr(sys, "argv", ["spooftrace", *(str(a) for a in arguments)])
    with pytest.raises(SystemExit) as exit_info:
        cli.main()
    return exit_info.value.code, capsys.readouterr().err


def test_train_export_and_resume(store, tmp_path) -> None:
    run = tmp_path / "run"
    result = call("train", "--store", store, "--out", run, *SETS)
    assert result.exit_code == 0
    assert "12 faces to train on, 6 for development, 6 put aside" in result.output
    assert "no --preset: these are the paper's own numbers" in result.output
    assert "best on the development split: iteration" in result.output
    assert (run / "model.onnx").is_file()
    with pytest.raises(BundleError, match="cannot write there"):
        call("export", run, "--out", "/dev/null/model.onnx")
    exported = call("export", run, "--out", tmp_path / "copy.onnx")
    assert exported.exit_code == 0
    assert "16 faces compared with torch" in exported.output
    assert " decisions equal" in exported.output  # how many are clear of the threshold depends
    longer = call(
        "train", "--store", store, "--out", run, "--resume", "--set", "training.iterations=6"
    )
    assert longer.exit_code == 0
    assert json.loads((run / "journal.jsonl").read_text().splitlines()[-1])["step"] == 6
    # The run's own configuration, not the defaults, is what went on.
    assert json.loads((run / "config.json").read_text())["config"]["generator"]["image_size"] == 32


def test_dry_run_prints_the_resolved_configuration_and_writes_nothing(store, tmp_path) -> None:
    result = call("train", "--store", store, "--out", tmp_path / "run", *SETS, "--dry-run")
    assert result.exit_code == 0
    assert json.loads(result.output)["config"]["losses"]["live_beta"] == 1e4
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "tinny"], "did you mean 'tiny'"),
        (["--set", "training.iteration=3"], "did you mean 'iterations'"),
        (["--device", "quantum"], "--device: expected auto, cpu, cuda"),
        (["--device", "meta"], "--device: expected auto, cpu, cuda"),
        (["--out", "/dev/null/run", *SETS], "cannot write there"),
    ],
)
def test_errors_are_one_line_and_exit_code_1(
    store, tmp_path, monkeypatch, capsys, arguments, message
) -> None:
    code, error = exit_code_and_error(
        monkeypatch, capsys, "train", "--store", store, "--out", tmp_path / "run", *arguments
    )
    assert code == 1
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert message in error


def test_a_missing_store_and_a_missing_run(tmp_path, monkeypatch, capsys) -> None:
    code, error = exit_code_and_error(
        monkeypatch, capsys, "train", "--store", tmp_path / "no", "--out", tmp_path / "run"
    )
    assert code == 1
    assert "no" in error
    code, error = exit_code_and_error(monkeypatch, capsys, "export", tmp_path / "no")
    assert code == 1
    assert "best.safetensors: expected a checkpoint, found no such file" in error


def test_a_store_of_one_class_is_refused(tmp_path, monkeypatch, capsys) -> None:
    write_toy_store(tmp_path / "live", labels=[Label.LIVE])
    code, error = exit_code_and_error(
        monkeypatch, capsys, "train", "--store", tmp_path / "live", "--out", tmp_path / "run"
    )
    assert code == 1
    assert "spoof" in error


def test_without_torch_the_command_says_what_to_install(
    store, tmp_path, monkeypatch, capsys
) -> None:
    from spooftrace.cli import extras

    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "torch" else object())
    code, error = exit_code_and_error(
        monkeypatch, capsys, "train", "--store", store, "--out", tmp_path / "run"
    )
    assert code == 1
    assert (
        "train needs the extra 'train', of which torch is not installed; in the checkout" in error
    )


def test_help_lists_every_preset() -> None:
    from spooftrace.config import presets

    shown = call("train", "--help").output
    assert "demo" in presets()
    assert [name for name in presets() if name not in shown] == []


def test_wrong_usage_is_exit_code_2() -> None:
    assert call("train").exit_code == 2


def test_version() -> None:
    from spooftrace.version import __version__

    assert call("--version").output.strip() == f"spooftrace {__version__}"


def write_other(path):
    """Four faces of another database, the first of which is a copy of one that trains."""
    with StoreWriter(path, PROVENANCE) as writer:
        for label, medium in ((Label.LIVE, Medium.LIVE), (Label.SPOOF, Medium.REPLAY)):
            for number in (0, 100):
                is_copy = label is Label.LIVE and number == 0
                writer.append(
                    FaceSample(
                        id=f"other/{label.name}{number}",
                        image=toy_face(number, label) if is_copy else toy_face(number + 50, label),
                        vertices=mean_vertices(),
                        label=label,
                        medium=medium,
                        database="other",
                    )
                )


def test_several_stores_are_one_and_a_copy_in_the_test_does_not_train(store, tmp_path):
    write_other(tmp_path / "other")
    words = ["train", "--store", store, "--out", tmp_path / "run", *SETS, "--dry-run"]
    alone = json.loads(call(*words).output)["store"]["rows"]
    held_out = ["--store", tmp_path / "other", "--set", 'split.test.database=["other"]']
    both = json.loads(call(*words, *held_out).output)["store"]
    assert both["source"] == "toy + toy"
    # Of the toys a half trains, a quarter is development; here the stated test trains as well.
    assert alone == {"train": 12, "dev": 6, "test": 6}
    assert both["rows"] == {"train": 12 + 6 - 1, "dev": 6, "test": 4}
    assert both["fingerprint"] != json.loads(call(*words).output)["store"]["fingerprint"]


def test_the_same_store_twice_is_refused(store, tmp_path):
    words = ["train", "--store", store, "--store", store, "--out", tmp_path, *SETS, "--dry-run"]
    with pytest.raises(StoreError, match="expected each face once, got toy/live0 in two stores"):
        call(*words)
