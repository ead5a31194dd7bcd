"""What is done to faces to test an explanation; all in torch, a batch at a time.

Pictures [b, 3, n, n] RGB in [0, 1]; whatever is added or taken away, the result is clipped to that.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor

from spooftrace.experiments.faithfulness.judge import Judge

ORDERS = ("trace", "gradient", "random")
"""By what pixels are ranked: |G|, the size of the score's gradient, chance."""
FRACTIONS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Shares of the pixels that were exchanged, at which a curve is read."""

Pictures = Float[Tensor, "b 3 n n"]
Ranks = Int[Tensor, "b n n"]


def without(pictures: Pictures, trace: Pictures) -> Pictures:
    """I - G(I) as a picture: the reconstructed live face (Eq. 1)."""
    return (pictures - trace).clamp(0, 1)


def shuffled(trace: Pictures, rng: torch.Generator) -> Pictures:
    """The same colours at other pixels: as much energy, and no pattern."""
    flat = trace.flatten(2)
    order = torch.rand((flat.shape[0], 1, flat.shape[2]), generator=rng).argsort(dim=-1)
    return flat.gather(2, order.to(flat.device).expand_as(flat)).view_as(trace)


def rankings(
    judge: Judge, pictures: Pictures, trace: Pictures, rng: torch.Generator
) -> Mapping[str, Ranks]:
    """Rank of every pixel by each of `ORDERS`, 0 the most important; ties in reading order."""
    chance = torch.rand(pictures.shape[0], *pictures.shape[2:], generator=rng)
    importance = {
        "trace": trace.abs().mean(dim=1),
        "gradient": judge.gradient(pictures).abs().mean(dim=1),
        "random": chance.to(pictures.device),
    }
    return {name: _ranks(importance[name]) for name in ORDERS}


def exchange_curve(
    judge: Judge, start: Pictures, end: Pictures, ranks: Ranks
) -> Float[Tensor, "b k"]:
    """Scores while the pixels of `start` become those of `end`, the lowest ranks first.

    Read at `FRACTIONS`. From a spoof to its reconstructed live face this is the deletion curve, the
    other way round the insertion curve (Petsiuk et al. 2018, with the reconstructed live face in
    place of grey or blur).
    """
    pixels = ranks[0].numel()
    scores = []
    for fraction in FRACTIONS:
        exchanged = (ranks < round(fraction * pixels)).unsqueeze(1)
        scores.append(judge.score(torch.where(exchanged, end, start)))
    return torch.stack(scores, dim=1)


def _ranks(importance: Float[Tensor, "b n n"]) -> Ranks:
    order = importance.flatten(1).argsort(dim=1, descending=True, stable=True)
    places = torch.arange(order.shape[1], device=order.device).expand_as(order)
    return torch.empty_like(order).scatter_(1, order, places).view(importance.shape)
