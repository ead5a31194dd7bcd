"""The smallest networks that the configuration allows to be sensible, on the CPU."""

from dataclasses import replace

import torch

from spooftrace.stdn.discriminators import DiscriminatorConfig
from spooftrace.stdn.generator import GeneratorConfig
from spooftrace.stdn.losses import LossWeights
from spooftrace.training.schedule import TrainingConfig
from spooftrace.training.stdn import Stdn

SIZE = 32
CPU = torch.device("cpu")
GENERATOR = GeneratorConfig(image_size=SIZE, width=0.125)
DISCRIMINATORS = DiscriminatorConfig(width=0.125)
TRAINING = TrainingConfig(learning_rate=1e-3, precision="fp32")


def toy_stdn(
    generator: GeneratorConfig = GENERATOR,
    weights: LossWeights | None = None,
    device: torch.device = CPU,
    **training: object,
) -> Stdn:
    """The paper's method; `training` are changes of `TRAINING`."""
    return Stdn.from_config(
        generator, DISCRIMINATORS, weights or LossWeights(), replace(TRAINING, **training), device
    )
