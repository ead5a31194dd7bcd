"""Reading a TFLite file: its operators, shapes and constants, half floats and sparse ones too."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from flatbuffers import flexbuffers
from numpy.typing import NDArray

Array = NDArray[Any]


class TfliteFile:
    """The first graph of a TFLite file. Tensors go by their number; shapes are NHWC."""

    def __init__(self, schema: ModuleType, file: Path) -> None:
        self.schema = schema
        self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(file.read_bytes(), 0))
        self.graph = self.model.subgraphs[0]
        self.made_by = {int(out): op for op in self.graph.operators for out in op.outputs}
        self.names = {
            tensor.name.decode(): index for index, tensor in enumerate(self.graph.tensors)
        }

    def kind(self, op: Any) -> str:
        """The operator's name; a custom operator's own."""
        code = self.model.operatorCodes[op.opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        if number == self.schema.BuiltinOperator.CUSTOM:
            return str(code.customCode.decode())
        kinds = vars(self.schema.BuiltinOperator).items()
        return next(name for name, value in kinds if value == number)

    def shape(self, tensor: int) -> list[int]:
        """In TFLite's order, NHWC."""
        return [int(side) for side in self.graph.tensors[tensor].shape]

    def read(self, tensor: int) -> Array:
        """The values of a constant tensor."""
        op = self.made_by.get(tensor)
        if op is not None:  # DEQUANTIZE or DENSIFY, both of which reading does
            return self.read(int(op.inputs[0])).reshape(self.shape(tensor))
        held = self.graph.tensors[tensor]
        kinds = self.schema.TensorType
        dtype = {kinds.FLOAT32: "<f4", kinds.FLOAT16: "<f2", kinds.INT32: "<i4"}[held.type]
        values = np.frombuffer(bytes(self.model.buffers[held.buffer].data), dtype)
        if held.sparsity is not None:
            return _dense(values, held.sparsity, self.shape(tensor))
        return values.reshape(self.shape(tensor))

    def is_constant(self, tensor: int) -> bool:
        """Whether a tensor is known without a picture."""
        op = self.made_by.get(tensor)
        if op is None:
            return True
        return self.kind(op) in ("DEQUANTIZE", "DENSIFY") and self.is_constant(int(op.inputs[0]))

    def pads(self, op: Any, kernel: Sequence[int], strides: Sequence[int]) -> list[int]:
        """Top, left, bottom, right; TFLite's SAME puts the odd pixel below and to the right."""
        if op.builtinOptions.padding == self.schema.Padding.VALID:
            return [0, 0, 0, 0]
        sides = self.shape(int(op.inputs[0]))[1:3]
        missing = [
            max(0, (-(-side // step) - 1) * step + width - side)
            for side, width, step in zip(sides, kernel, strides, strict=True)
        ]
        return [*(total // 2 for total in missing), *(total - total // 2 for total in missing)]


def options_of(op: Any) -> dict[str, Any]:
    """A custom operator's options."""
    return dict(flexbuffers.Loads(bytes(op.customOptions)))


def _dense(values: Array, sparsity: Any, shape: list[int]) -> Array:
    """A sparse tensor in full: TFLite's blocks of compressed rows.

    Dimensions come in `traversalOrder`, the blocks' own last; a dense one holds all its indices, a
    compressed one those between its segments.
    """
    rank, order = len(shape), list(sparsity.traversalOrder)
    blocks = [int(size) for size in sparsity.blockMap] if sparsity.blockMap is not None else []
    sizes = [dimension.denseSize for dimension in sparsity.dimMetadata]
    out = np.zeros(shape, values.dtype)
    position = 0

    def walk(level: int, parent: int, index: list[int]) -> None:
        nonlocal position
        if level == len(order):
            place = [0] * rank
            for dimension, at in zip(order, index, strict=True):
                if dimension < rank:
                    inner = (
                        sizes[order.index(rank + blocks.index(dimension))]
                        if (dimension in blocks)
                        else 1
                    )
                    place[dimension] += at * inner
                else:
                    place[blocks[dimension - rank]] += at
            out[tuple(place)] = values[position]
            position += 1
            return
        metadata = sparsity.dimMetadata[level]
        if metadata.arraySegments is None:
            for at in range(metadata.denseSize):
                walk(level + 1, parent * metadata.denseSize + at, [*index, at])
            return
        segments, indices = metadata.arraySegments.values, metadata.arrayIndices.values
        for at in range(int(segments[parent]), int(segments[parent + 1])):
            walk(level + 1, at, [*index, int(indices[at])])

    walk(0, 0, [])
    assert position == len(values)
    return out


def load_schema(package: Path) -> ModuleType:
    """TFLite's schema as MediaPipe's wheel carries it; MediaPipe itself is not imported."""
    path = package / "tasks/metadata/schema_py_generated.py"
    spec = importlib.util.spec_from_file_location("tflite_schema", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
