"""The warping layer against what the authors' release does.

Run by `python -m benchmarks.warp [--device cuda]`.

The release spreads offsets with `matplotlib.tri.LinearTriInterpolator` on the host, sample by
sample and axis by axis, then samples bilinearly by four gathers. Whole layer, milliseconds a pair
at 256 px, batch 8, random faces.
"""

import argparse
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from matplotlib.tri import LinearTriInterpolator, Triangulation
from torch import Tensor

from benchmarks.timing import interleaved, record
from spooftrace.faces import mesh, topology
from spooftrace.stdn.warp import warp_between

SIZE, BATCH = 256, 8


def faces(seed: int) -> np.ndarray:
    """Mesh points [8, v, 2] of faces about the mean one, a little turned, scaled and deformed."""
    rng = np.random.default_rng(seed)
    flat = mean_face()
    points = []
    for _ in range(BATCH):
        angle, scale = rng.normal(0, 0.08), rng.normal(1, 0.04)
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = (SIZE - 1) / 2
        points.append((flat - middle) @ turn.T + middle + rng.normal(0, 0.5, flat.shape))
    return topology.with_anchors(np.stack(points).astype(np.float32), SIZE)


def mean_face() -> np.ndarray:
    """The 140 vertices of the mean frontal face in its crop of 256 px."""
    from spooftrace.faces.crop import face_box, to_crop

    shape = mesh.CANONICAL[:, :2]
    scaled = (shape - shape.min(axis=0)) / np.ptp(shape, axis=0).max() * 400
    return to_crop(scaled[mesh.VERTICES], face_box(scaled), SIZE)


def release_offset(source: np.ndarray, target: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Dense offsets [b, n, n, 2] by matplotlib, one interpolator a sample and axis."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    dense = np.empty((len(source), SIZE, SIZE, 2), np.float32)
    for k in range(len(source)):
        mesh_k = Triangulation(target[k, :, 0], target[k, :, 1], triangles[k])
        for axis in range(2):
            values = (source - target)[k, :, axis]
            dense[k, ..., axis] = LinearTriInterpolator(mesh_k, values)(x, y)
    return dense


def release_sample(trace: Tensor, offset: Tensor) -> Tensor:
    """Bilinear look-up by four gathers."""
    batch, channels, size, _ = trace.shape
    axis = torch.arange(size, device=trace.device, dtype=trace.dtype)
    x = (offset[..., 0] + axis).clamp(0, size - 1)
    y = (offset[..., 1] + axis[:, None]).clamp(0, size - 1)
    x0, y0 = x.floor().long(), y.floor().long()
    x1, y1 = (x0 + 1).clamp_max(size - 1), (y0 + 1).clamp_max(size - 1)
    flat = trace.flatten(2)

    def at(yy: Tensor, xx: Tensor) -> Tensor:
        index = (yy * size + xx).view(batch, 1, -1).expand(-1, channels, -1)
        return flat.gather(2, index).view(trace.shape)

    wx, wy = (x - x0).unsqueeze(1), (y - y0).unsqueeze(1)
    upper = at(y0, x0) * (1 - wx) + at(y0, x1) * wx
    return upper * (1 - wy) + (at(y1, x0) * (1 - wx) + at(y1, x1) * wx) * wy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    record(f"warp-{device.type}", compare(device, rounds=arguments.rounds))


def compare(device: torch.device, *, rounds: int) -> dict[str, Any]:
    """Times of both ways, their ratios, and how far their results are apart."""
    source, target = faces(0), faces(1)
    triangles = np.stack([topology.triangles_for(t[: mesh.VERTEX_COUNT], SIZE) for t in target])
    there = [torch.from_numpy(a).to(device) for a in (source, target, triangles)]
    trace = torch.randn(BATCH, 3, SIZE, SIZE, device=device, requires_grad=True)

    def ours() -> Tensor:
        return warp_between(trace, *there)

    def release() -> Tensor:
        offset = torch.from_numpy(release_offset(source, target, triangles)).to(device)
        return release_sample(trace, offset)

    difference = (ours() - release()).abs().max().item()
    seconds = interleaved(
        {
            "ours forward": ours,
            "release forward": release,
            "ours forward and backward": lambda: ours().sum().backward(),
            "release forward and backward": lambda: release().sum().backward(),
        },
        rounds=rounds,
        synchronise=torch.cuda.synchronize if device.type == "cuda" else lambda: None,
    )
    return {**summary(seconds), "largest_difference_of_the_results": difference}


def summary(seconds: Mapping[str, float]) -> dict[str, Any]:
    """Milliseconds of ours and of the release, and how many times longer the release takes."""
    per_pair = {name: round(1e3 * value / BATCH, 3) for name, value in seconds.items()}
    return {
        "milliseconds_per_pair": per_pair,
        "milliseconds_per_batch_of_8": round(1e3 * seconds["ours forward"], 3),
        "release_over_ours_forward": round(seconds["release forward"] / seconds["ours forward"], 2),
        "release_over_ours_forward_and_backward": round(
            seconds["release forward and backward"] / seconds["ours forward and backward"], 2
        ),
    }


if __name__ == "__main__":
    main()
