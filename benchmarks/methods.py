"""Faces a second in training: true traces with patches against the paper's networks and updates.

Run by `python -m benchmarks.methods`.

One batch of 12 live + 12 spoof faces of 128 px, in turns on the same processor. The paper's
generator has the width at which its multiply-adds a face come nearest to those of the patches.
`generator` is forward and backward of the generator alone, `iteration` all that a method does with
a batch: one update, or the paper's three with its discriminators of the same width.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.timing import interleaved, record
from benchmarks.training_step import paired_batch
from spooftrace.stdn.discriminators import DiscriminatorConfig
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.losses import LossWeights
from spooftrace.training.batch import LiveTwins
from spooftrace.training.device import autocast
from spooftrace.training.schedule import TrainingConfig
from spooftrace.training.stdn import Stdn
from spooftrace.training.true_traces import TrueTraces, TrueTracesConfig

SIZE = 128
WIDTHS = [step / 32 for step in range(4, 33)]


def gigamacs(config: GeneratorConfig) -> float:
    """Multiply-adds of one face, in 1e9."""
    generator = Generator.from_config(config).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        generator(torch.rand(1, 3, SIZE, SIZE))
    return counter.get_total_flops() / 2e9


def of_equal_cost(patches: GeneratorConfig) -> GeneratorConfig:
    """The paper's generator whose cost is nearest to that of `patches`."""
    wanted = gigamacs(patches)
    papers = [GeneratorConfig(image_size=SIZE, width=width) for width in WIDTHS]
    return min(papers, key=lambda config: abs(gigamacs(config) - wanted))


def forward_and_backward(
    generator: Generator, image: Tensor, precision: torch.autocast
) -> Callable[[], None]:
    """Of the generator alone, to the weights of map and trace."""

    def run() -> None:
        generator.zero_grad(set_to_none=True)
        with precision:
            output = generator(image)
        (output.spoof_map.abs().mean() + output.trace.compose(image).square().mean()).backward()

    return run


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    device, pairs = torch.device(arguments.device), arguments.pairs
    training, precision = TrainingConfig(), autocast(device, "auto")
    batch = paired_batch(pairs, SIZE, device)
    known = torch.ones(pairs, dtype=torch.bool, device=device)
    traced = replace(batch, twins=LiveTwins(pictures=0.9 * batch.spoof, known=known))
    image = torch.cat([batch.live, batch.spoof])
    patches = GeneratorConfig(image_size=SIZE, stem="patches")
    papers = of_equal_cost(patches)
    ours = TrueTraces.from_config(patches, TrueTracesConfig(), training, device)
    theirs = Stdn.from_config(
        papers, DiscriminatorConfig(width=papers.width), LossWeights(), training, device
    )
    seconds = interleaved(
        {
            "patches, generator": forward_and_backward(ours.generator, image, precision),
            "paper, generator": forward_and_backward(theirs.generator, image, precision),
            "patches, iteration": lambda: ours.step(traced),
            "paper, iteration": lambda: theirs.step(batch),
        },
        rounds=arguments.rounds,
        synchronise=torch.cuda.synchronize if device.type == "cuda" else lambda: None,
    )
    described = {"patches": (patches, ours.generator), "paper": (papers, theirs.generator)}
    record(
        f"methods-{device.type}",
        {
            "networks": {
                name: {
                    "width": config.width,
                    "gigamacs_a_face": round(gigamacs(config), 3),
                    "parameters": parameters(generator),
                }
                for name, (config, generator) in described.items()
            },
            "seconds_a_batch": {name: round(value, 4) for name, value in seconds.items()},
            "faces_a_second": {name: round(2 * pairs / s, 1) for name, s in seconds.items()},
            "paper_over_patches": {
                what: round(seconds[f"paper, {what}"] / seconds[f"patches, {what}"], 2)
                for what in ("generator", "iteration")
            },
        },
    )


if __name__ == "__main__":
    main()
