"""One TFLite graph on its way to ONNX: names, constants, widths, and the file at the end."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tflite_file import Array, TfliteFile

OPSET, IR = 13, 7
BLOCK = 16
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
        is_widened: whether channels are kept in whole blocks.
    """

    def __init__(
        self,
        file: TfliteFile,
        operators: Mapping[str, "Callable[[Converter, Any], str]"],
        *,
        side: int,
        low: float,
        high: float,
        is_widened: bool = False,
    ) -> None:
        self.file, self.operators, self.side = file, operators, side
        self.is_widened = is_widened
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

    def width(self, tensor: int) -> int:
        """Channels of a tensor as it is kept: whole blocks of 16 inside a network.

        ONNX Runtime's convolutions work on such blocks; with any other number they leave and enter
        that layout all the time. Channels that are added hold zeros.
        """
        channels, maker = self.file.shape(tensor)[-1], self.file.made_by.get(tensor)
        if not self.is_widened or tensor == int(self.file.graph.inputs[0]):
            return channels
        if maker is not None and self.file.kind(maker) == "PAD":
            source = int(maker.inputs[0])
            if self.file.shape(source)[-1] == channels:
                return self.width(source)
        users = [op for op in self.file.graph.operators if tensor in map(int, op.inputs)]
        if any(self.file.kind(op) in ("RESHAPE", "DEPTH_TO_SPACE") for op in users):
            return channels
        return -(-channels // BLOCK) * BLOCK

    def widened(self, op: Any, weights: Array, *, depthwise: bool) -> tuple[Array, Array]:
        """A convolution's weights [out, in, h, w] and bias, for the widths that are kept."""
        source, target = self.width(int(op.inputs[0])), self.width(int(op.outputs[0]))
        whole = np.zeros((target, 1 if depthwise else source, *weights.shape[2:]), weights.dtype)
        whole[: weights.shape[0], : weights.shape[1]] = weights
        bias = self.file.read(int(op.inputs[2]))
        return whole, np.concatenate([bias, np.zeros(target - len(bias), bias.dtype)])

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
