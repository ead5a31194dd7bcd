"""Grids that show a batch as the method sees it: one row a spoof face, elements side by side."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from spooftrace.stdn.generator import Generator, GeneratorOutput
from spooftrace.stdn.trace import live_counterpart

GAIN = 2.0
"""How much stronger than measured signed traces are shown, around mid-grey."""

Pictures = Float[Tensor, "b 3 n n"]


@torch.no_grad()
def evidence(
    generator: Generator, image: Pictures
) -> tuple[GeneratorOutput, Pictures, list[Pictures]]:
    """Output, trace, and the columns input, s I, b, C, T, trace, live counterpart.

    With the running batch statistics, which do not move.
    """
    was_training = generator.training
    output = generator.eval()(image)
    generator.train(was_training)
    trace = output.trace.compose(image)
    signed = [*output.trace.shares(image).values(), trace]
    shown = [signed_picture(share.expand_as(image)) for share in signed]
    return output, trace, [image, *shown, live_counterpart(image, trace)]


def signed_picture(trace: Pictures) -> Pictures:
    """A signed trace around mid-grey."""
    return 0.5 + GAIN / 2 * trace


def grid(columns: Sequence[Pictures], *, rows: int = 4) -> NDArray[np.uint8]:
    """The first `rows` faces of each column, one below the other: HWC uint8 RGB."""
    faces = torch.stack([column[:rows] for column in columns], dim=1)
    down, across, _, size, _ = faces.shape
    picture = faces.clamp(0, 1).permute(0, 3, 1, 4, 2).reshape(down * size, across * size, 3)
    return (picture * 255).round().to(torch.uint8).cpu().numpy()
