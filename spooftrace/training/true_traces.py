"""One iteration of supervision by true traces (not in the paper; docs/training.md#true-traces).

The simulator knows how each of its spoofs would look without the medium: the live twin. Spoof and
twin come through the very same draws of augmentation, so their difference is the trace that the
generator should find; living faces, half of them such twins, should have none. One update an
iteration, and no discriminators. Nothing here reads a number back from the device.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from spooftrace.errors import ConfigError
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.losses import Map, Trace, esr_loss
from spooftrace.training import pictures
from spooftrace.training.batch import PairedBatch, Terms, report
from spooftrace.training.device import autocast
from spooftrace.training.guard import Guard, adamw, fresh
from spooftrace.training.method import Part
from spooftrace.training.schedule import TrainingConfig

TOUCHED = 5 / 255
"""Smallest change of a colour that the map should notice."""
TOUCHED_SHARE = 0.2
"""A cell of the map should be 1 where more than this share of its pixels is touched."""


MapLoss = Literal["l1", "entropy"]
Tensors = Sequence[Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueTracesConfig:
    """Losses and optimiser of the method `true_traces`."""

    esr: float = 0.5
    """Weight of the loss on the map, which should be 1 where a trace touches."""
    map_loss: MapLoss = "l1"
    """`l1` is Eq. 8; `entropy` the cross-entropy of the map read as a probability, whose best
    answer is that probability, not the likelier of 0 and 1. It needs the generator of patches."""
    trace: float = 10.0
    """Weight of the loss on traces, |d| + `square` d^2 for an error d."""
    square: float = 8.0
    """Factor of the squared error: with 8, errors above 1/8 of the colour range count by it."""
    live: float = 0.05
    """What the trace of living faces weighs beside that of spoofs. Near 1 every trace collapses:
    the median of "maybe a spoof" is no trace."""
    weight_decay: float = 1e-4
    """Of AdamW."""
    longest_gradient: float = 5.0
    """Gradients are shortened to this norm."""
    averaging: float = 0.0
    """The network that answers is an exponential average of the weights with this decay an
    iteration, once so many iterations are behind it; 0: the weights themselves."""

    def __post_init__(self) -> None:
        for name in ("esr", "trace", "square", "live", "weight_decay"):
            if getattr(self, name) < 0:
                raise ConfigError(
                    f"true_traces.{name}: expected 0 or more, got {getattr(self, name)}"
                )
        if self.longest_gradient <= 0:
            raise ConfigError(
                f"true_traces.longest_gradient: expected more than 0, got {self.longest_gradient}"
            )
        if not 0 <= self.averaging < 1:
            raise ConfigError(
                f"true_traces.averaging: expected a decay in [0, 1), got {self.averaging}"
            )


class TrueTraces:
    """Supervision by true traces (`training.method.Method`)."""

    def __init__(
        self, generator: Generator, config: TrueTracesConfig, training: TrainingConfig
    ) -> None:
        device = next(generator.parameters()).device
        self.generator = self.answering = generator
        self.config = config
        self.precision = autocast(device, training.precision)
        self.guard = Guard(device)
        self.optimizer = adamw(generator, training.learning_rate, config.weight_decay)
        self.parts = {"generator": Part(generator, self.optimizer)}
        self.average: AveragedModel | None = None
        if config.averaging:
            mean = moving_average(config.averaging)
            self.average = AveragedModel(generator, multi_avg_fn=mean, use_buffers=True)
            self.answering = self.average.module  # type: ignore[assignment]
            self.parts["average"] = Part(self.average)

    @classmethod
    def from_config(
        cls,
        generator: GeneratorConfig,
        config: TrueTracesConfig,
        training: TrainingConfig,
        device: torch.device,
    ) -> "TrueTraces":
        """With fresh weights, drawn from the configuration's seed."""
        network = Generator.from_config(generator)
        fresh(network, seed=training.seed, device=device)
        return cls(network, config, training)

    def step(self, batch: PairedBatch) -> Terms:
        """Find the true trace of spoofs, none on living faces, and mark where it is."""
        assert batch.twins is not None
        config, twins = self.config, batch.twins
        image = torch.cat([batch.live, batch.spoof])
        with self.precision:
            output = self.generator(image)
        live_trace, spoof_trace = output.trace.compose(image).chunk(2)
        live_map, spoof_map = output.spoof_map.chunk(2)
        truth = batch.spoof - twins.pictures
        terms = {
            "esr": MAP_LOSSES[config.map_loss](
                live_map, spoof_map, wanted_map(truth, twins.known, spoof_map)
            ),
            "spoof": mean_error(spoof_trace - truth, config.square, twins.known),
            "live": mean_error(live_trace, config.square),
        }
        total = config.esr * terms["esr"] + config.trace * (
            terms["spoof"] + config.live * terms["live"]
        )
        finite = self.guard.descend(self.optimizer, total, longest=config.longest_gradient)
        if self.average is not None:
            self.average.update_parameters(self.generator)
        nothing = mean_error(truth, config.square, twins.known)
        return report("true_traces", terms | {"spoof_without": nothing}, finite)

    @torch.no_grad()
    def columns(self, batch: PairedBatch) -> Sequence[Trace]:
        """The evidence; then the true trace, the live twin and the map."""
        assert batch.twins is not None
        output, _, evidence = pictures.evidence(self.answering, batch.spoof)
        truth, size = batch.spoof - batch.twins.pictures, batch.spoof.shape[-1]
        shown = functional.interpolate(output.spoof_map, size=(size, size)).expand_as(truth)
        return [*evidence, pictures.signed_picture(truth), batch.twins.pictures, shown]


def mean_error(
    error: Trace, square: float, counted: Bool[Tensor, " b"] | None = None
) -> Float[Tensor, ""]:
    """Mean of |d| + `square` d^2 over pixels and the faces that count; 0 where none does."""
    each = (error.abs() + square * error.square()).mean(dim=(1, 2, 3))
    return each.mean() if counted is None else (each * counted).sum() / counted.sum().clamp(min=1)


def map_entropy(live: Map, spoof: Map, wanted: Map) -> Float[Tensor, ""]:
    """Cross-entropy of maps in [0, 1]: 0 wanted of live faces, `wanted` of spoof faces."""
    return functional.binary_cross_entropy(
        torch.cat([live, spoof]), torch.cat([torch.zeros_like(live), wanted])
    )


def moving_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """How an average of weights moves: a plain mean of the first, then forgetting by `decay`."""

    @torch.no_grad()
    def move(averages: Tensors, weights: Tensors, seen: Tensor | int) -> None:
        # A tensor on the device where torch keeps its count there: nothing is read back.
        share = 1 - torch.as_tensor(seen / (seen + 1)).clamp(max=decay)
        for average, weight in zip(averages, weights, strict=True):
            if average.is_floating_point():
                average.lerp_(weight, share.to(average))
            else:
                average.copy_(weight)

    return move


def wanted_map(truth: Trace, known: Bool[Tensor, " b"], like: Map) -> Map:
    """1 in the cells that a true trace touches, 0 in the others; 1 all over where none is known."""
    touched = (truth.abs().amax(dim=1, keepdim=True) > TOUCHED).to(truth.dtype)
    share = functional.avg_pool2d(touched, truth.shape[-1] // like.shape[-1])
    return ((share > TOUCHED_SHARE) | ~known.view(-1, 1, 1, 1)).to(like.dtype)


MAP_LOSSES: Final[dict[MapLoss, Callable[[Map, Map, Map], Tensor]]] = {
    "l1": esr_loss,
    "entropy": map_entropy,
}
