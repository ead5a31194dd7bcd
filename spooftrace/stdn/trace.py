"""The spoof trace as the paper factors it (Sec. 3.1).

Two colour biases, a smooth content, a sharp texture.

Letters   b batch, n image side (256), l content side (64).
Images    RGB, NCHW, float, [0, 1]. A trace is signed and has no fixed range; it is clipped only to
          be shown.
"""

from dataclasses import dataclass, fields, replace
from enum import StrEnum

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional


class Element(StrEnum):
    """One element of the trace, from global to local."""

    RANGE_BIAS = "range_bias"
    BALANCE_BIAS = "balance_bias"
    CONTENT = "content"
    TEXTURE = "texture"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceElements:
    """Disentangled spoof trace {s, b, C, T} of a batch of faces (Eq. 2).

    Plain data: made by the generator, combined by `compose`.
    """

    range_bias: Float[Tensor, "b 3 1 1"]
    """s: how much of the image itself is trace; multiplies the image."""
    balance_bias: Float[Tensor, "b 3 1 1"]
    """b: constant colour shift."""
    content: Float[Tensor, "b 3 l l"]
    """C: smooth patterns, kept at low resolution so that they cannot become sharp."""
    texture: Float[Tensor, "b 3 n n"]
    """T: high-frequency patterns at image resolution."""

    def compose(self, image: Float[Tensor, "b 3 n n"]) -> Float[Tensor, "b 3 n n"]:
        """Overall trace G(I) = s I + b + [C] + T of Eq. 2, [.] being a bilinear resize."""
        shares = self.shares(image)
        return sum(list(shares.values())[1:], start=shares[Element.RANGE_BIAS])

    def shares(self, image: Float[Tensor, "b 3 n n"]) -> dict[Element, Tensor]:
        """What each element contributes to the trace of `image`: s I, b, [C], T.

        The biases keep the shapes that broadcasting gives them: [b,3,n,n], [b,3,1,1], [b,3,n,n],
        [b,3,n,n].
        """
        return {
            Element.RANGE_BIAS: self.range_bias * image,
            Element.BALANCE_BIAS: self.balance_bias,
            Element.CONTENT: enlarge(self.content, image.shape[-1]),
            Element.TEXTURE: self.texture,
        }

    def without(self, element: Element) -> "TraceElements":
        """The same trace with one element set to zero for the whole batch (Sec. 3.3)."""
        return replace(self, **{element.value: torch.zeros_like(getattr(self, element.value))})

    def dropping(self, dropped: Int[Tensor, " b"]) -> "TraceElements":
        """Sample k loses its element number `dropped[k]` (0 s, 1 b, 2 C, 3 T; another: none).

        What is left is a "harder" sample, Sec. 3.3.
        """
        return TraceElements(
            **{
                element.value: getattr(self, element.value)
                * (dropped != index).to(self.texture.dtype).view(-1, 1, 1, 1)
                for index, element in enumerate(Element)
            }
        )

    def separated(self) -> "TraceElements":
        """C less its constant, T less what C could carry (docs/divergences.md#cancellation)."""
        blocks = functional.avg_pool2d(
            self.texture, self.texture.shape[-1] // self.content.shape[-1]
        )
        return replace(
            self,
            content=self.content - self.content.mean(dim=(2, 3), keepdim=True),
            texture=self.texture - enlarge(blocks, self.texture.shape[-1]),
        )

    def to(self, dtype: torch.dtype) -> "TraceElements":
        """The same trace in another precision."""
        return TraceElements(**{f.name: getattr(self, f.name).to(dtype) for f in fields(self)})

    def halves(self) -> tuple["TraceElements", "TraceElements"]:
        """Split a batch of live then as many spoof faces into its live and its spoof half."""
        pairs = {field.name: getattr(self, field.name).chunk(2) for field in fields(self)}
        first = TraceElements(**{name: pair[0] for name, pair in pairs.items()})
        return first, TraceElements(**{name: pair[1] for name, pair in pairs.items()})


def enlarge(content: Float[Tensor, "b 3 l l"], size: int) -> Float[Tensor, "b 3 n n"]:
    """[C] of Eq. 2: bilinear resize to `size`, pixel areas aligned (`align_corners=False`)."""
    return functional.interpolate(content, size=(size, size), mode="bilinear", align_corners=False)


def live_counterpart(
    image: Float[Tensor, "b 3 n n"], trace: Float[Tensor, "b 3 n n"]
) -> Float[Tensor, "b 3 n n"]:
    """I - G(I) of Eq. 1: the face as it would look without the spoof.

    Unclipped, so that it stays differentiable.
    """
    return image - trace
