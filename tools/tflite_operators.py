"""From TFLite's operators to ONNX's, one at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tflite_converter import Converter
from tflite_file import Array


def _convolution(self: Converter, op: Any, *, depthwise: bool) -> str:
    options = op.builtinOptions
    weights = self.file.read(int(op.inputs[1]))  # [out, h, w, in]; depthwise [1, h, w, out]
    weights = weights.transpose(3, 0, 1, 2) if depthwise else weights.transpose(0, 3, 1, 2)
    weights, bias = self.widened(op, weights, depthwise=depthwise)
    kernel, strides = weights.shape[2:], [options.strideH, options.strideW]
    assert (options.dilationHFactor, options.dilationWFactor) == (1, 1)
    out = self.node(
        "Conv",
        [
            self.value(int(op.inputs[0])),
            self.constant(np.ascontiguousarray(weights)),
            self.constant(bias),
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
    value = self.value(int(op.inputs[0]))
    if before.any() or after[[0, 2, 3]].any() or not self.is_widened:
        pads = self.constant(np.concatenate([before, after]))
        return self.node("Pad", [value, pads], mode="constant")
    source, target = self.width(int(op.inputs[0])), self.width(int(op.outputs[0]))
    if source == target:
        return value
    # More blocks: a convolution stays in the blocked layout.
    same = np.eye(target, source, dtype=np.float16).reshape(target, source, 1, 1)
    return self.node("Conv", [value, self.constant(same)], kernel_shape=[1, 1])


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
