import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from toy_networks import CPU, DISCRIMINATORS, toy_nets, toy_optimizers

from spooftrace.errors import CheckpointError
from spooftrace.stdn.generator import GeneratorConfig
from spooftrace.stdn.losses import LossWeights
from spooftrace.training import checkpoint
from spooftrace.training.checkpoint import Progress
from spooftrace.training.device import Device, autocast
from spooftrace.training.networks import build_nets
from spooftrace.training.step import train_step

FP32 = autocast(CPU, "fp32")
PROGRESS = Progress(step=2, config={"a": 1}, provenance={"b": [2]}, best={"step": 1})


def steps(nets, optimizers, batches, numbers):
    for number in numbers:
        terms = train_step(
            nets, optimizers, Device(CPU, 32).batch(batches.batch(number)), LossWeights(), FP32
        )
    return terms


def fresh():
    nets = toy_nets(seed=9)
    return nets, toy_optimizers(nets)


def test_going_on_from_a_checkpoint_is_bitwise(nets, optimizers, batches, tmp_path) -> None:
    path = tmp_path / "x.safetensors"
    steps(nets, optimizers, batches, range(2))
    checkpoint.save(path, nets, optimizers, PROGRESS)
    straight = steps(nets, optimizers, batches, range(2, 5))
    other_nets, other_optimizers = fresh()
    assert checkpoint.restore(path, other_nets, other_optimizers) == PROGRESS
    resumed = steps(other_nets, other_optimizers, batches, range(2, 5))
    assert all(torch.equal(straight[name], resumed[name]) for name in straight)
    for name, module in nets.modules().items():
        there = other_nets.modules()[name].state_dict()
        assert all(torch.equal(v, there[k]) for k, v in module.state_dict().items())


def test_saving_twice_gives_equal_bytes(nets, optimizers, batches, tmp_path) -> None:
    steps(nets, optimizers, batches, range(1))
    checkpoint.save(tmp_path / "a", nets, optimizers, PROGRESS)
    other_nets, other_optimizers = fresh()
    checkpoint.restore(tmp_path / "a", other_nets, other_optimizers)
    checkpoint.save(tmp_path / "b", other_nets, other_optimizers, PROGRESS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_another_architecture_is_refused(nets, optimizers, tmp_path) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, nets, optimizers, PROGRESS)
    wider = build_nets(
        GeneratorConfig(image_size=32, width=0.25), DISCRIMINATORS, seed=0, device=CPU
    )
    with pytest.raises(CheckpointError, match="another architecture: generator"):
        checkpoint.restore(path, wider, None)


def test_lost_and_unknown_tensors_are_refused(nets, optimizers, batches, tmp_path) -> None:
    steps(nets, optimizers, batches, range(1))
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, nets, optimizers, PROGRESS)
    header = {
        "spooftrace": json.dumps(
            {"schema_version": 1, **{n: getattr(PROGRESS, n) for n in Progress.__slots__}}
        )
    }
    tensors = load_file(path)
    name = "generator.regressor.layers.2.weight"
    save_file({k: v for k, v in tensors.items() if k != name}, path, metadata=header)
    with pytest.raises(CheckpointError, match=f"only the networks have {name}"):
        checkpoint.restore(path, nets, optimizers)
    moment = "adam.generator.exp_avg.regressor.layers.2.weight"
    save_file({k: v for k, v in tensors.items() if k != moment}, path, metadata=header)
    with pytest.raises(CheckpointError, match=r"moments of generator.* incomplete"):
        checkpoint.restore(path, nets, optimizers)


def test_a_cut_file_is_refused(nets, optimizers, tmp_path) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, nets, optimizers, PROGRESS)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.restore(path, nets, optimizers)
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


def test_a_full_disk_leaves_the_old_checkpoint(nets, optimizers, tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, nets, optimizers, PROGRESS)
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(CheckpointError, match=r"No space left.*free some space"):
        checkpoint.save(path, nets, optimizers, PROGRESS)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_pruning_keeps_the_last_two_and_the_best(nets, optimizers, tmp_path) -> None:
    for step in (1, 20, 3, 100):
        checkpoint.numbered_path(tmp_path, step).touch()
    checkpoint.best_path(tmp_path).touch()
    (tmp_path / "step-00000200.safetensors.tmp").touch()  # of a writer that was killed
    assert checkpoint.newest(tmp_path) == checkpoint.numbered_path(tmp_path, 100)
    checkpoint.prune(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "best.safetensors",
        "step-00000020.safetensors",
        "step-00000100.safetensors",
    ]
    assert checkpoint.newest(tmp_path / "nowhere") is None
