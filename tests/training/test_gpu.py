"""What only a CUDA device can show; skipped without one."""

import numpy as np
import pytest
import torch
from toy_networks import CPU, SIZE, toy_stdn

from spooftrace.training.device import Device

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]

CUDA = torch.device("cuda")


def first_terms(device, batches, steps=1, precision="fp32"):
    method = toy_stdn(device=device, precision=precision, learning_rate=1e-4)
    there = Device(device, SIZE)
    for step in range(steps):
        terms = method.step(there.batch(batches.batch(step)))
    return terms


def test_one_iteration_on_the_gpu_is_that_on_the_cpu(batches) -> None:
    cpu, gpu = first_terms(CPU, batches), first_terms(CUDA, batches)
    for name in cpu:
        np.testing.assert_allclose(gpu[name].float().cpu(), cpu[name].float(), rtol=2e-2, atol=1e-4)


def test_an_iteration_never_waits_for_the_device(batches) -> None:
    """Any read-back of a number raises in this mode."""
    method = toy_stdn(device=CUDA, precision="bf16")
    batch = Device(CUDA, SIZE).batch(batches.batch(0))
    method.step(batch)  # allocates Adam's moments
    torch.cuda.set_sync_debug_mode("error")
    try:
        method.step(batch)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_bfloat16_trains_on_the_gpu(batches) -> None:
    terms = first_terms(CUDA, batches, steps=5, precision="bf16")
    assert all(torch.isfinite(value.float()).all() for value in terms.values())
