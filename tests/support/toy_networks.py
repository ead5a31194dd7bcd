"""The smallest networks that the configuration allows to be sensible, on the CPU."""

import torch

from spooftrace.stdn.discriminators import DiscriminatorConfig
from spooftrace.stdn.generator import GeneratorConfig
from spooftrace.training.networks import Nets, Optimizers, build_nets, build_optimizers

SIZE = 32
CPU = torch.device("cpu")
GENERATOR = GeneratorConfig(image_size=SIZE, width=0.125)
DISCRIMINATORS = DiscriminatorConfig(width=0.125)


def toy_nets(seed: int = 0) -> Nets:
    return build_nets(GENERATOR, DISCRIMINATORS, seed=seed, device=CPU)


def toy_optimizers(nets: Nets) -> Optimizers:
    return build_optimizers(nets, learning_rate=1e-3, discriminator_rate=0.5)
