"""Grids that show a batch as the method sees it: one row a spoof face, elements side by side."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spooftrace.stdn.trace import live_counterpart
from spooftrace.stdn.warp import warp_between
from spooftrace.training.networks import Nets
from spooftrace.training.step import PairedBatch

GAIN = 2.0
"""How much stronger than measured signed traces are shown, around mid-grey."""


@torch.no_grad()
def grid(nets: Nets, batch: PairedBatch, *, rows: int = 4) -> NDArray[np.uint8]:
    """Columns: input, s I, b, C, T, trace, live counterpart, target, synthesized spoof.

    The picture is HWC uint8 RGB.
    """
    was_training = nets.generator.training
    output = nets.generator.eval()(batch.spoof)
    nets.generator.train(was_training)
    trace = output.trace.compose(batch.spoof)
    added = warp_between(trace, batch.spoof_points, batch.live_points, batch.triangles)
    signed = [*output.trace.shares(batch.spoof).values(), trace]
    columns = [
        batch.spoof,
        *(0.5 + GAIN / 2 * share.expand_as(batch.spoof) for share in signed),
        live_counterpart(batch.spoof, trace),
        batch.live,
        batch.live + added,
    ]
    return _tile(torch.stack([column[:rows] for column in columns], dim=1))


def _tile(faces: Tensor) -> NDArray[np.uint8]:
    """[rows, columns, 3, n, n] in [0, 1] to one picture."""
    rows, columns, _, size, _ = faces.shape
    picture = faces.clamp(0, 1).permute(0, 3, 1, 4, 2).reshape(rows * size, columns * size, 3)
    return (picture * 255).round().to(torch.uint8).cpu().numpy()
