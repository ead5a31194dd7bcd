"""From a trained generator to the ONNX bundle, once both are proven to answer alike."""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from spooftrace.data.files import new_path
from spooftrace.detector.bundle import FACES, OUTPUT_NAMES, Bundle
from spooftrace.detector.bundle_info import BundleInfo, write_info
from spooftrace.errors import BundleError
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
) -> Parity:
    """Write the bundle to `path` once its answers and decisions are proven equal to torch's.

    `faces`, [b, n, n, 3] RGB of the model's input size, are those to decide on; `None` is a few
    people who do not exist.

    Raises:
        BundleError: an output or a decision differs (`export.parity.check_parity`).
    """
    graph = DetectorGraph(for_inference(generator), info.alpha_0).cpu().eval()
    reference = DetectorGraph(copy.deepcopy(generator), info.alpha_0).cpu().eval()
    shown = rendered_faces(info.image_size) if faces is None else faces
    try:
        with new_path(path) as unfinished:
            _write(graph, info, unfinished)
            return check_parity(reference, Bundle.load(unfinished), shown)
    except OSError as error:
        raise BundleError(
            f"{path}: expected a file to write the bundle to, cannot write there ({error}); "
            "choose another --out"
        ) from error


def _write(graph: DetectorGraph, info: BundleInfo, path: Path) -> None:
    """Trace the graph with a free batch size and put the metadata in."""
    faces = torch.from_numpy(fields(2, info.image_size))
    with _quiet_exporter():
        program = torch.onnx.export(
            graph,
            (faces,),
            dynamo=True,
            input_names=[FACES],
            output_names=list(OUTPUT_NAMES),
            opset_version=OPSET,
            dynamic_shapes={"faces": {0: torch.export.Dim("batch", min=1)}},
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    model.ir_version = IR_VERSION
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
