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
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.networks import blazeface, region
from spooftrace.faces.networks.blazeface import Detections
from spooftrace.faces.networks.confirmation import Sighting, gap, is_seen_again
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

    def meshes(self, pictures: Sequence[Picture]) -> list[list[Mesh]]:
        """Of each picture its faces, the surest first."""
        return [
            [Mesh(points=one.points, is_sure=one.is_sure) for one in seen]
            for seen in self.sightings(pictures)
        ]

    def confirms(self, picture: Picture, points: Points) -> bool:
        """Whether a mesh (468, 2) of the picture is of a face, by a second look."""
        return is_seen_again(picture, points, self)

    def sightings(self, pictures: Sequence[Picture]) -> list[list[Sighting]]:
        """Of each picture its faces as both networks see them, the surest first."""
        found = self.near_faces(pictures)
        looks = [
            (number, index, region.of_face(faces.boxes[index], faces.points[index]))
            for number, faces in enumerate(found)
            for index in range(min(MOST_FACES, len(faces.boxes)))
        ]
        seen: list[list[Sighting]] = [[] for _ in pictures]
        for some in _batches(looks):
            crops = [
                look.cut(pictures[number], MESH_SIDE, border=cv2.BORDER_REPLICATE)
                for number, _, look in some
            ]
            points, presence = self._mesh.run(("points", "presence"), {PICTURES: np.stack(crops)})
            for (number, index, look), own, sure in zip(some, points, presence, strict=True):
                if sure > MIN_PRESENCE:
                    mesh = look.to_picture(own, MESH_SIDE)
                    seen[number].append(
                        Sighting(
                            points=mesh,
                            score=float(found[number].scores[index]),
                            presence=float(sure),
                            gap=gap(mesh, found[number].points[index]),
                        )
                    )
        return seen

    def far_boxes(self, pictures: Sequence[Picture]) -> list[list[Box]]:
        """Of each picture squares round the faces that the far detector finds."""
        return [[_square(box) for box in faces.boxes] for faces in self.far_faces(pictures)]

    def near_faces(self, pictures: Sequence[Picture]) -> list[Detections]:
        """Of each picture its faces as the near detector alone sees them, in its pixels."""
        return self._detected(pictures, self._near, blazeface.NEAR_ANCHORS, blazeface.NEAR_SIDE)

    def far_faces(self, pictures: Sequence[Picture]) -> list[Detections]:
        """Of each picture its faces as the far detector sees them, in its pixels."""
        return self._detected(pictures, self._far, blazeface.FAR_ANCHORS, blazeface.FAR_SIDE)

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
                both = np.concatenate([faces.boxes.reshape(-1, 2, 2), faces.points], axis=1)
                places = look.to_picture(both * side, side)
                found.append(Detections(places[:, :2].reshape(-1, 4), places[:, 2:], faces.scores))
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
