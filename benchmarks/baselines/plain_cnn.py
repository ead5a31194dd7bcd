"""A plain convolutional classifier with binary cross-entropy, given all that the method is given.

    python -m benchmarks.baselines.plain_cnn --store STORE --out FOLDER --preset small

The same split, batches, augmentation, learning rate and number of iterations as `spooftrace train`
with the same configuration, as many parameters as the configuration's generator (or --parameters),
and the same choice of the best iteration on the development rows. --equalise changes only the faces
that are judged, as in `spooftrace evaluate`, and scores of the unchanged faces are written as well.
"""

import argparse
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.baselines.problem import Floats, Problem, Rows, read_problem
from spooftrace.data.batches.paired import PairedBatches
from spooftrace.faces.crop import resize_face
from spooftrace.metrics.ranking import auc, equal_error_rate
from spooftrace.stdn.generator import Generator
from spooftrace.training.device import Device, autocast, choose_device
from spooftrace.training.schedule import learning_rate

STAGES = ((1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 2))
"""Width as a multiple of the first layer's, and stride, of each convolution."""


class PlainCnn(nn.Sequential):
    """Six convolutions with batch norm, the mean over the picture, one logit: spoof is positive."""

    def __init__(self, width: int) -> None:
        layers: list[nn.Module] = []
        before = 3
        for times, stride in STAGES:
            after = times * width
            layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after)]
            layers += [nn.ReLU(inplace=True)]
            before = after
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 1))


def parameters(module: nn.Module) -> int:
    """How many numbers are learnt."""
    return sum(parameter.numel() for parameter in module.parameters())


def within_budget(budget: int) -> PlainCnn:
    """The widest network with at most so many parameters."""
    width = 1
    with torch.device("meta"):
        while parameters(PlainCnn(width + 1)) <= budget:
            width += 1
    return PlainCnn(width)


def train(network: PlainCnn, problem: Problem, device: Device, workers: int) -> None:
    """Train in place; the network ends as it was when it judged the development rows best."""
    course, network = problem.config.training, network.to(device.torch)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.Adam(network.parameters(), lr=course.learning_rate)
    best, kept = (np.inf, 0.0), dict[str, Tensor]()
    for step, (faces, is_spoof) in enumerate(_batches(problem, device, workers)):
        network.train()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(course, step)
        with autocast(device.torch, course.precision):
            logit = network(faces)[:, 0]
        loss = nn.functional.binary_cross_entropy_with_logits(logit.float(), is_spoof)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if (step + 1) % course.evaluate_every == 0 or step + 1 == course.iterations:
            found = _development(network, problem, device)
            print(f"iteration {step + 1}: loss {float(loss.detach()):.4f}, dev EER {found[0]:.3f}")
            if (found[0], -found[1]) <= (best[0], -best[1]):
                best = found
                kept = {name: value.clone() for name, value in network.state_dict().items()}
    network.load_state_dict(kept)


@torch.no_grad()
def score(network: PlainCnn, problem: Problem, rows: Rows, device: Device) -> Floats:
    """Logits (n,) of the rows' faces, in float32."""
    network.eval()
    found = []
    for start in range(0, len(rows), 32):
        some = rows[start : start + 32]
        faces = [resize_face(problem.face(int(row)), device.image_size) for row in some]
        found.append(network(device.pictures(np.stack(faces)))[:, 0])
    return np.asarray(torch.cat(found).double().cpu().numpy())


def _batches(problem: Problem, device: Device, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Live faces then as many spoof faces, and whether each is a spoof."""
    config = problem.config
    batches = PairedBatches(
        problem.store,
        problem.splits.train,
        config=config.batches,
        augmentation=config.augmentation,
        image_size=config.generator.image_size,
        seed=config.training.seed,
    )
    is_spoof = torch.arange(2, device=device.torch).repeat_interleave(config.batches.pairs).float()
    for faces in batches.stream(0, config.training.iterations, workers=workers):
        yield torch.cat([device.pictures(faces.live), device.pictures(faces.spoof)]), is_spoof


def _development(network: PlainCnn, problem: Problem, device: Device) -> tuple[float, float]:
    """(EER, AUC) on the development rows as they are: the method chooses on these too."""
    scores = score(network, problem.as_they_are(), problem.splits.dev, device)
    is_spoof = problem.is_spoof(problem.splits.dev)
    attacks, live = scores[is_spoof], scores[~is_spoof]
    return equal_error_rate(attacks, live).rate, auc(attacks, live)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parameters", type=int, help="budget; default: the generator's")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--workers", type=int, default=2, help="threads that make batches")


def main(arguments: list[str] | None = None) -> None:
    """Train, and write the score file of the unchanged faces and of the equalised ones."""
    problem, said = read_problem(__doc__, arguments, _options)
    config = problem.config
    torch.manual_seed(config.training.seed)
    budget = said.parameters or parameters(Generator.from_config(config.generator))
    network = within_budget(budget)
    print(f"{parameters(network)} parameters of at most {budget}")
    device = Device(choose_device(said.device), config.generator.image_size)
    train(network, problem, device, said.workers)
    raw = problem.as_they_are()
    raw.write("plain_cnn", score(network, raw, raw.judged, device))
    if problem.equalise_px is not None:
        problem.write("plain_cnn", score(network, problem, problem.judged, device))


if __name__ == "__main__":
    main()
