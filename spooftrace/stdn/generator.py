"""Disentanglement generator: a heavy encoder and a light decoder (Sec. 3.2, Fig. 3).

The scales of the decoder are the trace elements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spooftrace.errors import ConfigError
from spooftrace.stdn.blocks import Upsampling, conv_block, head, up_block
from spooftrace.stdn.patches import PatchDecoder, PatchEncoder, PatchRegressor
from spooftrace.stdn.regressor import EarlySpoofRegressor
from spooftrace.stdn.trace import TraceElements

Elements = Literal["four", "single", "none"]
"""What the decoder disentangles: {s, b, C, T}, one layer of the input's size, or nothing."""

Stem = Literal["convolution", "patches"]
"""What the first layer looks at: single pixels, as the paper's, or patches of 4 x 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorConfig:
    """Sizes of the generator.

    The defaults are the paper's (channels: docs/divergences.md#channels).
    """

    image_size: int = 256
    """N: side of the square input, in pixels (Sec. 3.2). L = N/4 and K = N/16 follow from it."""
    stem: Stem = "convolution"
    """`convolution` is the paper's networks. `patches` have the same outputs from residual blocks
    at n/4, n/8 and n/16 (docs/divergences.md#patches); `upsampling` is not read."""
    width: float = 1.0
    """Factor on every number of channels; 1 gives the paper's F of 32 x 32 x 96, or the 64, 128 and
    192 channels of the patches."""
    separate_elements: bool = False
    """Whether C is kept from carrying a constant and T from carrying most of what C could carry
    (docs/divergences.md#cancellation). `False` is the paper to the letter."""
    upsampling: Upsampling = "transpose"
    """How the decoder doubles the side; `resize` cannot draw checkerboards
    (docs/divergences.md#checkerboards)."""
    elements: Elements = "four"
    """What the trace consists of. `single` and `none` are the ablation's (Sec. 4.5;
    docs/divergences.md#ablation): one layer T with s = b = C = 0, or no trace at all."""

    def __post_init__(self) -> None:
        if self.image_size < 32 or self.image_size % 16:
            raise ConfigError(
                "generator.image_size: expected a multiple of 16, at least 32, "
                f"got {self.image_size}; F is N/8 and M is N/16"
            )
        if not 0 < self.width <= 4:
            raise ConfigError(f"generator.width: expected a factor in (0, 4], got {self.width}")
        if self.stem == "patches" and self.elements != "four":
            raise ConfigError(
                "generator.elements: expected 'four' where generator.stem is 'patches', got "
                f"{self.elements!r}; the ablation is of the paper's networks"
            )

    @property
    def content_size(self) -> int:
        """L: side of C (Eq. 2), 64 for faces of 256 px."""
        return self.image_size // 4

    @property
    def map_size(self) -> int:
        """K: side of M (Eq. 3), 16 for faces of 256 px."""
        return self.image_size // 16

    def channels(self, paper: int) -> int:
        """The paper's number of channels, scaled by `width`; at least 4."""
        return max(4, round(paper * self.width))


@dataclass(frozen=True, slots=True)
class GeneratorOutput:
    """What one look at a batch of faces yields."""

    spoof_map: Float[Tensor, "b 1 k k"]
    """M: 0 where live, 1 where spoof."""
    trace: TraceElements

    def halves(self) -> tuple["GeneratorOutput", "GeneratorOutput"]:
        """Split a batch of live then as many spoof faces into its live and its spoof half."""
        live_map, spoof_map = self.spoof_map.chunk(2)
        live, spoof = self.trace.halves()
        return GeneratorOutput(live_map, live), GeneratorOutput(spoof_map, spoof)


@dataclass(frozen=True, slots=True)
class Features:
    """The encoder's output at three scales.

    It is what the decoder's short-cuts and the regressor read.
    """

    half: Tensor
    """[b, 64, n/2, n/2]"""
    quarter: Tensor
    """[b, 64, n/4, n/4]"""
    bottleneck: Tensor
    """F, [b, 96, n/8, n/8]"""


class Encoder(nn.Module):
    """A stem and three stages, each of two convolutions and one that halves the side.

    The heavier half of G.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        narrow, wide = config.channels(64), config.channels(96)
        self.stem = conv_block(3, narrow)
        self.stages = nn.ModuleList(
            nn.Sequential(
                conv_block(narrow, narrow),
                conv_block(narrow, wide),
                conv_block(wide, out, stride=2),
            )
            for out in (narrow, narrow, wide)
        )

    def forward(self, image: Float[Tensor, "b 3 n n"]) -> Features:
        """Features at n/2, n/4 and n/8."""
        half = self.stages[0](self.stem(image))
        quarter = self.stages[1](half)
        return Features(half=half, quarter=quarter, bottleneck=self.stages[2](quarter))


class DecoderStages(nn.Module):
    """Three transpose convolutions, back to the size of the face (Fig. 3)."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        narrow, wide = config.channels(64), config.channels(96)
        self.up_quarter = up_block(wide, narrow, config.upsampling)
        self.up_half = up_block(narrow + narrow, narrow, config.upsampling)
        self.up_full = up_block(narrow + narrow, narrow, config.upsampling)

    def rise(self, features: Features) -> tuple[Tensor, Tensor, Tensor]:
        """What the stages yield, with the encoder's short-cuts: at n/4, n/2 and n."""
        quarter = self.up_quarter(features.bottleneck)
        half = self.up_half(torch.cat([quarter, features.quarter], dim=1))
        return quarter, half, self.up_full(torch.cat([half, features.half], dim=1))


class Decoder(DecoderStages):
    """The trace elements, read off the stages (Fig. 3).

    {s, b} are read off the first, C off the second, T off the last.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__(config)
        narrow, hidden = config.channels(64), config.channels(16)
        self.separate_elements = config.separate_elements
        self.bias_head = head(narrow, hidden, 6)
        self.content_head = head(narrow, hidden, 3)
        self.texture_head = head(narrow, hidden, 3)

    def forward(self, features: Features) -> TraceElements:
        """Trace elements, each within (-1, 1)."""
        quarter, half, full = self.rise(features)
        biases = self.bias_head(quarter).mean(dim=(2, 3), keepdim=True)
        content = functional.avg_pool2d(self.content_head(half), 2)
        texture = self.texture_head(full)
        elements = TraceElements(
            range_bias=biases[:, :3], balance_bias=biases[:, 3:], content=content, texture=texture
        )
        return elements.separated() if self.separate_elements else elements


class SingleLayerDecoder(DecoderStages):
    """The same stages with one output of the input's size (ESR+GAN, Sec. 4.5): T; s = b = C = 0.

    With a single layer there is nothing to separate: `separate_elements` is not read.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__(config)
        self.content_size = config.content_size
        self.texture_head = head(config.channels(64), config.channels(16), 3)

    def forward(self, features: Features) -> TraceElements:
        """A trace of one layer, within (-1, 1)."""
        return _layer(self.texture_head(self.rise(features)[2]), self.content_size)


class NoDecoder(nn.Module):
    """Disentangles nothing (ESR, Sec. 4.5): every trace is zero, and there are no weights."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.image_size = config.image_size
        self.content_size = config.content_size

    def forward(self, features: Features) -> TraceElements:
        """Zeros."""
        side = self.image_size
        zeros = features.bottleneck.new_zeros((features.bottleneck.shape[0], 3, side, side))
        return _layer(zeros, self.content_size)


def _layer(texture: Float[Tensor, "b 3 n n"], content_size: int) -> TraceElements:
    """A trace that is its texture alone."""
    bias = texture.new_zeros((texture.shape[0], 3, 1, 1))
    content = texture.new_zeros((texture.shape[0], 3, content_size, content_size))
    return TraceElements(range_bias=bias, balance_bias=bias, content=content, texture=texture)


_DECODERS: dict[Elements, Callable[[GeneratorConfig], nn.Module]] = {
    "four": Decoder,
    "single": SingleLayerDecoder,
    "none": NoDecoder,
}


class Generator(nn.Module):
    """Faces in, spoof map and trace elements out; the parts are injected."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module, regressor: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.regressor = regressor

    @classmethod
    def from_config(cls, config: GeneratorConfig) -> "Generator":
        """Build the parts and wire them; `initialise` sets the weights."""
        if config.stem == "patches":
            widths = config.channels(64), config.channels(128), config.channels(192)
            return cls(
                PatchEncoder(widths),
                PatchDecoder(widths, separate_elements=config.separate_elements),
                PatchRegressor(inputs=widths[2], hidden=widths[0]),
            )
        regressor = EarlySpoofRegressor(inputs=config.channels(96), hidden=config.channels(64))
        return cls(Encoder(config), _DECODERS[config.elements](config), regressor)

    @property
    def disentangles(self) -> bool:
        """Whether there is a trace to train; else only the regressor answers (ESR, Sec. 4.5)."""
        return not isinstance(self.decoder, NoDecoder)

    def forward(self, image: Float[Tensor, "b 3 n n"]) -> GeneratorOutput:
        """Disentangle a batch of RGB faces in [0, 1]."""
        features = self.encoder(image)
        spoof_map, trace = self.regressor(features.bottleneck), self.decoder(features)
        # Under autocast the networks answer in bfloat16; the method's arithmetic keeps the image's
        # precision.
        return GeneratorOutput(spoof_map.to(image.dtype), trace.to(image.dtype))
