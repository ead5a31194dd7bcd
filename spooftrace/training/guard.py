"""Fresh networks, their optimisers, and the guard that keeps weights from what is not finite."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from spooftrace.stdn.initialise import initialise


def fresh(*modules: nn.Module, seed: int, device: torch.device) -> None:
    """Draw the weights of `modules` one after the other from `seed`, and move them to the device.

    They are drawn on the CPU, so that every device starts alike.
    """
    rng = torch.Generator().manual_seed(seed)
    for module in modules:
        initialise(module, rng)
        # NHWC is the layout in which both oneDNN and cuDNN run these convolutions fastest.
        module.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]


def adam(module: nn.Module, rate: float) -> torch.optim.Adam:
    """Adam for one network; fused, because its kernel can skip an update on the device."""
    return torch.optim.Adam(module.parameters(), lr=rate, fused=True)


def adamw(module: nn.Module, rate: float, weight_decay: float) -> torch.optim.AdamW:
    """AdamW likewise."""
    return torch.optim.AdamW(module.parameters(), lr=rate, weight_decay=weight_decay, fused=True)


class Guard:
    """Updates of the networks of one method, as long as every loss and gradient is finite."""

    def __init__(self, device: torch.device) -> None:
        self.healthy = torch.ones((), dtype=torch.bool, device=device)
        """Whether every loss and gradient so far was finite; stays on the device."""

    def descend(
        self,
        optimizer: torch.optim.Optimizer,
        loss: Float[Tensor, ""],
        *,
        longest: float | None = None,
    ) -> Bool[Tensor, ""]:
        """One update along `loss`, its gradient shortened to the norm `longest`.

        Returns whether all was finite so far.

        From the first loss or gradient on that is not, the fused kernels leave the weights and
        moments of all networks alone: the guard costs no synchronisation, and whoever reads the
        flag raises (`training.meter`).
        """
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        weights = [p for group in optimizer.param_groups for p in group["params"]]
        norm = get_total_norm([p.grad for p in weights if p.grad is not None])
        if longest is not None:
            clip_grads_with_norm_(weights, longest, norm)
        self.healthy.logical_and_(torch.isfinite(loss.detach()) & torch.isfinite(norm))
        optimizer.found_inf = (~self.healthy).float()  # type: ignore[attr-defined]
        optimizer.step()
        return self.healthy.clone()


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
