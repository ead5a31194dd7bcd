"""Parts of a generator that looks at patches of 4 x 4 pixels (not in the paper).

At a small width the paper's encoder moves memory more than it computes: most of its work is at the
face's own size. Here a patch is a pixel of 48 channels from the first convolution on, the residual
blocks are at n/4, n/8 and n/16, and T is read off as patches (docs/divergences.md#patches). Map and
trace are those of the paper's generator, in shape and meaning.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spooftrace.stdn.blocks import LEAK, Silent, SilentNorm, conv_block
from spooftrace.stdn.trace import TraceElements

PATCH = 4
"""Side of a patch in pixels; C has one pixel a patch (Eq. 2: L = N/4)."""

BLOCKS = 2
"""Residual blocks of an encoder's stage."""

Widths = tuple[int, int, int]
"""Channels at n/4, n/8 and n/16."""


@dataclass(frozen=True, slots=True)
class PatchFeatures:
    """The encoder's output at three scales."""

    quarter: Float[Tensor, "b _first p p"]
    """At n/4: a pixel a patch."""
    eighth: Float[Tensor, "b _middle e e"]
    bottleneck: Float[Tensor, "b _last k k"]
    """At n/16, the side of M."""


class Residual(nn.Module):
    """Two convolutions beside a short-cut; the identity, up to its activation, before training."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *conv_block(channels, channels),
            nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False),
            SilentNorm(channels),
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Activation of the sum."""
        return functional.leaky_relu(x + self.body(x), LEAK, inplace=True)


class PatchEncoder(nn.Module):
    """Patches, then three stages of residual blocks; between them the side is halved."""

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        first, middle, last = widths

        def stage(entry: nn.Module, channels: int) -> nn.Sequential:
            return nn.Sequential(entry, *(Residual(channels) for _ in range(BLOCKS)))

        self.quarter = stage(conv_block(3 * PATCH**2, first), first)
        self.eighth = stage(conv_block(first, middle, stride=2), middle)
        self.sixteenth = stage(conv_block(middle, last, stride=2), last)

    def forward(self, image: Float[Tensor, "b 3 n n"]) -> PatchFeatures:
        """Features at n/4, n/8 and n/16. What lies outside the face counts as mid-grey."""
        quarter = self.quarter(functional.pixel_unshuffle(image - 0.5, PATCH))
        eighth = self.eighth(quarter)
        return PatchFeatures(quarter=quarter, eighth=eighth, bottleneck=self.sixteenth(eighth))


class PatchDecoder(nn.Module):
    """The trace elements: {s, b} off the bottleneck, C and T off the patches (Eq. 2)."""

    def __init__(self, widths: Widths, *, separate_elements: bool) -> None:
        super().__init__()
        first, middle, last = widths
        self.separate_elements = separate_elements
        self.up_eighth = conv_block(last, middle, kernel=1)
        self.eighth = nn.Sequential(conv_block(2 * middle, middle, kernel=1), Residual(middle))
        self.up_quarter = conv_block(middle, first, kernel=1)
        self.quarter = nn.Sequential(conv_block(2 * first, first, kernel=1), Residual(first))
        self.bias_head = Silent(last, 6, kernel_size=1)
        self.content_head = Silent(first, 3, kernel_size=3, padding=1)
        self.texture_head = Silent(first, 3 * PATCH**2, kernel_size=3, padding=1)

    def forward(self, features: PatchFeatures) -> TraceElements:
        """Trace elements, each within (-1, 1); all zero before training."""
        eighth = self._beside(self.up_eighth(features.bottleneck), features.eighth, self.eighth)
        quarter = self._beside(self.up_quarter(eighth), features.quarter, self.quarter)
        pooled = features.bottleneck.mean(dim=(2, 3), keepdim=True)
        biases = self.bias_head(pooled).tanh()
        texture = functional.pixel_shuffle(self.texture_head(quarter), PATCH).tanh()
        elements = TraceElements(
            range_bias=biases[:, :3],
            balance_bias=biases[:, 3:],
            content=self.content_head(quarter).tanh(),
            texture=texture,
        )
        return elements.separated() if self.separate_elements else elements

    @staticmethod
    def _beside(low: Tensor, shortcut: Tensor, stage: nn.Module) -> Tensor:
        """Doubles the side of `low` and joins it with the encoder's short-cut."""
        enlarged = functional.interpolate(low, scale_factor=2.0, mode="nearest")
        joined: Tensor = stage(torch.cat([enlarged, shortcut], dim=1))
        return joined


class PatchRegressor(nn.Module):
    """ESR: bottleneck at n/16 in, map M of the same side out, the probability of a spoof."""

    def __init__(self, *, inputs: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(conv_block(inputs, hidden), nn.Conv2d(hidden, 1, kernel_size=1))

    def forward(self, bottleneck: Float[Tensor, "b c k k"]) -> Float[Tensor, "b 1 k k"]:
        """Map M in (0, 1), trained towards 0 (live) and 1 (spoof)."""
        odds: Tensor = self.layers(bottleneck)
        return odds.float().sigmoid()
