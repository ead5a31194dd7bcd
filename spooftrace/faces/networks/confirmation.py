"""Whether what was taken for a face is one: the networks agree with each other and themselves.

Drawn smileys, wall sockets and the fronts of cars pass both networks now and then. A face is seen
there again when it is mirrored and cut closer or wider, with the same mesh; the others are not. The
limits were set on 1601 pictures and frames of faces (webcams, phones, studios, web sites; live and
replayed) and on 3200 pictures without one (`benchmarks/faceless.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import ENLARGE, Box, Picture, cut, face_box, from_crop
from spooftrace.faces.mesh import MIRROR_468
from spooftrace.faces.networks.blazeface import Detections

SURE_SCORE: Final = 0.85
"""The detector's; 58 % of the faces have more, with the gap below. Of 89 false ones none had as
much with such a gap, nor had any of 103 faces on their heads."""
SURE_GAP: Final = 0.06
"""See `gap`."""
SURE_PRESENCE: Final = 0.95
TURNED_BETTER: Final = 0.05
"""A face stands on its head when it scores higher by so much when the picture is turned."""

CLOSER_AND_WIDER: Final = (1.5, 2.0)
"""Sides of the squares that are looked at again, in sides of the mesh."""
LOOK_SIZES: Final = (64, 256)
"""Least and greatest side of such a square in pixels."""
CLEAR_SCORE: Final = 0.65
"""Least score of one look that suffices."""
CLEAR_GAP: Final = 0.06
"""Greatest `gap` of it."""
AGAIN_SCORE: Final = 0.6
"""Least mean score of two looks; no face in a look counts as 0."""
AGAIN_SHIFT: Final = 0.03
"""Greatest distance between the mesh of a look and the first, in sides of the mesh."""
AGAIN_GAP: Final = 0.08
"""Greatest mean `gap` of two looks."""
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
        """Whether no second look is needed."""
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


def is_seen_again(picture: Picture, points: Points, networks: Networks) -> bool:
    """Whether the face of a mesh (468, 2) is there in a mirror, and not better upside down.

    One clear look closer suffices; else a wider one and the far detector must agree.
    """
    close, wide = (_Square.round(points, factor) for factor in CLOSER_AND_WIDER)
    look = close.in_a_mirror(picture, points, networks)
    if look.score < CLEAR_SCORE or look.shift > AGAIN_SHIFT or look.gap > CLEAR_GAP:
        look = look.averaged(wide.in_a_mirror(picture, points, networks))
        is_there = look.score >= AGAIN_SCORE and look.shift <= AGAIN_SHIFT and look.gap <= AGAIN_GAP
        if not (is_there and wide.is_seen_from_afar(picture, networks)):
            return False
    return not wide.holds_a_head_upside_down(picture, look.score, networks)


class _Look(NamedTuple):
    """A face where a mesh says that there is one; shift and gap in sides of the mesh."""

    score: float
    shift: float
    """Mean distance from that mesh."""
    gap: float

    def averaged(self, other: "_Look") -> "_Look":
        return _Look(*((one + two) / 2 for one, two in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class _Square:
    """A square round a face, and the side in pixels at which the networks are given it."""

    box: Box
    size: int

    @classmethod
    def round(cls, points: Points, factor: float) -> "_Square":
        middle, side = (points.min(axis=0) + points.max(axis=0)) / 2, factor * _side(points)
        left, top = (round(float(value)) for value in middle - side / 2)
        box = Box(left=left, top=top, side=max(4, round(side)))
        return cls(box, int(np.clip(box.side, *LOOK_SIZES)))

    def in_a_mirror(self, picture: Picture, points: Points, networks: Networks) -> _Look:
        square = np.ascontiguousarray(cut(picture, self.box, self.size)[:, ::-1])
        (seen,) = networks.sightings([square])
        middling = [one for one in seen if self._is_in_the_middle(one.points)]
        if not middling:
            return _Look(0.0, NOTHING, NOTHING)
        best = max(middling, key=lambda one: one.score)
        again = best.points[MIRROR_468] * _MIRRORED
        again[:, 0] += self.size - 1
        away = np.linalg.norm(from_crop(again, self.box, self.size) - points, axis=1)
        return _Look(best.score, min(NOTHING, float(away.mean()) / _side(points)), best.gap)

    def is_seen_from_afar(self, picture: Picture, networks: Networks) -> bool:
        square = cut(picture, self.box, self.size)
        both = (square, np.ascontiguousarray(square[:, ::-1]))
        return any(self._best(networks.far_faces([one])[0]) > 0 for one in both)

    def holds_a_head_upside_down(self, picture: Picture, score: float, networks: Networks) -> bool:
        if score + TURNED_BETTER >= 1:
            return False  # No score is better by so much: the look is saved.
        square = np.ascontiguousarray(cut(picture, self.box, self.size)[::-1, ::-1])
        (found,) = networks.near_faces([square])
        return self._best(found) > score + TURNED_BETTER

    def _best(self, found: Detections) -> float:
        """The highest score in the middle; 0 where there is no face."""
        away = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - self.size / 2
        return float(found.scores[np.linalg.norm(away, axis=1) < self.size / 4].max(initial=0))

    def _is_in_the_middle(self, points: Points) -> bool:
        away = (points.min(axis=0) + points.max(axis=0)) / 2 - self.size / 2
        return bool(np.linalg.norm(away) < self.size / 4)


def _side(points: Points) -> float:
    return face_box(points).side / ENLARGE
