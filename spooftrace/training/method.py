"""What a training method is.

Loop, checkpoint, journal, development look and export know this and nothing of what is behind it.
The paper's is `training.stdn`; `training.true_traces` learns from simulated spoofs alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from spooftrace.stdn.generator import Generator
from spooftrace.training.batch import PairedBatch, Terms


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One network of a method, and what moves its weights."""

    module: nn.Module
    optimizer: torch.optim.Optimizer | None = None
    """`None`: its weights follow from those of another part."""
    rate: float = 1.0
    """Its learning rate as a share of the run's."""


@runtime_checkable
class Method(Protocol):
    """Networks with their optimisers, one iteration of training, and the network that answers."""

    @property
    def parts(self) -> Mapping[str, Part]:
        """Everything that a checkpoint holds, by the names that it uses."""
        ...

    @property
    def answering(self) -> Generator:
        """The network whose map and trace are judged on the development split and exported."""
        ...

    def step(self, batch: PairedBatch) -> Terms:
        """One iteration: every update of it, and its loss terms.

        From the first loss or gradient on that is not finite, no weight moves any more.
        """
        ...

    def columns(self, batch: PairedBatch) -> Sequence[Tensor]:
        """What a picture of the journal shows of the batch's spoof faces, [b, 3, n, n] a column."""
        ...


def set_rate(method: Method, rate: float) -> None:
    """Give every part its share of the run's learning rate."""
    for part in method.parts.values():
        if part.optimizer is not None:
            for group in part.optimizer.param_groups:
                group["lr"] = rate * part.rate
