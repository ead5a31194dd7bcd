"""From TFLite's operators to ONNX's, one at a time."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tflite_file import Array, TfliteFile

OPSET, IR = 13, 7
PRODUCER = "spooftrace tools/convert_mediapipe.py from mediapipe 0.10.21"


class Converter:
    """One TFLite graph on its way to ONNX.

    TFLite's tensors are NHWC, ours NCHW: tensors of four dimensions are kept transposed, others as
    they are. Operators are converted backwards from the wanted outputs, so what none of them needs
    is never written.

    Args:
        file: the TFLite file.
        operators: how each of its operators is converted, to the name of what it gives.
        side: of the square pictures that it takes.
        low: what black becomes.
        high: what white becomes.
    """

    def __init__(
        self,
        file: TfliteFile,
        operators: Mapping[str, "Callable[[Converter, Any], str]"],
        *,
        side: int,
        low: float,
        high: float,
    ) -> None:
        self.file, self.operators, self.side = file, operators, side
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.done: dict[int, str] = {}
        self.outputs: list[onnx.ValueInfoProto] = []
        self._open_input(low, high)

    def _open_input(self, low: float, high: float) -> None:
        """Bytes to the range that the network was trained on, and to NCHW."""
        floats = self.node("Cast", ["pictures"], to=TensorProto.FLOAT)
        scaled = self.node("Mul", [floats, self.constant(np.float32((high - low) / 255))])
        if low:
            scaled = self.node("Add", [scaled, self.constant(np.float32(low))])
        first = int(self.file.graph.inputs[0])
        self.done[first] = self.node("Transpose", [scaled], perm=[0, 3, 1, 2])

    def node(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add an operator; the name of its output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, values: Array | Sequence[int] | np.generic) -> str:
        """Add a constant; half floats are widened when the network is opened."""
        array = np.asarray(values)
        name = f"constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(array, name))
        if array.dtype == np.float16:
            return self.node("Cast", [name], to=TensorProto.FLOAT)
        return name

    def value(self, tensor: int) -> str:
        """The name of a tensor of the TFLite graph, converting what makes it first."""
        if tensor not in self.done:
            op = self.file.made_by.get(tensor)
            if self.file.is_constant(tensor):
                self.done[tensor] = self.constant(_to_nchw(self.file.read(tensor)))
            else:
                assert op is not None
                self.done[tensor] = self.operators[self.file.kind(op)](self, op)
        return self.done[tensor]

    def column(self, pairs: str, column: int) -> str:
        """Of [n, k, 2] x (0) or y (1) as [n, k, 1]."""
        bounds = (column, column + 1, 2)
        return self.node("Slice", [pairs, *(self.constant(np.int64([b])) for b in bounds)])

    def numbers(self, pictures: str) -> str:
        """0, 1, ... n - 1 as [n, 1, 1]."""
        shape = self.node("Shape", [pictures])
        count = self.node("Gather", [shape, self.constant(np.int64(0))], axis=0)
        bounds = [self.constant(np.int64(0)), count, self.constant(np.int64(1))]
        numbers = self.node("Cast", [self.node("Range", bounds)], to=TensorProto.FLOAT)
        return self.node("Reshape", [numbers, self.constant(np.int64([-1, 1, 1]))])

    def activate(self, name: str, activation: int) -> str:
        """The activation that is fused into an operator."""
        kinds = self.file.schema.ActivationFunctionType
        if activation == kinds.NONE:
            return name
        if activation == kinds.RELU6:
            return self.node("Clip", [name, *map(self.constant, np.float32([0, 6]))])
        assert activation == kinds.RELU, activation
        return self.node("Relu", [name])

    def give(self, name: str, value: str, shape: Sequence[int]) -> None:
        """Make a tensor an output of the network, under a name; `shape` is without n."""
        self.nodes.append(helper.make_node("Identity", [value], [name], name=f"give_{name}"))
        info = helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
        self.outputs.append(info)

    def save(self, path: Path) -> None:
        """Check the network and write it."""
        picture = helper.make_tensor_value_info(
            "pictures", TensorProto.UINT8, ["n", self.side, self.side, 3]
        )
        graph = helper.make_graph(
            self.nodes, path.stem, [picture], self.outputs, initializer=self.initializers
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR,
            producer_name=PRODUCER,
        )
        onnx.checker.check_model(model, full_check=True)
        path.write_bytes(model.SerializeToString())


def _to_nchw(values: Array) -> Array:
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2)) if values.ndim == 4 else values


def _convolution(self: Converter, op: Any, *, depthwise: bool) -> str:
    options = op.builtinOptions
    weights = self.file.read(int(op.inputs[1]))  # [out, h, w, in]; depthwise [1, h, w, out]
    weights = weights.transpose(3, 0, 1, 2) if depthwise else weights.transpose(0, 3, 1, 2)
    kernel, strides = weights.shape[2:], [options.strideH, options.strideW]
    assert (options.dilationHFactor, options.dilationWFactor) == (1, 1)
    out = self.node(
        "Conv",
        [
            self.value(int(op.inputs[0])),
            self.constant(np.ascontiguousarray(weights)),
            self.value(int(op.inputs[2])),
        ],
        kernel_shape=list(kernel),
        strides=strides,
        pads=self.file.pads(op, kernel, strides),
        group=weights.shape[0] if depthwise else 1,
    )
    return self.activate(out, options.fusedActivationFunction)


def _transposed_convolution(self: Converter, op: Any) -> str:
    """MediaPipe's Convolution2DTransposeBias: stride and kernel 2, no padding left over."""
    weights = self.file.read(int(op.inputs[1]))  # [out, h, w, in]
    before, after = self.file.shape(int(op.inputs[0])), self.file.shape(int(op.outputs[0]))
    kernel = list(weights.shape[1:3])
    strides = [after[axis] // before[axis] for axis in (1, 2)]
    assert kernel == strides, "the kernel's places must not overlap"
    weights = np.ascontiguousarray(weights.transpose(3, 0, 1, 2))
    inputs = [self.value(int(op.inputs[0])), self.constant(weights), self.value(int(op.inputs[2]))]
    return self.node("ConvTranspose", inputs, kernel_shape=kernel, strides=strides)


def _pool(self: Converter, op: Any, *, kind: str) -> str:
    options = op.builtinOptions
    kernel = [options.filterHeight, options.filterWidth]
    strides = [options.strideH, options.strideW]
    source = int(op.inputs[0])
    if kind == "AveragePool" and kernel == self.file.shape(source)[1:3]:
        return self.node("GlobalAveragePool", [self.value(source)])
    out = self.node(
        kind,
        [self.value(source)],
        kernel_shape=kernel,
        strides=strides,
        pads=self.file.pads(op, kernel, strides),
    )
    return self.activate(out, options.fusedActivationFunction)


def _pad(self: Converter, op: Any) -> str:
    before, after = self.file.read(int(op.inputs[1])).astype(np.int64)[[0, 3, 1, 2]].T
    pads = self.constant(np.concatenate([before, after]))
    return self.node("Pad", [self.value(int(op.inputs[0])), pads], mode="constant")


def _prelu(self: Converter, op: Any) -> str:
    """As slope * y + (1 - slope) * relu(y).

    ONNX Runtime's PRelu takes two thirds of the mesh's time, and its convolutions leave their
    blocked layout for it; these parts keep it.
    """
    slope = self.file.read(int(op.inputs[1])).astype(np.float32)
    channels = slope.size
    assert channels == slope.shape[-1]
    source = self.value(int(op.inputs[0]))

    def times(name: str, factors: Array) -> str:
        weights = self.constant(factors.reshape(channels, 1, 1, 1))
        return self.node("Conv", [name, weights], kernel_shape=[1, 1], group=channels)

    falling, rising = times(source, slope), times(self.node("Relu", [source]), 1 - slope)
    return self.node("Add", [rising, falling])


def _binary(self: Converter, op: Any, *, kind: str) -> str:
    out = self.node(kind, [self.value(int(tensor)) for tensor in op.inputs])
    return self.activate(out, op.builtinOptions.fusedActivationFunction)


def _unary(self: Converter, op: Any, *, kind: str) -> str:
    return self.node(kind, [self.value(int(op.inputs[0]))])


def _hard_swish(self: Converter, op: Any) -> str:
    source = self.value(int(op.inputs[0]))
    return self.node("Mul", [source, self.node("HardSigmoid", [source], alpha=1 / 6, beta=0.5)])


def _reshape(self: Converter, op: Any) -> str:
    source, shape = self.value(int(op.inputs[0])), self.file.shape(int(op.outputs[0]))
    if len(self.file.shape(int(op.inputs[0]))) == 4:
        source = self.node("Transpose", [source], perm=[0, 2, 3, 1])
    assert len(shape) < 4
    return self.node("Reshape", [source, self.constant(np.int64([-1, *shape[1:]]))])


def _concatenate(self: Converter, op: Any) -> str:
    axis = op.builtinOptions.axis
    if len(self.file.shape(int(op.outputs[0]))) == 4:
        axis = [0, 2, 3, 1][axis]
    return self.node("Concat", [self.value(int(tensor)) for tensor in op.inputs], axis=axis)


def _resize(self: Converter, op: Any) -> str:
    options = op.builtinOptions
    mode = "align_corners" if options.alignCorners else "asymmetric"
    mode = "half_pixel" if options.halfPixelCenters else mode
    before, after = self.file.shape(int(op.inputs[0])), self.file.shape(int(op.outputs[0]))
    scales = np.float32([1, 1, after[1] / before[1], after[2] / before[2]])
    inputs = [self.value(int(op.inputs[0])), "", self.constant(scales)]
    return self.node("Resize", inputs, mode="linear", coordinate_transformation_mode=mode)


def _depth_to_space(self: Converter, op: Any) -> str:
    source, size = self.value(int(op.inputs[0])), op.builtinOptions.blockSize
    return self.node("DepthToSpace", [source], blocksize=size, mode="DCR")


PLAIN: dict[str, Callable[[Converter, Any], str]] = {
    "CONV_2D": lambda self, op: _convolution(self, op, depthwise=False),
    "DEPTHWISE_CONV_2D": lambda self, op: _convolution(self, op, depthwise=True),
    "Convolution2DTransposeBias": _transposed_convolution,
    "MAX_POOL_2D": lambda self, op: _pool(self, op, kind="MaxPool"),
    "AVERAGE_POOL_2D": lambda self, op: _pool(self, op, kind="AveragePool"),
    "PAD": _pad,
    "PRELU": _prelu,
    "ADD": lambda self, op: _binary(self, op, kind="Add"),
    "MUL": lambda self, op: _binary(self, op, kind="Mul"),
    "RELU": lambda self, op: _unary(self, op, kind="Relu"),
    "LOGISTIC": lambda self, op: _unary(self, op, kind="Sigmoid"),
    "HARD_SWISH": _hard_swish,
    "RESHAPE": _reshape,
    "CONCATENATION": _concatenate,
    "RESIZE_BILINEAR": _resize,
    "DEPTH_TO_SPACE": _depth_to_space,
}
