import json
import sys

import pytest
from toy_faces import write_toy_store
from typer.testing import CliRunner

from spooftrace.cli import main as cli
from spooftrace.errors import BundleError
from spooftrace.labels import Label

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
