"""The two blocks that the networks of Fig. 3 are made of: conv or transpose conv, batch norm, leaky ReLU.

"Except the last layer, each conv and transpose conv is concatenated with a Leaky ReLU layer and a batch
normalization layer" (caption of Fig. 3). The norm comes before the activation, so that inference folds it into the
convolution (docs/divergences.md#norm-before-activation).
"""

from torch import nn

LEAK = 0.2
"""Slope of the leaky ReLU for negative inputs (docs/divergences.md#channels)."""


def conv_block(inputs: int, outputs: int, *, stride: int = 1) -> nn.Sequential:
    """3 x 3 convolution, batch norm, leaky ReLU; stride 2 halves the side."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(LEAK, inplace=True),
    )


def up_block(inputs: int, outputs: int) -> nn.Sequential:
    """4 x 4 transpose convolution of stride 2 (doubles the side), batch norm, leaky ReLU.

    A kernel that is a multiple of the stride covers every output pixel equally often, which keeps the
    checkerboards of 3 x 3 transpose convolutions away.
    """
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(LEAK, inplace=True),
    )


def head(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Reads one trace element off a decoder stage: conv block, then a plain conv and tanh."""
    return nn.Sequential(
        conv_block(inputs, hidden), nn.Conv2d(hidden, outputs, kernel_size=3, padding=1), nn.Tanh()
    )
