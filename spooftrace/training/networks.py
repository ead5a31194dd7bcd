"""What is trained and by what: the networks and their optimisers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import get_total_norm

from spooftrace.stdn.discriminators import DiscriminatorConfig, Discriminators
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.initialise import initialise


@dataclass(frozen=True, slots=True)
class Nets:
    """Generator and discriminators on one device, channels last."""

    generator: Generator
    discriminators: Discriminators

    def modules(self) -> dict[str, nn.Module]:
        """By the names that checkpoints use."""
        return {"generator": self.generator, "discriminators": self.discriminators}


@dataclass(frozen=True, slots=True)
class Optimizers:
    """One Adam each; the discriminators' runs at a lower rate (Sec. 3.5)."""

    generator: torch.optim.Adam
    discriminators: torch.optim.Adam
    healthy: Tensor
    """Whether every loss and gradient so far was finite: one bool, on the device (`descend`)."""

    def by_name(self) -> dict[str, torch.optim.Adam]:
        """By the names that checkpoints use."""
        return {"generator": self.generator, "discriminators": self.discriminators}


def build_nets(
    generator: GeneratorConfig,
    discriminators: DiscriminatorConfig,
    *,
    seed: int,
    device: torch.device,
) -> Nets:
    """Networks with fresh weights drawn from `seed`.

    They are drawn on the CPU, so that every device starts alike.
    """
    rng = torch.Generator().manual_seed(seed)
    nets = Nets(Generator.from_config(generator), Discriminators.from_config(discriminators))
    for module in nets.modules().values():
        initialise(module, rng)
        # NHWC is the layout in which both oneDNN and cuDNN run these convolutions fastest.
        module.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return nets


def build_optimizers(nets: Nets, *, learning_rate: float, discriminator_rate: float) -> Optimizers:
    """Adam for both; fused, because its kernel can skip an update on the device (see `descend`)."""

    def adam(module: nn.Module, rate: float) -> torch.optim.Adam:
        return torch.optim.Adam(module.parameters(), lr=rate, fused=True)

    return Optimizers(
        adam(nets.generator, learning_rate),
        adam(nets.discriminators, learning_rate * discriminator_rate),
        torch.ones((), dtype=torch.bool, device=next(nets.generator.parameters()).device),
    )


def descend(optimizers: Optimizers, optimizer: torch.optim.Adam, loss: Tensor) -> Tensor:
    """One update along `loss` by one of the two optimisers.

    Returns whether all was finite so far, as a tensor that stays on the device. From the first loss
    or gradient on that is not, the fused kernels leave the weights and moments of both networks
    alone: the guard costs no synchronisation, and whoever reads the flag raises (`training.meter`).
    """
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"]]
    norm = get_total_norm([g for g in gradients if g is not None])
    optimizers.healthy.logical_and_(torch.isfinite(loss.detach()) & torch.isfinite(norm))
    optimizer.found_inf = (~optimizers.healthy).float()  # type: ignore[attr-defined]
    optimizer.step()
    return optimizers.healthy.clone()


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """Let gradients pass through `module` but not into it.

    Its batch statistics stay where they are.
    """
    was_training = module.training
    module.eval().requires_grad_(False)
    try:
        yield
    finally:
        module.train(was_training).requires_grad_(True)
