"""From a trained generator to the ONNX bundle, and the proof that both answer alike."""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spooftrace.detector.bundle import FACES, OUTPUT_NAMES, Bundle
from spooftrace.detector.bundle_info import BundleInfo, write_info
from spooftrace.errors import BundleError
from spooftrace.stdn.generator import Generator
from spooftrace.stdn.inference import for_inference
from spooftrace.stdn.score import map_score, trace_score
from spooftrace.stdn.trace import live_counterpart

TOLERANCE = 1e-4
"""Largest difference between ONNX Runtime and torch that is still the same answer."""

ROUNDING = 1e-6
"""How far float32 may move a score of about 1."""


class DetectorGraph(nn.Module):
    """What the bundle computes: bytes in, score and evidence out (Eqs. 1-3).

    Kept apart from the generator, which knows neither bytes nor scores.
    """

    def __init__(self, generator: nn.Module, alpha_0: float) -> None:
        super().__init__()
        self.generator = generator
        self.alpha_0 = alpha_0

    def forward(self, faces: Tensor) -> tuple[Tensor, ...]:
        """Faces [b, n, n, 3] uint8 RGB to the outputs of `OUTPUT_NAMES`, in that order."""
        image = faces.permute(0, 3, 1, 2).float() / 255
        output = self.generator(image)
        trace = output.trace.compose(image)
        by_map, by_trace = map_score(output.spoof_map), trace_score(trace)
        elements = output.trace
        return (
            by_map + self.alpha_0 * by_trace,
            by_map,
            by_trace,
            output.spoof_map,
            elements.range_bias,
            elements.balance_bias,
            elements.content,
            elements.texture,
            trace,
            live_counterpart(image, trace),
        )


@dataclass(frozen=True, slots=True)
class Parity:
    """How far the bundle's answers are from torch's on the same faces."""

    largest_difference: float
    faces: int


def export(generator: Generator, info: BundleInfo, path: Path) -> Parity:
    """Write the bundle to `path` once its answers are proven equal to torch's.

    Raises:
        BundleError: an output differs by more than `TOLERANCE`, or a decision differs.
    """
    graph = DetectorGraph(for_inference(generator), info.alpha_0).cpu().eval()
    reference = DetectorGraph(copy.deepcopy(generator), info.alpha_0).cpu().eval()
    temporary = path.with_name(path.name + ".tmp")
    try:
        _write(graph, info, temporary)
        parity = check_parity(reference, Bundle.load(temporary))
        temporary.replace(path)
    except OSError as error:
        raise BundleError(
            f"{path}: expected a file to write the bundle to, cannot write there ({error}); "
            "choose another --out"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    return parity


@torch.no_grad()
def check_parity(reference: DetectorGraph, exported: Bundle) -> Parity:
    """Compare all outputs, and the decisions where the bundle has a threshold, at batch 1 and 3.

    Raises:
        BundleError: they differ.
    """
    largest, count = 0.0, 0
    for batch in (1, 3):
        faces = _probes(batch, exported.info.image_size)
        expected = reference(torch.from_numpy(faces))
        answered = exported.run(faces)
        for name, tensor in zip(OUTPUT_NAMES, expected, strict=True):
            difference = float(np.abs(getattr(answered, name) - tensor.numpy()).max())
            largest = max(largest, difference)
            if not difference <= TOLERANCE:
                raise BundleError(
                    f"export: output {name!r} of the bundle is {difference:.2g} away from torch's "
                    f"at batch {batch}, more than {TOLERANCE}; nothing was written"
                )
        _compare_decisions(expected[0].numpy(), answered.score, exported.info)
        count += batch
    return Parity(largest, count)


def _compare_decisions(
    expected: NDArray[np.float32], answered: NDArray[np.float32], info: BundleInfo
) -> None:
    """Every face gets the same decision, unless its score all but touches the threshold."""
    if info.threshold is None:
        return
    clear = np.abs(expected - info.threshold.value) > ROUNDING
    if ((expected >= info.threshold.value) != (answered >= info.threshold.value))[clear].any():
        raise BundleError("export: the bundle decides otherwise than torch; nothing was written")


def _probes(batch: int, size: int) -> NDArray[np.uint8]:
    """Smooth colour fields with noise, each with more than the last, none without."""
    rng = np.random.default_rng(batch)
    ramps = rng.uniform(0, 255, (batch, 2, 2, 3)).repeat(size // 2, 1).repeat(size // 2, 2)
    strength = np.linspace(60, 10, batch).reshape(-1, 1, 1, 1)
    noise = rng.normal(0, 1, (batch, size, size, 3)) * strength
    return np.clip(ramps + noise, 0, 255).astype(np.uint8)


def _write(graph: DetectorGraph, info: BundleInfo, path: Path) -> None:
    """Trace the graph with a free batch size and put the metadata in."""
    faces = torch.from_numpy(_probes(2, info.image_size))
    with _quiet_exporter():
        program = torch.onnx.export(
            graph,
            (faces,),
            dynamo=True,
            input_names=[FACES],
            output_names=list(OUTPUT_NAMES),
            dynamic_shapes={"faces": {0: torch.export.Dim("batch", min=1)}},
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    write_info(model, info)
    path.write_bytes(model.SerializeToString())


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Hush torch's exporter: it warns of its own deprecations and of an absent torchvision."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
