"""Batch norm's running averages as they would be if the weights stood still.

While weights move, averages over the last few small batches are noisy and late, and a generator is
judged with them. Here they are taken anew, over whole batches of training faces, for the time of a
look (docs/divergences.md#batch-norm).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn


@contextmanager
def settled(network: nn.Module, batches: Iterable[Float[Tensor, "_b _c _h _w"]]) -> Iterator[None]:
    """Within the block, running means and variances are those of these batches, equally weighted.

    Without a batch nothing changes. Afterwards everything is as before, bit for bit.

    Args:
        network: in training mode or not; the mode is kept.
        batches: faces [b, 3, n, n], live and spoof in equal numbers as in training.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    before = [{name: value.clone() for name, value in norm.named_buffers()} for norm in norms]
    momenta = [norm.momentum for norm in norms]
    try:
        _estimate(network, norms, batches)
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        yield
    finally:
        for norm, kept, momentum in zip(norms, before, momenta, strict=True):
            norm.momentum = momentum
            for name, value in norm.named_buffers():
                value.copy_(kept[name])


@torch.no_grad()
def _estimate(
    network: nn.Module,
    norms: list[nn.BatchNorm2d],
    batches: Iterable[Float[Tensor, "_b _c _h _w"]],
) -> None:
    was_training = network.training
    for number, faces in enumerate(batches):
        if number == 0:
            network.train()
            for norm in norms:
                norm.reset_running_stats()
                norm.momentum = None  # torch: the cumulative mean
        network(faces)
    network.train(was_training)
