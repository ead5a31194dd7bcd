"""Weights before the first step (Sec. 4.1)."""

import torch
from torch import nn

from spooftrace.stdn.blocks import Silent, SilentNorm

STANDARD_DEVIATION = 0.02
"""Of the normal distribution that weights are drawn from (Sec. 4.1)."""


def initialise(network: nn.Module, rng: torch.Generator) -> None:
    """Draw every weight of `network`, in place.

    ============================  =====================
    conv and transpose conv       weight ~ N(0, 0.02)
    their biases                  0
    batch norm                    scale 1, shift 0
    `Silent`, `SilentNorm`        weight 0, scale 0
    ============================  =====================
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, STANDARD_DEVIATION, generator=rng)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        if isinstance(module, Silent | SilentNorm):
            nn.init.zeros_(module.weight)
