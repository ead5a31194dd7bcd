"""Convert MediaPipe's face networks to ONNX: what `spooftrace/faces/networks/` holds.

    pip download --no-deps mediapipe==0.10.21 && unzip -d wheel mediapipe-0.10.21-*.whl
    pip install onnx flatbuffers
    python tools/convert_mediapipe.py wheel/mediapipe spooftrace/faces/networks

Four networks (Apache-2.0, see NOTICE) of the last wheel that carries them all:

    detect_near.onnx    face_detection_short_range.tflite        BlazeFace, 128 px
    detect_far.onnx     face_detection_full_range_sparse.tflite  192 px, for small faces
    mesh.onnx           face_landmark_with_attention.tflite      192 px, the 468 points
    person.onnx         selfie_segmentation.tflite               256 px

Each takes pictures uint8 [n, side, side, 3] RGB, n at will, and scales them as MediaPipe's graph
does. Weights stay the half floats that they are. The mesh's three stages (face, then lips and eyes
looked at again) come out as one list of points; its iris heads, which nothing here uses, are left
out. Opset 13, IR 7: ONNX Runtime 1.8 of June 2021 and every later one.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from tflite_attention import ATTENTION
from tflite_converter import Converter
from tflite_file import TfliteFile, load_schema, options_of

# Which of the 468 points a refining head gives, and in which order, stands in MediaPipe's
# modules/face_landmark/tensors_to_face_landmarks_with_attention.pbtxt, and in the network's own
# Landmarks2TransformMatrix operators, as the points round which it looks again: read from there.
REFINED = ("transform_landmarks_v2", "transform_landmarks_v2_1", "transform_landmarks_v2_3")


def convert_detector(converter: Converter, boxes: str, scores: str) -> None:
    """Outputs `boxes` [n, anchors, 16] and `scores` [n, anchors], before the sigmoid."""
    boxes_at, scores_at = converter.file.names[boxes], converter.file.names[scores]
    anchors = converter.file.shape(boxes_at)[1]
    converter.give("boxes", converter.value(boxes_at), [anchors, 16])
    flat = converter.node(
        "Reshape", [converter.value(scores_at), converter.constant(np.int64([-1, anchors]))]
    )
    converter.give("scores", flat, [anchors])


def convert_mesh(converter: Converter) -> None:
    """Outputs `points` [n, 468, 2] in pixels of the input, and `presence` [n] in [0, 1]."""
    mesh = converter.file.names["output_mesh"]
    heads, taken = [_plane(converter, mesh)], np.arange(468)
    start = 468
    for name, subset in zip(REFINED, _subsets(converter), strict=True):
        heads.append(converter.value(converter.file.names[name]))
        taken[subset] = start + np.arange(len(subset))
        start += len(subset)
    every = converter.node("Concat", heads, axis=1)
    points = converter.node("Gather", [every, converter.constant(taken.astype(np.int64))], axis=1)
    converter.give("points", points, [468, 2])
    flag = converter.value(converter.file.names["conv_faceflag"])
    flat = converter.node("Reshape", [flag, converter.constant(np.int64([-1]))])
    converter.give("presence", converter.node("Sigmoid", [flat]), [])


def _subsets(converter: Converter) -> list[list[int]]:
    """The points of lips, left and right eye, in the order of their heads."""
    kind = "Landmarks2TransformMatrix"
    ops = [op for op in converter.file.graph.operators if converter.file.kind(op) == kind]
    return [options_of(op)["subset_idxs"] for op in ops]


def _plane(converter: Converter, mesh: int) -> str:
    """Points [n, 468, 2], (x, y), of the first stage's points [n, 1, 1, 1404]."""
    flat = converter.node("Flatten", [converter.value(mesh)])
    points = converter.node("Reshape", [flat, converter.constant(np.int64([-1, 468, 3]))])
    bounds = [converter.constant(np.int64([bound])) for bound in (0, 2, 2)]
    return converter.node("Slice", [points, *bounds])


def convert_person(converter: Converter) -> None:
    """Output `matte` [n, 256, 256] in [0, 1]: 1 on the person."""
    value = converter.value(converter.file.names["activation_10"])
    flat = converter.node("Reshape", [value, converter.constant(np.int64([-1, 256, 256]))])
    converter.give("matte", flat, [256, 256])


def main() -> None:
    """Convert all four."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mediapipe", type=Path, help="the package's folder in the unpacked wheel")
    parser.add_argument("out", type=Path, help="folder for the ONNX files")
    args = parser.parse_args()
    schema, modules = load_schema(args.mediapipe), args.mediapipe / "modules"
    sys.setrecursionlimit(10_000)  # Networks are converted backwards, hundreds of operators deep.

    def opened(file: str, side: int, low: float) -> Converter:
        return Converter(
            TfliteFile(schema, modules / file),
            ATTENTION,
            side=side,
            low=low,
            high=1,
            is_widened="detection" in file,
        )

    near = opened("face_detection/face_detection_short_range.tflite", 128, -1)
    convert_detector(near, "regressors", "classificators")
    near.save(args.out / "detect_near.onnx")

    far = opened("face_detection/face_detection_full_range_sparse.tflite", 192, -1)
    convert_detector(far, "Identity", "Identity_1")
    far.save(args.out / "detect_far.onnx")

    mesh = opened("face_landmark/face_landmark_with_attention.tflite", 192, 0)
    convert_mesh(mesh)
    mesh.save(args.out / "mesh.onnx")

    person = opened("selfie_segmentation/selfie_segmentation.tflite", 256, 0)
    convert_person(person)
    person.save(args.out / "person.onnx")


if __name__ == "__main__":
    main()
