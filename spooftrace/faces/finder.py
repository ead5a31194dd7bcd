"""From a picture to one cropped face with its vertices, or to the reason why there is none.

Preparation and detector both come this way, so both see the same crop.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Box, Picture, beside, cut, face_box, to_crop
from spooftrace.faces.landmarker import Landmarker, Mesh
from spooftrace.faces.mesh import VERTICES
from spooftrace.faces.quality import (
    Quality,
    QualityGate,
    colour,
    inner_face,
    measure,
    roll_deg,
    tonal_range,
)

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
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TURNED = "turned"
    """The face lies on its side or stands on its head."""
    NO_COLOUR = "no_colour"
    """A grey or infrared picture."""
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
    beside: tuple[Picture, ...] = ()
    """Where asked for, four more crops, each moved a little (`faces.crop.beside`)."""


def find_face(
    image: Picture,
    landmarker: Landmarker,
    gate: QualityGate | None = None,
    *,
    is_averaged: bool = False,
) -> FoundFace | Rejection:
    """The face in a picture (h, w, 3) uint8 RGB, if there is exactly one and it passes the gate.

    With several faces the largest is taken when every other one is less than half its size. A face
    that `is_averaged` comes with the crops beside its own.
    """
    meshes = find_meshes(image, landmarker, gate)
    main = meshes if isinstance(meshes, Rejection) else main_mesh(meshes)
    if isinstance(main, Rejection):
        return main
    return face_of_mesh(image, main, gate, is_averaged=is_averaged)


def find_meshes(
    image: Picture, landmarker: Landmarker, gate: QualityGate | None = None
) -> list[NDArray[np.float32]] | Rejection:
    """The meshes (468, 2) of all faces in a picture, the largest first, or why there is none."""
    found = landmarker.find(image)
    meshes = [mesh.points for mesh in found if mesh.is_sure or landmarker.confirms(image, mesh)]
    if not meshes:
        return _unseen(image, found, landmarker, gate or QualityGate())
    return sorted(meshes, key=lambda points: face_box(points).side, reverse=True)


def main_mesh(meshes: list[NDArray[np.float32]]) -> NDArray[np.float32] | Rejection:
    """The largest of the meshes of a picture, if every other is less than half its size."""
    sides = [face_box(points).side for points in meshes]
    rivals = sum(side >= RIVAL * sides[0] for side in sides)
    if rivals > 1:
        listed = ", ".join(str(side) for side in sides[:rivals])
        return Rejection(
            RejectReason.SEVERAL_FACES,
            f"expected one face, found {rivals} of similar size ({listed} px)",
        )
    return meshes[0]


def face_of_mesh(
    image: Picture,
    points: NDArray[np.float32],
    gate: QualityGate | None = None,
    *,
    is_averaged: bool = False,
) -> FoundFace | Rejection:
    """The face whose mesh (468, 2) is known, in pixels of the picture, if it passes the gate."""
    box = face_box(points)
    face, gate = inner_face(image, box), gate or QualityGate()
    quality = measure(face, points, image.shape)
    return (
        _misplaced(points, box, quality, gate)
        or _poor(face, quality, gate)
        or FoundFace(
            image=cut(image, box),
            vertices=to_crop(points[VERTICES], box),
            mesh=points,
            box=box,
            native_size=box.side,
            quality=quality,
            beside=tuple(cut(image, one) for one in beside(box)) if is_averaged else (),
        )
    )


def _unseen(
    image: Picture, doubtful: list[Mesh], landmarker: Landmarker, gate: QualityGate
) -> Rejection:
    """Why none of the faces of a picture is confirmed, if there is any."""
    if not doubtful:
        return Rejection(RejectReason.NO_FACE, f"{landmarker.name} finds no face in the picture")
    points = doubtful[0].points
    box = face_box(points)
    face = inner_face(image, box)
    poor = _poor(face, measure(face, points, image.shape), gate)
    if poor is not None and poor.reason in (RejectReason.TOO_DARK, RejectReason.TOO_BRIGHT):
        return poor
    for quarters in (1, 3, 2):
        turned = np.ascontiguousarray(np.rot90(image, quarters))
        # What stands upright is seen at once.
        seen = landmarker.glance(turned)
        if any(one.is_sure or landmarker.confirms(turned, one) for one in seen):
            return Rejection(
                RejectReason.TURNED,
                f"the face stands upright when the picture is turned by {90 * quarters} degrees "
                "anti-clockwise; turn it",
            )
    return Rejection(
        RejectReason.NO_FACE,
        f"{landmarker.name} takes a square of {box.side} px at ({box.left}, {box.top}) for a face, "
        "and does not see it there again when it looks closer",
    )


def _misplaced(
    points: NDArray[np.float32], box: Box, quality: Quality, gate: QualityGate
) -> Rejection | None:
    """What the gate has against where a face is, the gravest first."""
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
    if abs(roll_deg(points)) > gate.max_roll_deg:
        return Rejection(
            RejectReason.TURNED,
            f"the face is turned by {roll_deg(points):.0f} degrees, expected at most "
            f"{gate.max_roll_deg:.0f}; turn the picture upright",
        )
    return None


def _poor(face: Picture, quality: Quality, gate: QualityGate) -> Rejection | None:
    """What the gate has against the picture of a face (`inner_face`), the gravest first."""
    tones = tonal_range(face)
    is_flat = tones < gate.min_range
    if quality.brightness < gate.min_brightness or (is_flat and quality.brightness < 0.5):
        return Rejection(RejectReason.TOO_DARK, _light(quality, tones, gate))
    if quality.brightness > gate.max_brightness or is_flat:
        return Rejection(RejectReason.TOO_BRIGHT, _light(quality, tones, gate))
    if colour(face) < gate.min_colour:
        return Rejection(
            RejectReason.NO_COLOUR,
            f"the face's colour is {colour(face):.3f} beside its grey, expected at least "
            f"{gate.min_colour:.3f}: a grey or infrared picture, or a tinted one",
        )
    if quality.sharpness < gate.min_sharpness:
        return Rejection(
            RejectReason.TOO_BLURRED,
            f"the face's sharpness is {quality.sharpness:.3f}, "
            f"expected at least {gate.min_sharpness:.3f}",
        )
    return None


def _light(quality: Quality, tones: float, gate: QualityGate) -> str:
    return (
        f"the face's mean grey is {quality.brightness:.2f} and its tones span {tones:.2f} of black "
        f"to white, expected {gate.min_brightness:.2f} to {gate.max_brightness:.2f} and at least "
        f"{gate.min_range:.2f}"
    )
