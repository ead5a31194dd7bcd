"""Arithmetic of an iteration of the paper at 256 px: python -m benchmarks.training_flops

Counted (a multiply-add is two), so the same on every machine: forward, backward and all three
updates of 4 live + 4 spoof faces.
"""

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.timing import record
from benchmarks.training_step import build, paired_batch
from spooftrace.training.schedule import TrainingConfig

PAIRS = 4


def main() -> None:
    """Count one pair, and record what four and a whole training take."""
    cpu = torch.device("cpu")
    method, batch = build(cpu, "fp32"), paired_batch(1, 256, cpu)
    with FlopCounterMode(display=False) as counter:
        method.step(batch)
    iteration = PAIRS * counter.get_total_flops()
    record(
        "training-flops",
        {
            "teraflop_per_iteration": round(iteration / 1e12, 3),
            "iterations": TrainingConfig().iterations,
            "exaflop_of_training": round(iteration * TrainingConfig().iterations / 1e18, 3),
        },
    )


if __name__ == "__main__":
    main()
