"""Settled statistics: those of the batches, and afterwards everything as before."""

import numpy as np
import torch
from torch import nn

from spooftrace.training.settling import settled


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.LeakyReLU(0.2))


def batches(count=3):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(8, 3, 10, 10, generator=generator) for _ in range(count)]


def test_averages_are_the_means_over_the_batches():
    net, faces = network(), batches()
    with torch.no_grad():
        values = [net[0](batch) for batch in faces]
    means = torch.stack([value.mean((0, 2, 3)) for value in values]).mean(0)
    variances = torch.stack([value.var((0, 2, 3)) for value in values]).mean(0)
    with settled(net, faces):
        np.testing.assert_allclose(net[1].running_mean, means, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(net[1].running_var, variances, rtol=1e-5)
        assert net[1].momentum == 0.1


def test_everything_is_as_before_even_after_a_failure():
    net = network()
    net.train()
    net(batches(1)[0])
    before = {name: value.clone() for name, value in net.state_dict().items()}
    try:
        with settled(net, batches()):
            assert not torch.equal(net[1].running_mean, before["1.running_mean"])
            raise RuntimeError
    except RuntimeError:
        pass
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert net.training
    assert net[1].momentum == 0.1


def test_without_batches_nothing_changes():
    net = network()
    before = net[1].running_mean.clone()
    with settled(net, []):
        assert torch.equal(net[1].running_mean, before)
        assert net[1].num_batches_tracked == 0


def test_a_run_keeps_its_best_networks_settled_and_resumes_bit_for_bit(tmp_path):
    from toy_faces import write_toy_store

    from spooftrace import runs
    from spooftrace.config import load_config
    from spooftrace.data.store.store import Store
    from spooftrace.run_folder import RunFolder

    write_toy_store(tmp_path / "store")
    store, device = Store.open(tmp_path / "store"), torch.device("cpu")
    sets = [
        "generator.image_size=32",
        "training.iterations=4",
        "training.log_every=1",
        "training.evaluate_every=2",
        "training.checkpoint_every=2",
        "batches.pairs=2",
    ]

    def trained(name, *more):
        plan = runs.plan(load_config(preset="tiny", sets=[*sets, *more]), store, tmp_path / name)
        runs.execute(plan, device=device, workers=1, resume=False, watch=lambda *_: None)
        folder = RunFolder(tmp_path / name)
        return folder.newest(), folder.best

    plain, settled_run = trained("plain"), trained("settled", "training.settling_batches=3")
    tensors = [load_tensors(path) for path in (*plain, *settled_run)]
    latest, best, latest_settled, best_settled = tensors
    assert all(torch.equal(value, latest_settled[name]) for name, value in latest.items())
    averages = [name for name in best if name.endswith("running_mean") and "generator" in name]
    assert averages
    assert not any(torch.equal(best[name], best_settled[name]) for name in averages)


def load_tensors(path):
    from safetensors.torch import load_file

    return load_file(next(path.glob("*.safetensors")) if path.is_dir() else path)
