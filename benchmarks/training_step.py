"""One training iteration of the paper's networks at 256 px, batch 4 + 4.

Run by `python -m benchmarks.training_step`.

Ours (channels last, bfloat16 where the processor has it, fused Adam, frozen discriminators) against
a straightforward eager version of the same networks: NCHW, float32, plain Adam, discriminators that
are not frozen while the generator learns and judge each kind of face by itself. Also the share of
each part of ours, and what each measure brings alone.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.timing import interleaved, record
from benchmarks.warp import faces
from spooftrace.faces import topology
from spooftrace.stdn import losses
from spooftrace.stdn.discriminators import DiscriminatorConfig
from spooftrace.stdn.generator import GeneratorConfig
from spooftrace.stdn.losses import LossWeights
from spooftrace.stdn.warp import warp_between
from spooftrace.training.batch import PairedBatch
from spooftrace.training.schedule import Precision, TrainingConfig
from spooftrace.training.stdn import Stdn, make_faces


def paired_batch(pairs: int, size: int, device: torch.device) -> PairedBatch:
    """Noise on real mesh geometry."""
    live, spoof = (np.resize(faces(k), (pairs, 172, 2)) * size / 256 for k in (0, 1))
    layout = torch.channels_last
    return PairedBatch(
        live=torch.rand(pairs, 3, size, size, device=device).to(memory_format=layout),
        spoof=torch.rand(pairs, 3, size, size, device=device).to(memory_format=layout),
        live_points=torch.from_numpy(live).to(device),
        spoof_points=torch.from_numpy(spoof).to(device),
        triangles=torch.from_numpy(topology.TRIANGLES).expand(pairs, -1, -1).to(device),
        dropped=torch.arange(pairs, device=device) % 4,
    )


class Straightforward:
    """The iteration as one writes it first."""

    def __init__(self, nets: Stdn, batch: PairedBatch) -> None:
        self.nets = nets
        for part in nets.parts.values():
            part.module.to(memory_format=torch.contiguous_format)
        self.batch = PairedBatch(
            *(
                getattr(batch, name).contiguous()
                for name in ("live", "spoof", "live_points", "spoof_points", "triangles", "dropped")
            )
        )
        self.adam_g = torch.optim.Adam(nets.generator.parameters(), lr=1e-4, foreach=False)
        self.adam_d = torch.optim.Adam(nets.discriminators.parameters(), lr=5e-5, foreach=False)

    def __call__(self) -> None:
        made = self.generator_step()
        judge = self.nets.discriminators
        loss = losses.discriminator_adversarial_loss(
            judge(self.batch.live),
            judge(self.batch.spoof),
            judge(made.live.detach()),
            judge(made.spoof.detach()),
        )
        self.update(self.adam_d, loss)
        both = torch.cat([self.batch.live, made.spoof.detach()])
        live, spoof = self.nets.generator(both).halves()
        loss = 50 * losses.esr_loss(live.spoof_map, spoof.spoof_map) + losses.pixel_loss(
            spoof.trace.compose(made.spoof.detach()), made.added_trace
        )
        self.update(self.adam_g, loss)

    def generator_step(self):  # noqa: ANN201
        batch, judge = self.batch, self.nets.discriminators
        live, spoof = self.nets.generator(torch.cat([batch.live, batch.spoof])).halves()
        trace = spoof.trace.compose(batch.spoof)
        made = make_faces(batch, spoof.trace, trace)
        loss = (
            losses.generator_adversarial_loss(judge(made.live), judge(made.spoof))
            + 100 * losses.esr_loss(live.spoof_map, spoof.spoof_map)
            + 1e-3 * losses.trace_regularizer(live.trace.compose(batch.live), trace, live_beta=1e4)
        )
        self.update(self.adam_g, loss)
        return made

    @staticmethod
    def update(adam: torch.optim.Adam, loss: torch.Tensor) -> None:
        adam.zero_grad()
        loss.backward()
        adam.step()


def build(device: torch.device, precision: Precision = "auto") -> Stdn:
    """The paper's method with its networks, fresh."""
    training = TrainingConfig(precision=precision)
    return Stdn.from_config(
        GeneratorConfig(), DiscriminatorConfig(), LossWeights(), training, device
    )


def shares(method: Stdn, batch: PairedBatch, device: torch.device) -> dict:
    """Milliseconds of each step and of the warp inside the first, median of five."""
    synchronise = torch.cuda.synchronize if device.type == "cuda" else (lambda: None)
    columns: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        synchronise()
        start = time.perf_counter()
        result = work()
        synchronise()
        columns.setdefault(name, []).append(1e3 * (time.perf_counter() - start))
        return result

    for _ in range(6):
        iteration_in_parts(timed, method, batch)
    return {name: round(sorted(values[1:])[2], 1) for name, values in columns.items()}


def iteration_in_parts(
    timed: Callable[[str, Callable[[], Any]], Any], method: Stdn, batch: PairedBatch
) -> None:
    """One iteration of ours, each part handed to `timed` by its name."""
    made, _ = timed("generator step", lambda: method.generator_step(batch))
    made = made.detached()
    timed("discriminator step", lambda: method.discriminator_step(batch, made))
    timed("supervision step", lambda: method.supervision_step(batch, made))
    timed(
        "warp (part of the generator step)",
        lambda: warp_between(
            made.added_trace, batch.spoof_points, batch.live_points, batch.triangles
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--pairs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    batch = paired_batch(arguments.pairs, 256, device)
    baseline, ours, single = (
        Straightforward(build(device), batch),
        build(device),
        build(device, "fp32"),
    )
    seconds = interleaved(
        {
            "straightforward": baseline,
            "ours": lambda: ours.step(batch),
            "ours in float32": lambda: single.step(batch),
        },
        rounds=arguments.rounds,
        synchronise=torch.cuda.synchronize if device.type == "cuda" else lambda: None,
    )
    record(
        f"training-step-{device.type}",
        {
            "seconds_per_iteration": {k: round(v, 4) for k, v in seconds.items()},
            "images_per_iteration": 2 * arguments.pairs,
            "straightforward_over_ours": round(seconds["straightforward"] / seconds["ours"], 2),
            "straightforward_over_ours_in_float32": round(
                seconds["straightforward"] / seconds["ours in float32"], 2
            ),
            "milliseconds_of_parts": shares(ours, batch, device),
        },
    )


if __name__ == "__main__":
    main()
