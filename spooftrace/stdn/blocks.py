"""The blocks that the networks are made of, those of Fig. 3 first.

Conv or transpose conv, batch norm, leaky ReLU.

"Except the last layer, each conv and transpose conv is concatenated with a Leaky ReLU layer and a
batch normalization layer" (caption of Fig. 3). The norm comes before the activation, so that
inference folds it into the convolution (docs/divergences.md#norm-before-activation).
"""

from typing import Literal

from torch import nn

LEAK = 0.2
"""Slope of the leaky ReLU for negative inputs (docs/divergences.md#channels)."""


def conv_block(inputs: int, outputs: int, *, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    """Convolution (3 x 3 by default), batch norm, leaky ReLU; stride 2 halves the side."""
    padding = kernel // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(LEAK, inplace=True),
    )


Upsampling = Literal["transpose", "resize"]
"""How the decoder doubles the side: the paper's transpose convolution, or resize and
convolution."""


def up_block(inputs: int, outputs: int, upsampling: Upsampling) -> nn.Sequential:
    """Doubles the side; batch norm, leaky ReLU.

    A 4 x 4 transpose convolution of stride 2 covers every output pixel equally often, but nothing
    keeps its four phases alike; a bilinear resize before a 3 x 3 convolution has no phases
    (docs/divergences.md#checkerboards).
    """
    if upsampling == "resize":
        resize = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        return nn.Sequential(resize, *conv_block(inputs, outputs))
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


class Silent(nn.Conv2d):
    """A convolution that begins at zero (`initialise`): it says nothing before it has learnt."""


class SilentNorm(nn.BatchNorm2d):
    """A norm whose scale begins at zero: the last of a residual block."""
