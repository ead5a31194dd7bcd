"""Clips of two places where a face may be, and a detector that is told where it is."""

import numpy as np
from toy_bundle import write_toy
from toy_landmarker import OPEN_GATE, ScriptedFaces, centred_mesh

from spooftrace.data.sources.video import Frame
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import SpoofDetector
from spooftrace.faces.crop import face_box

LEFT = centred_mesh(200, 200)


def moved(sides, mesh=LEFT):
    """To the right, by so many sides of its crop."""
    return (mesh + np.float32([sides * face_box(mesh).side, 0])).astype(np.float32)


RIGHT = moved(3)


def detector_of(path, script):
    bundle = Bundle.load(write_toy(path / "toy.onnx"), threads=1)
    return SpoofDetector.load(bundle, landmarker=ScriptedFaces(script), gate=OPEN_GATE)


def frames(*levels):
    """The left half is of these grey levels, the right half black."""
    for number, level in enumerate(levels):
        picture = np.zeros((200, 600, 3), np.uint8)
        picture[:, :300] = level
        yield Frame(number, number / 10, picture)
