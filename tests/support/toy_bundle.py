"""A detector small enough to work out by hand: a bundle with exactly the real inputs and outputs.

For a face of one colour v (RGB in [0, 1]), size n, C of side n/4 and M of side n/16:

    s = (0.1, 0.2, 0.3)         whatever the face
    b = (0.05, 0, -0.05)        whatever the face
    C = v / 2                   v averaged over blocks, halved
    T = -v / 4                  I / -4, pixel by pixel
    G = s v + b + [C] + T  =  (s + 1/4) v + b
    M = (v_R + v_G + v_B) / 3   averaged over blocks
    score = mean |M| / 2 + alpha_0 mean |G| / 2

so a black face has M = 0 and G = b, and a white face M = 1 and G = (0.4, 0.45, 0.5).
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from spooftrace.detector.bundle_info import BundleInfo, CropRule, write_info
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import Threshold

SIZE = 32
ALPHA_0 = 2.0
RANGE_BIAS = (0.1, 0.2, 0.3)
BALANCE_BIAS = (0.05, 0.0, -0.05)
THRESHOLD = Threshold(value=0.5, rule="eer", split="dev", description="toy development split")


def toy_info(**changes: Any) -> BundleInfo:
    """Metadata of the toy; any field can be replaced."""
    values: dict[str, Any] = {
        "package_version": "0.1.0",
        "image_size": SIZE,
        "alpha_0": ALPHA_0,
        "threshold": THRESHOLD,
        "media": (Medium.LIVE, Medium.REPLAY),
        "landmarker": "mediapipe-face-mesh 0.10.21",
        "crop": CropRule(size=256, enlarge=1.2),
        "config_hash": "0" * 12,
        "licence": "none",
        "trained_on": "nothing: a toy",
        "is_trained": True,
    }
    return BundleInfo(**(values | changes))


def toy_model(size: int = SIZE, alpha_0: float = ALPHA_0) -> onnx.ModelProto:
    """The graph alone, without metadata."""
    graph = helper.make_graph(
        _trace_nodes(size) + _score_nodes(),
        "toy",
        [helper.make_tensor_value_info("faces", TensorProto.UINT8, ["b", size, size, 3])],
        _outputs(size),
        _constants(size, alpha_0),
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="toy"
    )


def write_toy(path: Path, info: BundleInfo | None = None, size: int = SIZE) -> Path:
    """A whole toy bundle at `path`."""
    info = info or toy_info(image_size=size)
    model = toy_model(size, info.alpha_0)
    write_info(model, info)
    path.write_bytes(model.SerializeToString())
    return path


def flat_faces(*colours: tuple[int, int, int], size: int = SIZE) -> np.ndarray:
    """Faces of one colour each, uint8 [b, size, size, 3]."""
    rows = np.asarray(colours, np.uint8)[:, None, None, :]
    return np.ascontiguousarray(np.broadcast_to(rows, (len(colours), size, size, 3)))


def _trace_nodes(size: int) -> list[onnx.NodeProto]:
    node = helper.make_node
    return [
        node("Cast", ["faces"], ["pixels"], to=TensorProto.FLOAT),
        node("Div", ["pixels", "white"], ["unit"]),
        node("Transpose", ["unit"], ["image"], perm=[0, 3, 1, 2]),
        node("ReduceMean", ["image"], ["colour"], axes=[2, 3], keepdims=1),
        node("Mul", ["colour", "zero"], ["nothing"]),
        node("Add", ["nothing", "s"], ["range_bias"]),
        node("Add", ["nothing", "b_"], ["balance_bias"]),
        node("AveragePool", ["image"], ["coarse"], kernel_shape=[4, 4], strides=[4, 4]),
        node("Mul", ["coarse", "half"], ["content"]),
        node("Mul", ["image", "minus_quarter"], ["texture"]),
        node("Resize", ["content", "", "scales"], ["wide"], mode="linear"),
        node("Mul", ["image", "range_bias"], ["scaled"]),
        node("Sum", ["scaled", "balance_bias", "wide", "texture"], ["trace"]),
        node("Sub", ["image", "trace"], ["live"]),
        node("ReduceMean", ["image"], ["grey"], axes=[1], keepdims=1),
        node("AveragePool", ["grey"], ["spoof_map"], kernel_shape=[16, 16], strides=[16, 16]),
    ]


def _score_nodes() -> list[onnx.NodeProto]:
    node = helper.make_node
    return [
        node("Abs", ["spoof_map"], ["map_size"]),
        node("ReduceMean", ["map_size"], ["map_mean"], axes=[1, 2, 3], keepdims=0),
        node("Mul", ["map_mean", "half"], ["map_score"]),
        node("Abs", ["trace"], ["trace_size"]),
        node("ReduceMean", ["trace_size"], ["trace_mean"], axes=[1, 2, 3], keepdims=0),
        node("Mul", ["trace_mean", "half"], ["trace_score"]),
        node("Mul", ["trace_score", "alpha_0"], ["weighted"]),
        node("Add", ["map_score", "weighted"], ["score"]),
    ]


def _constants(size: int, alpha_0: float) -> list[onnx.TensorProto]:
    colour = (1, 3, 1, 1)
    values: dict[str, np.ndarray] = {
        "white": np.array(255.0),
        "zero": np.array(0.0),
        "half": np.array(0.5),
        "minus_quarter": np.array(-0.25),
        "alpha_0": np.array(alpha_0),
        "s": np.array(RANGE_BIAS).reshape(colour),
        "b_": np.array(BALANCE_BIAS).reshape(colour),
        "scales": np.array([1.0, 1.0, 4.0, 4.0]),
    }
    return [numpy_helper.from_array(v.astype(np.float32), k) for k, v in values.items()]


def _outputs(size: int) -> list[onnx.ValueInfoProto]:
    pixels: list[str | int] = ["b", 3, size, size]
    colour: list[str | int] = ["b", 3, 1, 1]
    shapes: dict[str, list[str | int]] = {
        "score": ["b"],
        "map_score": ["b"],
        "trace_score": ["b"],
        "spoof_map": ["b", 1, size // 16, size // 16],
        "range_bias": colour,
        "balance_bias": colour,
        "content": ["b", 3, size // 4, size // 4],
        "texture": pixels,
        "trace": pixels,
        "live": pixels,
    }
    return [helper.make_tensor_value_info(k, TensorProto.FLOAT, v) for k, v in shapes.items()]
