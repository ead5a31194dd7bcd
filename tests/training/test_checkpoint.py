import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from toy_networks import CPU, toy_stdn

from spooftrace.errors import CheckpointError
from spooftrace.run_folder import RunFolder
from spooftrace.stdn.generator import GeneratorConfig
from spooftrace.training import checkpoint
from spooftrace.training.checkpoint import Progress
from spooftrace.training.device import Device

PROGRESS = Progress(step=2, config={"a": 1}, provenance={"b": [2]}, best={"step": 1})


def steps(method, batches, numbers):
    for number in numbers:
        terms = method.step(Device(CPU, 32).batch(batches.batch(number)))
    return terms


def test_going_on_from_a_checkpoint_is_bitwise(method, batches, tmp_path) -> None:
    path = tmp_path / "x.safetensors"
    steps(method, batches, range(2))
    checkpoint.save(path, method.parts, PROGRESS)
    straight = steps(method, batches, range(2, 5))
    other = toy_stdn(seed=9)
    assert checkpoint.restore(path, other.parts) == PROGRESS
    resumed = steps(other, batches, range(2, 5))
    assert all(torch.equal(straight[name], resumed[name]) for name in straight)
    for name, part in method.parts.items():
        there = other.parts[name].module.state_dict()
        assert all(torch.equal(v, there[k]) for k, v in part.module.state_dict().items())


def test_saving_twice_gives_equal_bytes(method, batches, tmp_path) -> None:
    steps(method, batches, range(1))
    checkpoint.save(tmp_path / "a", method.parts, PROGRESS)
    other = toy_stdn(seed=9)
    checkpoint.restore(tmp_path / "a", other.parts)
    checkpoint.save(tmp_path / "b", other.parts, PROGRESS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_another_architecture_is_refused(method, tmp_path) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, method.parts, PROGRESS)
    wider = toy_stdn(GeneratorConfig(image_size=32, width=0.25))
    with pytest.raises(CheckpointError, match="another architecture: generator"):
        checkpoint.restore(path, wider.parts)


def test_lost_and_unknown_tensors_are_refused(method, batches, tmp_path) -> None:
    steps(method, batches, range(1))
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, method.parts, PROGRESS)
    header = {
        "spooftrace": json.dumps(
            {"schema_version": 1, **{n: getattr(PROGRESS, n) for n in Progress.__slots__}}
        )
    }
    tensors = load_file(path)
    name = "generator.regressor.layers.2.weight"
    save_file({k: v for k, v in tensors.items() if k != name}, path, metadata=header)
    with pytest.raises(CheckpointError, match=f"only the networks have {name}"):
        checkpoint.restore(path, method.parts)
    moment = "adam.generator.exp_avg.regressor.layers.2.weight"
    save_file({k: v for k, v in tensors.items() if k != moment}, path, metadata=header)
    with pytest.raises(CheckpointError, match=r"moments of generator.* incomplete"):
        checkpoint.restore(path, method.parts)


def test_a_cut_file_is_refused(method, tmp_path) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, method.parts, PROGRESS)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.restore(path, method.parts)
    path.write_bytes(b"no checkpoint")
    with pytest.raises(CheckpointError, match="expected a spooftrace checkpoint"):
        checkpoint.peek(path)
    with pytest.raises(CheckpointError, match="found no such file"):
        checkpoint.peek(tmp_path / "absent")


def test_another_schema_is_refused(tmp_path) -> None:
    path = tmp_path / "x.safetensors"
    header = json.dumps({"schema_version": 99})
    save_file({"t": torch.zeros(1)}, path, metadata={"spooftrace": header})
    with pytest.raises(CheckpointError, match="expected checkpoint schema 1, found 99"):
        checkpoint.peek(path)


def test_a_full_disk_leaves_the_old_checkpoint(method, tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, method.parts, PROGRESS)
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(CheckpointError, match=r"No space left.*free some space"):
        checkpoint.save(path, method.parts, PROGRESS)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_pruning_keeps_the_last_two_and_the_best(tmp_path) -> None:
    run = RunFolder(tmp_path)
    run.checkpoints.mkdir()
    for step in (1, 20, 3, 100):
        run.checkpoint(step).touch()
    run.best.touch()
    (
        run.checkpoints / ".unfinished-7-step-00000200.safetensors"
    ).touch()  # of a writer that was killed
    checkpoint.prune(run)
    assert sorted(p.name for p in run.checkpoints.iterdir()) == [
        "best.safetensors",
        "step-00000020.safetensors",
        "step-00000100.safetensors",
    ]
