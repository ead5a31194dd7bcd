"""Whether what was taken for a face is one: the networks agree with each other and themselves.

Drawn smileys, wall sockets and the fronts of cars pass both networks now and then. A face is seen
there again when it is cut closer or wider and when it is mirrored, with the same mesh; the others
are not. The limits were set on 1601 pictures and frames of faces (webcams, phones, studios, web
sites; live and replayed) and on 2000 pictures without one (`benchmarks/faceless.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import ENLARGE, Box, Picture, cut, face_box, from_crop
from spooftrace.faces.mesh import MIRROR_468
from spooftrace.faces.networks.blazeface import Detections

SURE_SCORE: Final = 0.75
"""The detector's; 85 % of the faces have more, of 89 false ones at most 0.84 in 1 of 100."""
SURE_GAP: Final = 0.06
"""See `gap`: with both limits 82 % of the faces are sure at first sight, and no false one is."""
SURE_PRESENCE: Final = 0.95

UPRIGHT_SCORE: Final = 0.85
"""A face of a higher score stands upright; of 103 on their heads one in a hundred had more."""
TURNED_BETTER: Final = 0.05
"""A face stands on its head when it scores higher by so much when the picture is turned."""

CLOSER_AND_WIDER: Final = (1.5, 2.0)
"""Sides of the squares that are looked at again, in sides of the mesh."""
LOOK_SIZES: Final = (64, 256)
"""Least and greatest side of such a square in pixels."""
AGAIN_SCORE: Final = 0.55
"""Least mean score of the four looks; no face in a look counts as 0."""
AGAIN_SHIFT: Final = 0.03
"""Greatest mean distance between the meshes of the looks and the first, in sides of the mesh."""
AGAIN_GAP: Final = 0.08
"""Greatest mean `gap` of the looks."""
NOTHING: Final = 0.5
"""Shift and gap of a look that sees no face."""

# Mesh points where the detector's six points lie: eyes, tip of the nose, mouth, ears.
_SIX: Final = ((33, 133), (263, 362), (4,), (13, 14), (127, 234), (356, 454))

Points = NDArray[np.float32]
_MIRRORED: Final[Points] = np.array([-1, 1], np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sighting:
    """A face as detector and mesh saw it."""

    points: Points
    """The mesh (468, 2) in pixels of the picture."""
    score: float
    """The detector's, in [0.5, 1]."""
    presence: float
    """The mesh's, in [0, 1]."""
    gap: float
    """Mean distance of the detector's six points from the mesh's, in sides of the mesh."""

    @property
    def is_sure(self) -> bool:
        """Whether both networks are sure by themselves."""
        return self.score >= SURE_SCORE and self.gap <= SURE_GAP and self.presence >= SURE_PRESENCE


def gap(points: Points, six: Points) -> float:
    """How far a detector's six points (6, 2) lie from a mesh (468, 2), in sides of the mesh."""
    own = np.array([points[list(places)].mean(axis=0) for places in _SIX])
    return float(np.linalg.norm(own - six, axis=1).mean()) / _side(points)


class Networks(Protocol):
    """What looks at a face again."""

    def sightings(self, pictures: Sequence[Picture]) -> list[list[Sighting]]:
        """Of each picture its faces, by the near detector and the mesh."""

    def near_faces(self, pictures: Sequence[Picture]) -> list[Detections]:
        """Of each picture its faces, by the near detector alone."""

    def far_faces(self, pictures: Sequence[Picture]) -> list[Detections]:
        """Of each picture its faces, by the far detector."""


def is_sure(picture: Picture, seen: Sighting, networks: Networks) -> bool:
    """Whether a face needs no second look, or a short one does: mirrored, and upside down."""
    if seen.score >= UPRIGHT_SCORE or not seen.is_sure:
        return seen.is_sure
    square = _Square.round(seen.points, CLOSER_AND_WIDER[-1])
    return _agree([square.looked_at(picture, seen.points, networks, is_mirrored=True)]) and (
        not square.holds_a_head_upside_down(picture, seen.score, networks)
    )


def is_seen_again(picture: Picture, points: Points, networks: Networks) -> bool:
    """Whether the face of a mesh (468, 2) is there when it is cut closer, wider and mirrored.

    And the far detector sees it too, and it is not seen better upside down.
    """
    squares = [_Square.round(points, factor) for factor in CLOSER_AND_WIDER]
    looks = [
        square.looked_at(picture, points, networks, is_mirrored=is_mirrored)
        for square in squares
        for is_mirrored in (False, True)
    ]
    wide, score = squares[-1], float(np.mean([look[0] for look in looks]))
    return (
        _agree(looks)
        and wide.is_seen_from_afar(picture, networks)
        and not wide.holds_a_head_upside_down(picture, score, networks)
    )


Look = tuple[float, float, float]
"""Score, distance from the first mesh and `gap` of one look."""


def _agree(looks: Sequence[Look]) -> bool:
    score, shift, gaps = np.mean(looks, axis=0)
    return bool(score >= AGAIN_SCORE and shift <= AGAIN_SHIFT and gaps <= AGAIN_GAP)


@dataclass(frozen=True, slots=True)
class _Square:
    """A square round a face, and the pixels that the networks are given of it."""

    box: Box
    size: int

    @classmethod
    def round(cls, points: Points, factor: float) -> "_Square":
        middle, side = (points.min(axis=0) + points.max(axis=0)) / 2, factor * _side(points)
        left, top = (round(float(value)) for value in middle - side / 2)
        box = Box(left=left, top=top, side=max(4, round(side)))
        return cls(box, int(np.clip(box.side, *LOOK_SIZES)))

    def looked_at(
        self, picture: Picture, points: Points, networks: Networks, *, is_mirrored: bool
    ) -> Look:
        square = cut(picture, self.box, self.size)
        if is_mirrored:
            square = np.ascontiguousarray(square[:, ::-1])
        (seen,) = networks.sightings([square])
        middling = [one for one in seen if self._is_in_the_middle(one.points)]
        if not middling:
            return 0.0, NOTHING, NOTHING
        best = max(middling, key=lambda one: one.score)
        again = best.points
        if is_mirrored:
            again = again[MIRROR_468] * _MIRRORED
            again[:, 0] += self.size - 1
        away = np.linalg.norm(from_crop(again, self.box, self.size) - points, axis=1)
        shift = float(away.mean()) / _side(points)
        return best.score, min(NOTHING, shift), min(NOTHING, best.gap)

    def holds_a_head_upside_down(self, picture: Picture, score: float, networks: Networks) -> bool:
        square = np.ascontiguousarray(cut(picture, self.box, self.size)[::-1, ::-1])
        (found,) = networks.near_faces([square])
        return self._best(found) > score + TURNED_BETTER

    def is_seen_from_afar(self, picture: Picture, networks: Networks) -> bool:
        square = cut(picture, self.box, self.size)
        found = networks.far_faces([square, np.ascontiguousarray(square[:, ::-1])])
        return any(self._best(one) > 0 for one in found)

    def _best(self, found: Detections) -> float:
        """The highest score in the middle; 0 where there is no face."""
        away = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - self.size / 2
        return float(found.scores[np.linalg.norm(away, axis=1) < self.size / 4].max(initial=0))

    def _is_in_the_middle(self, points: Points) -> bool:
        away = (points.min(axis=0) + points.max(axis=0)) / 2 - self.size / 2
        return bool(np.linalg.norm(away) < self.size / 4)


def _side(points: Points) -> float:
    return face_box(points).side / ENLARGE
