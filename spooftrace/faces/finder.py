"""From a picture to one cropped face with its vertices, or to the reason why there is none.

Preparation and detector both come this way, so both see the same crop.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Box, Picture, cut, face_box, to_crop
from spooftrace.faces.landmarker import Landmarker
from spooftrace.faces.mesh import VERTICES
from spooftrace.faces.quality import Quality, QualityGate, measure

RIVAL = 0.5
"""A second face counts when its box is at least this share of the largest one's side; smaller ones
are people in the background."""


class RejectReason(StrEnum):
    """Why a picture gives no face."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    CUT_OFF = "cut_off"
    TOO_BLURRED = "too_blurred"
    UNREADABLE = "unreadable"
    """The file cannot be opened as a picture; said by those who read files."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """No face, and why."""

    reason: RejectReason
    """The kind of reason, for counting."""
    detail: str
    """One line for people: what was measured, what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoundFace:
    """The one face of a picture."""

    image: Picture
    """The crop (256, 256, 3), uint8 RGB."""
    vertices: NDArray[np.float32]
    """The 140 vertices (140, 2), (x, y) in pixels of the crop."""
    mesh: NDArray[np.float32]
    """The whole mesh (468, 2), (x, y) in pixels of the picture."""
    box: Box
    """Where in the picture the crop comes from."""
    native_size: int
    """Side of the box: pixels of the picture that became the crop's 256."""
    quality: Quality
    """What the gate measured."""


def find_face(
    image: Picture, landmarker: Landmarker, gate: QualityGate | None = None
) -> FoundFace | Rejection:
    """The face in a picture (h, w, 3) uint8 RGB, if there is exactly one and it passes the gate.

    With several faces the largest is taken when every other one is less than half its size.
    """
    meshes = [mesh.points for mesh in landmarker.find(image)]
    if not meshes:
        return Rejection(RejectReason.NO_FACE, f"{landmarker.name} finds no face in the picture")
    meshes.sort(key=lambda points: face_box(points).side, reverse=True)
    sides = [face_box(points).side for points in meshes]
    rivals = sum(side >= RIVAL * sides[0] for side in sides)
    if rivals > 1:
        return Rejection(
            RejectReason.SEVERAL_FACES,
            f"expected one face, found {rivals} of similar size ({_listed(sides[:rivals])} px)",
        )
    return face_of_mesh(image, meshes[0], gate)


def face_of_mesh(
    image: Picture, points: NDArray[np.float32], gate: QualityGate | None = None
) -> FoundFace | Rejection:
    """The face whose mesh (468, 2) is known, in pixels of the picture, if it passes the gate."""
    box = face_box(points)
    quality = measure(image, points, box)
    return _refusal(box, quality, gate or QualityGate()) or FoundFace(
        image=cut(image, box),
        vertices=to_crop(points[VERTICES], box),
        mesh=points,
        box=box,
        native_size=box.side,
        quality=quality,
    )


def _refusal(box: Box, quality: Quality, gate: QualityGate) -> Rejection | None:
    """What the gate has against a face, the gravest first."""
    if box.side < gate.min_size_px:
        return Rejection(
            RejectReason.TOO_SMALL,
            f"the face's crop is {box.side} px wide, expected at least {gate.min_size_px}",
        )
    if quality.inside < gate.min_inside:
        return Rejection(
            RejectReason.CUT_OFF,
            f"{quality.inside:.0%} of the face lies inside the picture, "
            f"expected at least {gate.min_inside:.0%}",
        )
    if quality.sharpness < gate.min_sharpness:
        return Rejection(
            RejectReason.TOO_BLURRED,
            f"the face's sharpness is {quality.sharpness:.3f}, "
            f"expected at least {gate.min_sharpness:.3f}",
        )
    return None


def _listed(sides: list[int]) -> str:
    return ", ".join(str(side) for side in sides)
