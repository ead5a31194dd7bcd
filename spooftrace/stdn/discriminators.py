"""Multi-scale discriminators: three PatchGANs that look at 256, 128 and 64 px (Sec. 3.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spooftrace.errors import ConfigError
from spooftrace.stdn.blocks import conv_block

SCALES = (1, 2, 4)
"""D1, D2, D3 see the face at its own size, halved and quartered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscriminatorConfig:
    """Size of the discriminators."""

    width: float = 1.0
    """Factor on every number of channels but the two of the output."""

    def __post_init__(self) -> None:
        if not 0 < self.width <= 4:
            raise ConfigError(
                f"discriminators.width: expected a factor in (0, 4], got {self.width}"
            )

    def channels(self, paper: int) -> int:
        """Channels scaled by `width`; at least 4."""
        return max(4, round(paper * self.width))


class PatchDiscriminator(nn.Module):
    """Seven convolutions, three of which halve the side; one verdict a patch and domain.

    Channel 0 tells real live faces from reconstructed ones (1 real, 0 made), channel 1 real spoof
    faces from synthesized ones.
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        small, middle, large = (config.channels(c) for c in (32, 64, 96))
        self.layers = nn.Sequential(
            conv_block(3, small),
            conv_block(small, small, stride=2),
            conv_block(small, middle),
            conv_block(middle, middle, stride=2),
            conv_block(middle, large),
            conv_block(large, large, stride=2),
            nn.Conv2d(large, 2, kernel_size=3, padding=1),
        )

    def forward(self, face: Float[Tensor, "b 3 n n"]) -> Float[Tensor, "b 2 p p"]:
        """Verdicts on patches, p = n/8, unbounded."""
        verdict: Tensor = self.layers(face)
        return verdict.to(face.dtype)


class Discriminators(nn.Module):
    """D1, D2 and D3 of Sec. 3.4."""

    def __init__(self, scales: Sequence[nn.Module]) -> None:
        super().__init__()
        assert len(scales) == len(SCALES)
        self.scales = nn.ModuleList(scales)

    @classmethod
    def from_config(cls, config: DiscriminatorConfig) -> "Discriminators":
        """Three equal networks, one a scale; `initialise` sets the weights."""
        return cls([PatchDiscriminator(config) for _ in SCALES])

    def forward(self, face: Float[Tensor, "b 3 n n"]) -> list[Tensor]:
        """Verdicts at every scale, finest first.

        Their shapes are [b,2,n/8,n/8], [b,2,n/16,n/16], [b,2,n/32,n/32].
        """
        return [
            network(functional.avg_pool2d(face, scale) if scale > 1 else face)
            for network, scale in zip(self.scales, SCALES, strict=True)
        ]
