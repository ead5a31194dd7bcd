"""A run folder from start to bundle; going on after a stop, and after a kill, bit for bit."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch
import toy_faces
from safetensors.torch import load_file
from toy_faces import write_toy_store

from spooftrace import runs
from spooftrace.config import load_config
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import CheckpointError, ConfigError, DivergedError
from spooftrace.run_folder import RunFolder
from spooftrace.training import checkpoint

CPU = torch.device("cpu")
SETS = [
    "generator.image_size=32",
    "generator.width=0.125",
    "discriminators.width=0.125",
    "batches.pairs=2",
    "training.precision='fp32'",
    "training.iterations=12",
    "training.log_every=2",
    "training.evaluate_every=4",
    "training.checkpoint_every=4",
    "training.images_every=6",
    "augmentation.flip=true",
    "augmentation.noise=5.0",
]


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "toy"
    write_toy_store(path)
    return path


class Stopped(BaseException):
    """What a user's Ctrl-C is to a run."""


def plan(store_path, folder, *more):
    return runs.plan(load_config(sets=[*SETS, *more]), Store.open(store_path), folder)


def execute(plan, *, resume=False, watch=lambda step, values: None):
    return runs.execute(plan, device=CPU, workers=1, resume=resume, watch=watch)


@pytest.fixture(scope="module")
def finished(store_path, tmp_path_factory):
    """A run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    execute(plan(store_path, folder))
    return folder


def tensors(folder):
    return load_file(RunFolder(folder).checkpoint(12))


def equal_runs(left, right) -> bool:
    ours, theirs = tensors(left), tensors(right)
    return ours.keys() == theirs.keys() and all(torch.equal(ours[k], theirs[k]) for k in ours)


def journal(folder):
    lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k != "images_per_second"} for line in lines]


def test_a_finished_run_has_everything(finished) -> None:
    names = {p.name for p in finished.iterdir()}
    assert names == {
        "config.json",
        "journal.jsonl",
        "tensorboard",
        "images",
        "checkpoints",
        "model.onnx",
    }
    assert sorted(p.name for p in (finished / "checkpoints").iterdir()) == [
        "best.safetensors",
        "step-00000008.safetensors",
        "step-00000012.safetensors",
    ]
    logged = [line for line in journal(finished) if "generator/esr" in line]
    assert [line["step"] for line in logged] == [2, 4, 6, 8, 10, 12]
    assert logged[0]["learning_rate"] == 1e-4
    looks = [line for line in journal(finished) if "development/eer" in line]
    assert [line["step"] for line in looks] == [4, 8, 12]
    record = json.loads((finished / "config.json").read_text())
    assert record["store"]["rows"] == {"train": 12, "dev": 6, "test": 6}
    assert record["config"]["losses"]["live_beta"] == 1e4


def test_the_bundle_knows_where_its_threshold_is_from(finished) -> None:
    info = Bundle.load(finished).info
    assert info.threshold is not None
    assert (info.threshold.rule, info.threshold.split) == ("eer", "dev")
    best = checkpoint.peek(RunFolder(finished).best).best
    assert best is not None
    assert info.threshold.value == best["threshold"]
    assert info.alpha_0 == best["alpha_0"]
    assert [m.value for m in info.media] == ["live", "replay"]


def test_resuming_equals_never_stopping(store_path, finished, tmp_path) -> None:
    def stop(step, values):
        if step == 7:  # between two checkpoints, in the middle of a window of the journal
            raise Stopped

    folder = tmp_path / "stopped"
    with pytest.raises(Stopped):
        execute(plan(store_path, folder), watch=stop)
    execute(plan(store_path, folder), resume=True)
    assert equal_runs(finished, folder)
    assert journal(finished) == journal(folder)
    assert checkpoint.peek(RunFolder(folder).best) == checkpoint.peek(RunFolder(finished).best)


@pytest.mark.slow
@pytest.mark.parametrize("kill_after", [1, 5, 9])
def test_killed_with_sigkill_and_resumed_equals_never_killed(
    store_path, finished, tmp_path, kill_after
) -> None:
    folder = tmp_path / "killed"
    sets = [part for s in SETS for part in ("--set", s)]
    command = [sys.executable, "-c", "from spooftrace.cli.main import main; main()"]
    command += ["train", "--store", str(store_path), "--out", str(folder), "--workers", "1", *sets]
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    process = subprocess.Popen(
        command, env=os.environ | threads, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _wait_for_lines(folder / "journal.jsonl", kill_after, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    resumed = subprocess.run(
        [*command, "--resume"], env=os.environ | threads, capture_output=True, check=False
    )
    assert resumed.returncode == 0, resumed.stderr.decode()
    assert equal_runs(finished, folder)
    assert journal(finished) == journal(folder)


def _wait_for_lines(path, count, process) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if path.exists() and len(path.read_text().splitlines()) >= count:
            return
        assert process.poll() is None, process.communicate()[1].decode()
        time.sleep(0.005)
    pytest.fail(f"no {count} lines in {path} within two minutes")


def test_a_folder_with_a_run_is_not_overwritten(store_path, finished) -> None:
    with pytest.raises(ConfigError, match=r"holds a run already.*--resume"):
        execute(plan(store_path, finished))


def test_resuming_with_another_architecture_is_refused(store_path, finished) -> None:
    before = (finished / "config.json").read_bytes()
    with pytest.raises(CheckpointError, match=r"another configuration \(generator"):
        execute(plan(store_path, finished, "generator.width=0.25"), resume=True)
    assert (finished / "config.json").read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        "generator.separate_elements=true",  # the same tensors, another network
        "split.test.database=['camera1']",  # would judge faces that it has learnt from
        "split.dev.clip=['live0', 'spoof0']",
    ],
)
def test_resuming_with_another_split_or_network_is_refused(store_path, finished, change) -> None:
    before = (finished / "config.json").read_bytes()
    with pytest.raises(CheckpointError, match="the run began with another"):
        execute(plan(store_path, finished, change), resume=True)
    assert (finished / "config.json").read_bytes() == before


def test_a_run_without_a_checkpoint_keeps_its_configuration(store_path, tmp_path) -> None:
    def stop(step, values):
        raise Stopped

    made = plan(store_path, tmp_path / "early")
    with pytest.raises(Stopped):
        execute(made, watch=stop)
    assert made.folder.newest() is None
    assert runs.recorded_config(tmp_path / "early") == made.config
    with pytest.raises(ConfigError, match="holds a run already"):
        execute(made)
    made.folder.config.write_text("{")
    with pytest.raises(ConfigError, match="expected the record of a run"):
        runs.recorded_config(tmp_path / "early")
    assert runs.recorded_config(tmp_path / "nothing") is None


def test_resuming_with_another_store_is_refused(finished, tmp_path) -> None:
    other = tmp_path / "other"
    before = toy_faces.PROVENANCE
    toy_faces.PROVENANCE = replace(before, source_fingerprint="e" * 64)
    try:
        toy_faces.write_toy_store(other)
    finally:
        toy_faces.PROVENANCE = before
    with pytest.raises(CheckpointError, match="resume with the same store"):
        execute(plan(other, finished), resume=True)


def test_a_diverging_run_stops_and_keeps_the_last_good_checkpoint(
    store_path, tmp_path, monkeypatch
) -> None:
    from spooftrace.stdn import losses

    calls = 0
    true_loss = losses.pixel_loss

    def broken(predicted, added):
        nonlocal calls
        calls += 1
        return true_loss(predicted, added) * (float("nan") if calls == 6 else 1)

    monkeypatch.setattr(losses, "pixel_loss", broken)
    folder = tmp_path / "diverged"
    with pytest.raises(DivergedError, match=r"iteration 6: .*supervision/pixel nan.*last good"):
        execute(plan(store_path, folder))
    assert RunFolder(folder).newest() == RunFolder(folder).checkpoint(4)
    monkeypatch.setattr(losses, "pixel_loss", true_loss)
    execute(plan(store_path, folder), resume=True)


def test_compiled_networks_keep_the_names_of_their_weights(store_path, tmp_path) -> None:
    made = plan(store_path, tmp_path / "compiled", "training.compile=true")
    run = runs._assemble(made, CPU, workers=1)
    plain = runs._assemble(plan(store_path, tmp_path / "plain"), CPU, workers=1)
    assert run.method.answering._compiled_call_impl is not None
    assert run.method.answering.state_dict().keys() == plain.method.answering.state_dict().keys()
