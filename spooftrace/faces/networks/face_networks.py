"""MediaPipe's face detectors and its face mesh with attention to eyes and lips, in ONNX Runtime.

The networks are those of MediaPipe 0.10.21 (`tools/convert_mediapipe.py`); what stands between
them, `blazeface` and `region`, follows its graph modules/face_landmark/face_landmark_front_cpu. One
thread runs a network, so the same picture gives the same mesh bit by bit, alone or among others, on
any number of cores.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Box, Picture
from spooftrace.faces.networks import blazeface, region
from spooftrace.faces.networks.blazeface import Detections
from spooftrace.onnx_session import OnnxSession

MESH_SIDE: Final = 192
MIN_PRESENCE: Final = 0.5
"""min_tracking_confidence of MediaPipe's face_mesh: below, the mesh network sees no face."""
MOST_FACES: Final = 4
"""Of one picture, the surest."""
FAR_ENLARGE: Final = 2.0
"""Side of the square round a far detection over the longer side of its box."""
BATCH: Final = 16
"""Inputs of one run; bounds the memory."""
PICTURES: Final = "pictures"
"""The networks' input, uint8 [n, side, side, 3] RGB."""

Points = NDArray[np.float32]
Item = TypeVar("Item")


def open_network(name: str) -> OnnxSession:
    """One of the networks that come with the package."""
    return OnnxSession(Path(__file__).with_name(f"{name}.onnx").read_bytes(), threads=1)


class FaceNetworks:
    """The three networks of the search for faces; each is opened when it is first needed."""

    def __init__(self) -> None:
        self._near, self._far, self._mesh = map(open_network, ("detect_near", "detect_far", "mesh"))

    def close(self) -> None:
        """Free them; see `OnnxSession.close`."""
        for network in (self._near, self._far, self._mesh):
            network.close()

    def meshes(self, pictures: Sequence[Picture]) -> list[list[Points]]:
        """Of each picture the face meshes (468, 2), (x, y) in its pixels, the surest first."""
        found = self._detected(pictures, self._near, blazeface.NEAR_ANCHORS, blazeface.NEAR_SIDE)
        looks = [
            (number, region.of_face(box, points))
            for number, faces in enumerate(found)
            for box, points in zip(faces.boxes[:MOST_FACES], faces.points, strict=False)
        ]
        meshes: list[list[Points]] = [[] for _ in pictures]
        for some in _batches(looks):
            crops = [
                look.cut(pictures[number], MESH_SIDE, border=cv2.BORDER_REPLICATE)
                for number, look in some
            ]
            points, presence = self._mesh.run(("points", "presence"), {PICTURES: np.stack(crops)})
            for (number, look), mesh, is_there in zip(some, points, presence, strict=True):
                if is_there > MIN_PRESENCE:
                    meshes[number].append(look.to_picture(mesh, MESH_SIDE))
        return meshes

    def far_boxes(self, pictures: Sequence[Picture]) -> list[list[Box]]:
        """Of each picture squares round the faces that the far detector finds."""
        found = self._detected(pictures, self._far, blazeface.FAR_ANCHORS, blazeface.FAR_SIDE)
        return [[_square(box) for box in faces.boxes] for faces in found]

    def _detected(
        self, pictures: Sequence[Picture], network: OnnxSession, anchors: Points, side: int
    ) -> list[Detections]:
        """The faces in each picture, in its pixels."""
        found = []
        for some in _batches(pictures):
            wholes = [region.whole(picture) for picture in some]
            inputs = [
                look.cut(picture, side, border=cv2.BORDER_CONSTANT)
                for picture, look in zip(some, wholes, strict=True)
            ]
            boxes, scores = network.run(("boxes", "scores"), {PICTURES: np.stack(inputs)})
            for look, raw, logits in zip(wholes, boxes, scores, strict=True):
                faces = blazeface.decode(raw, logits, anchors, side)
                corners = look.to_picture(faces.boxes.reshape(-1, 2, 2) * side, side)
                points = look.to_picture(faces.points * side, side)
                found.append(Detections(corners.reshape(-1, 4), points, faces.scores))
        return found


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _square(box: NDArray[np.float32]) -> Box:
    """The square round a box (4,), enlarged, so that the near detector sees the face in it."""
    sides = box[2:] - box[:2]
    side = max(16, round(float(sides.max()) * FAR_ENLARGE))
    left, top = (box[:2] + box[2:] - side) / 2
    return Box(left=round(float(left)), top=round(float(top)), side=side)
