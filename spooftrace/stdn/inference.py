"""The same generator, rewritten for inference: equal answers, fewer and cheaper operations."""

import copy

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from spooftrace.stdn.generator import Generator


def for_inference(generator: Generator) -> Generator:
    """A copy that answers as `generator` does in evaluation mode, up to rounding.

    Its norms are part of the convolutions before them and its transpose convolutions are ordinary
    ones.
    """
    rewritten = copy.deepcopy(generator).eval()
    for block in [m for m in rewritten.modules() if isinstance(m, nn.Sequential)]:
        for index, (layer, norm) in enumerate(zip(list(block), list(block)[1:], strict=False)):
            if isinstance(norm, nn.BatchNorm2d):
                block[index] = _folded(layer, norm)
                block[index + 1] = nn.Identity()
    return rewritten


class UpConv(nn.Module):
    """A 4 x 4 transpose convolution of stride 2 and padding 1, computed as an ordinary one.

    Each output pixel of such a layer sees 2 x 2 input pixels, with one of four sets of weights by
    the parity of its row and column. One 2 x 2 convolution computes all four, and the results are
    interleaved. The multiply-adds are the same, but runtimes have much faster kernels for it.
    """

    def __init__(self, layer: nn.ConvTranspose2d) -> None:
        super().__init__()
        self.outputs = layer.out_channels
        # Output row 2m reads input rows m-1, m by kernel rows 3, 1; row 2m+1 reads m, m+1 by 2, 0.
        taps = ((3, 1), (2, 0))
        weights = layer.weight.detach().transpose(0, 1)
        phases = [weights[:, :, rows][..., columns] for rows in taps for columns in taps]
        self.weight = nn.Parameter(torch.cat(phases))
        bias = layer.bias.detach() if layer.bias is not None else weights.new_zeros(self.outputs)
        self.bias = nn.Parameter(bias.repeat(4))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b o 2*h 2*w"]:
        """What the transpose convolution would answer."""
        height, width = x.shape[-2:]
        all_four = functional.conv2d(x, self.weight, self.bias, padding=1)
        phases = torch.split(all_four, self.outputs, dim=1)
        shifted = [
            phase[..., row : row + height, column : column + width]
            for phase, (row, column) in zip(phases, ((0, 0), (0, 1), (1, 0), (1, 1)), strict=True)
        ]
        return functional.pixel_shuffle(torch.stack(shifted, dim=2).flatten(1, 2), 2)


def _folded(layer: nn.Module, norm: nn.BatchNorm2d) -> nn.Module:
    """Convolution and norm as one layer."""
    if isinstance(layer, nn.ConvTranspose2d):
        return UpConv(fuse_conv_bn_eval(layer, norm, transpose=True))
    assert isinstance(layer, nn.Conv2d)
    return fuse_conv_bn_eval(layer, norm)
