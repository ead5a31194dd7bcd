"""The losses of Sec. 3.5, one function an equation, and the weights that add them up.

Each takes tensors, returns a scalar and has no state. An expectation is a mean over samples; a norm
is a *mean* over elements, where the paper divides by the count (Eq. 8) and where it does not say
(Eqs. 9-12): docs/divergences.md#norms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from spooftrace.errors import ConfigError
from spooftrace.stdn.trace import Element

Map = Float[Tensor, "b 1 k k"]
Trace = Float[Tensor, "b 3 n n"]
Verdicts = Sequence[Float[Tensor, "_b 2 _h _w"]]
"""One tensor a discriminator: channel 0 judges live faces, channel 1 spoof faces; 1 is real, 0 is
made."""

LIVE_CHANNEL, SPOOF_CHANNEL = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LossWeights:
    """Multipliers of Eqs. 11, 13 and 14; the defaults are those of Sec. 4.1."""

    adversarial: float = 1.0
    """alpha_1 of Eq. 13."""
    esr: float = 100.0
    """alpha_2 of Eq. 13."""
    regularizer: float = 1e-3
    """alpha_3 of Eq. 13."""
    supervised_esr: float = 50.0
    """alpha_4 of Eq. 14."""
    pixel: float = 1.0
    """alpha_5 of Eq. 14."""
    live_beta: float = 1e4
    """beta of Eq. 11; must exceed 1."""
    elements: float = 0.0
    """Weight of the per-element regulariser beside Eq. 11 (not in the paper;
    docs/divergences.md#cancellation)."""

    def __post_init__(self) -> None:
        for name in ("adversarial", "esr", "regularizer", "supervised_esr", "pixel", "elements"):
            if getattr(self, name) < 0:
                raise ConfigError(f"losses.{name}: expected 0 or more, got {getattr(self, name)}")
        if self.live_beta <= 1:
            raise ConfigError(
                f"losses.live_beta: beta of Eq. 11 must exceed 1, got {self.live_beta}"
            )


def esr_loss(live: Map, spoof: Map, wanted: Map | float = 1.0) -> Tensor:
    """L_ESR of Eq. 8: the map should be 0 on live faces and 1 on spoof faces.

    Spoof faces are real or synthesized. Where the true trace is known, `wanted` may be 1 where it
    touches the face and 0 where it does not (not in the paper).
    """
    return live.abs().mean() + (spoof - wanted).abs().mean()


def generator_adversarial_loss(reconstructed_live: Verdicts, synthesized_spoof: Verdicts) -> Tensor:
    """L_G of Eq. 9 (LSGAN): made faces should pass for real in their own channel.

    Summed over the scales.
    """
    return _distance(reconstructed_live, LIVE_CHANNEL, 1.0) + _distance(
        synthesized_spoof, SPOOF_CHANNEL, 1.0
    )


def discriminator_adversarial_loss(
    live: Verdicts, spoof: Verdicts, reconstructed_live: Verdicts, synthesized_spoof: Verdicts
) -> Tensor:
    """L_D of Eq. 10 (LSGAN): real faces towards 1, made faces towards 0.

    Each in its own channel.
    """
    return (
        _distance(live, LIVE_CHANNEL, 1.0)
        + _distance(spoof, SPOOF_CHANNEL, 1.0)
        + _distance(reconstructed_live, LIVE_CHANNEL, 0.0)
        + _distance(synthesized_spoof, SPOOF_CHANNEL, 0.0)
    )


def trace_regularizer(live: Trace, spoof: Trace, *, live_beta: float) -> Tensor:
    """L_R of Eq. 11: keep traces small, and those of live faces far smaller."""
    return live_beta * live.square().mean() + spoof.square().mean()


def element_regularizer(shares: Mapping[Element, Tensor]) -> Tensor:
    """Mean square of each element's share of the trace (not in the paper).

    The more local an element, the dearer.

    Eq. 11 acts on the sum only, so two elements may grow against each other for free; this term
    charges each for itself. `shares` is what `TraceElements.shares` returns;
    docs/divergences.md#cancellation gives the reasons.
    """
    return torch.stack(
        [_LOCALITY[element] * share.square().mean() for element, share in shares.items()]
    ).sum()


def pixel_loss(predicted: Trace, added: Trace) -> Tensor:
    """L_P of Eq. 12: recover exactly the trace that was added.

    `added` is a target, its gradient stops here.
    """
    return (predicted - added.detach()).abs().mean()


_LOCALITY = {
    Element.RANGE_BIAS: 1.0,
    Element.BALANCE_BIAS: 1.0,
    Element.CONTENT: 2.0,
    Element.TEXTURE: 4.0,
}
"""How dear each element is: doubled from global over smooth to sharp."""


def _distance(verdicts: Verdicts, channel: int, wanted: float) -> Tensor:
    """Sum over the scales of the mean squared distance of one channel from `wanted`."""
    return torch.stack(
        [(verdict[:, channel] - wanted).square().mean() for verdict in verdicts]
    ).sum()
