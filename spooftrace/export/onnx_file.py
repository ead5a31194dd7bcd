"""From a trained generator to the ONNX bundle, once both are proven to answer alike."""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from spooftrace.data.files import new_path
from spooftrace.detector.bundle import FACES, OUTPUT_NAMES, Bundle
from spooftrace.detector.bundle_info import BundleInfo, write_info
from spooftrace.errors import BundleError
from spooftrace.export.eight_bits import rounded, store
from spooftrace.export.graph import DetectorGraph
from spooftrace.export.parity import Parity, check_parity, fields, rendered_faces
from spooftrace.stdn.generator import Generator
from spooftrace.stdn.inference import for_inference

OPSET: Final = 18
"""Of the bundle's operators. None of them needs a newer one; torch's exporter writes none older."""
IR_VERSION: Final = 8
"""Of the file: the one that came with the opset. ONNX Runtime reads both from 1.14 on."""


def export(
    generator: Generator,
    info: BundleInfo,
    path: Path,
    faces: NDArray[np.uint8] | None = None,
    *,
    eight_bits: bool = False,
) -> Parity:
    """Write the bundle to `path` once its answers and decisions are proven equal to torch's.

    Args:
        generator: trained.
        info: what the bundle says of itself.
        path: the bundle's file.
        faces: [b, n, n, 3] RGB of the model's input size, to decide on; `None` is a few people who
            do not exist.
        eight_bits: keep weights in eight bits (`export.eight_bits`); the bundle then answers as the
            network with these weights does.

    Raises:
        BundleError: an output or a decision differs (`export.parity.check_parity`).
    """
    answering = for_inference(generator)
    if eight_bits:
        answering = rounded(answering)
    graph = DetectorGraph(answering, info.alpha_0).cpu().eval()
    compared = copy.deepcopy(answering if eight_bits else generator)
    reference = DetectorGraph(compared, info.alpha_0).cpu().eval()
    shown = rendered_faces(info.image_size) if faces is None else faces
    try:
        with new_path(path) as unfinished:
            model = _as_onnx(graph, info)
            if eight_bits:
                store(model)
            unfinished.write_bytes(model.SerializeToString())
            return check_parity(reference, Bundle.load(unfinished), shown)
    except OSError as error:
        raise BundleError(
            f"{path}: expected a file to write the bundle to, cannot write there ({error}); "
            "choose another --out"
        ) from error


def _as_onnx(detector: DetectorGraph, info: BundleInfo) -> onnx.ModelProto:
    """Trace the graph with a free batch size and put the metadata in."""
    faces = torch.from_numpy(fields(2, info.image_size))
    with _quiet_exporter():
        program = torch.onnx.export(
            detector,
            (faces,),
            dynamo=True,
            input_names=[FACES],
            output_names=list(OUTPUT_NAMES),
            opset_version=OPSET,
            dynamic_shapes={"faces": {0: torch.export.Dim("batch", min=1)}},
            verbose=False,
        )
    assert program is not None
    model: onnx.ModelProto = program.model_proto
    model.ir_version = IR_VERSION
    # The exporter's notes on every node name the files of this machine, and outweigh a small graph.
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        del part.metadata_props[:]
    write_info(model, info)
    return model


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
