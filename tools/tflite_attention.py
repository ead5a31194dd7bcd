"""MediaPipe's custom operators that let a mesh look again at lips and eyes, in ONNX.

A region is found from the first stage's points (Landmarks2TransformMatrix), features are sampled
there (TransformTensorBilinear), and the points that its head finds are moved back
(TransformLandmarks): mediapipe/util/tflite/operations/. A matrix is [n, 2, 4], the first two rows
of TFLite's 4 x 4.
"""

from typing import Any

import numpy as np
from onnx import TensorProto
from tflite_converter import Converter
from tflite_file import options_of
from tflite_operators import PLAIN


def _region_matrix(self: Converter, op: Any) -> str:
    """Landmarks2TransformMatrix (version 2): from pixels of a head's input to pixels of the face.

    The rectangle along the line between two points, round all points of a subset, enlarged; written
    as [n, 2, 4], the first two rows of TFLite's 4 x 4. mediapipe/util/tflite/operations/
    landmarks_to_transform_matrix.cc.
    """
    options = options_of(op)
    assert options["target_rotation_radians"] == 0
    points = self.value(int(op.inputs[0]))
    flat = self.node("Slice", [points, *(self.constant(np.int64([k])) for k in (0, 2, 2))])
    ends = [options["left_rotation_idx"], options["right_rotation_idx"]]
    left, right = (
        self.node("Gather", [flat, self.constant(np.int64([end]))], axis=1) for end in ends
    )
    along = self.node("Sub", [right, left])  # [n, 1, 2]
    length = self.node("ReduceL2", [along], axes=[2], keepdims=1)
    along = self.node("Div", [along, length])  # the unit vector (cos, sin)
    turn = self.constant(np.float32([[0, 1], [-1, 0]]))
    across = self.node("MatMul", [along, turn])  # (-sin, cos)
    axes = self.node("Concat", [along, across], axis=1)  # [n, 2, 2], rows
    subset = self.constant(np.int64(options["subset_idxs"]))
    chosen = self.node("Gather", [flat, subset], axis=1)
    turned = self.node("MatMul", [chosen, self.node("Transpose", [axes], perm=[0, 2, 1])])
    low = self.node("ReduceMin", [turned], axes=[1], keepdims=1)
    high = self.node("ReduceMax", [turned], axes=[1], keepdims=1)
    half = self.constant(np.float32(0.5))
    middle = self.node("Mul", [self.node("Add", [low, high]), half])
    centre = self.node("MatMul", [middle, axes])  # [n, 1, 2], turned back
    sides = [options["output_width"], options["output_height"]]
    scale = np.float32([options["scale_x"] / sides[0], options["scale_y"] / sides[1]])
    step = self.node("Mul", [self.node("Sub", [high, low]), self.constant(scale)])
    # Columns: one pixel to the right, one down, (no depth), and where pixel (0, 0) lies.
    columns = self.node("Mul", [axes, self.node("Transpose", [step], perm=[0, 2, 1])])
    back = self.constant(np.float32([[sides[0] / 2, sides[1] / 2]]))
    corner = self.node("Sub", [centre, self.node("MatMul", [back, columns])])
    depth = self.node("Mul", [corner, self.constant(np.float32(0))])
    rows = self.node("Concat", [columns, depth, corner], axis=1)  # [n, 4, 2]
    return self.node("Transpose", [rows], perm=[0, 2, 1])


def _scaled_matrix(self: Converter, op: Any) -> str:
    """The MUL of a [n, 2, 4] matrix by a constant 4 x 4, of which two rows remain."""
    factors = self.file.read(int(op.inputs[1])).reshape(4, 4)[:2]
    return self.node("Mul", [self.value(int(op.inputs[0])), self.constant(factors[None])])


def _sample(self: Converter, op: Any) -> str:
    """TransformTensorBilinear (version 2): features at the pixels that a matrix maps to.

    Zero outside; a pixel's middle lies half a pixel from its corner. mediapipe/util/tflite/
    operations/transform_tensor_bilinear.cc.
    """
    options = options_of(op)
    height, width = options["output_height"], options["output_width"]
    _, tall, wide, channels = self.file.shape(int(op.inputs[0]))
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    pixels = np.stack([x, y, np.zeros_like(x), np.ones_like(x)], axis=-1).reshape(1, -1, 4)
    matrix = self.node("Transpose", [self.value(int(op.inputs[1]))], perm=[0, 2, 1])
    places = self.node("MatMul", [self.constant(pixels), matrix])  # [n, h w, 2], corners at 0
    places = self.node("Sub", [places, self.constant(np.float32(0.5))])
    last = self.constant(np.float32([wide - 1, tall - 1]))
    zero, one = (self.constant(np.float32(value)) for value in (0, 1))
    within = self.node("Min", [self.node("Max", [places, zero]), last])
    inside = self.node("Cast", [self.node("Equal", [places, within])], to=TensorProto.FLOAT)
    inside = self.node("ReduceMin", [inside], axes=[2], keepdims=1)  # [n, h w, 1]
    floor = self.node("Floor", [within])
    far = self.node("Sub", [within, floor])
    after = self.node("Min", [self.node("Add", [floor, one]), last])
    near = self.node("Sub", [one, far])
    # All pixels of all pictures as rows [n tall wide, channels]; `first` is a picture's first row.
    source = self.value(int(op.inputs[0]))
    rows = self.node("Transpose", [source], perm=[0, 2, 3, 1])
    rows = self.node("Reshape", [rows, self.constant(np.int64([-1, channels]))])
    first = self.node("Mul", [self.numbers(source), self.constant(np.float32(tall * wide))])
    parts = []
    for down, weight_down in ((floor, near), (after, far)):
        for right, weight_right in ((floor, near), (after, far)):
            row = self.node("Mul", [self.column(down, 1), self.constant(np.float32(wide))])
            row = self.node("Add", [self.node("Add", [row, self.column(right, 0)]), first])
            row = self.node("Cast", [row], to=TensorProto.INT64)
            row = self.node("Squeeze", [row, self.constant(np.int64([2]))])
            values = self.node("Gather", [rows, row], axis=0)  # [n, h w, channels]
            weight = self.node("Mul", [self.column(weight_down, 1), self.column(weight_right, 0)])
            weight = self.node("Mul", [weight, inside])
            parts.append(self.node("Mul", [values, weight]))
    sampled = self.node("Sum", parts)
    shape = self.constant(np.int64([-1, height, width, channels]))
    return self.node("Transpose", [self.node("Reshape", [sampled, shape])], perm=[0, 3, 1, 2])


def _move_points(self: Converter, op: Any) -> str:
    """TransformLandmarks (version 2): points [n, k, 2] through a matrix [n, 2, 4]."""
    matrix = self.node("Transpose", [self.value(int(op.inputs[1]))], perm=[0, 2, 1])  # [n, 4, 2]
    bounds = [(0, 2), (3, 4)]
    turn, move = (
        self.node("Slice", [matrix, *(self.constant(np.int64([k])) for k in (*pair, 1))])
        for pair in bounds
    )
    return self.node("Add", [self.node("MatMul", [self.value(int(op.inputs[0])), turn]), move])


def _product(self: Converter, op: Any) -> str:
    scales_a_matrix = self.file.shape(int(op.outputs[0]))[1:] == [4, 4]
    return _scaled_matrix(self, op) if scales_a_matrix else PLAIN["MUL"](self, op)


ATTENTION = {
    **PLAIN,
    "MUL": _product,
    "Landmarks2TransformMatrix": _region_matrix,
    "TransformTensorBilinear": _sample,
    "TransformLandmarks": _move_points,
}
