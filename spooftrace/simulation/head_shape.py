"""The shape of a head that nobody has: the canonical face varied, and a skull drawn behind it.

Head coordinates are in halves of the face's width, centred between the cheeks: x to the right,
y down, z away from the camera.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.faces import mesh

Points = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]

# MediaPipe's face oval, from the top of the forehead to the person's left and round.
_OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377]
_OVAL += [152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
_RINGS = 8

# Where faces differ (MediaPipe's landmarks) and how far around, in halves of the face's width.
_PLACES = {
    1: 0.16,  # nose
    168: 0.15,  # bridge
    0: 0.2,  # lips
    61: 0.15,  # corners of the mouth
    152: 0.3,  # chin
    58: 0.3,  # jaw
    50: 0.22,  # cheeks
    33: 0.18,  # eyes
    105: 0.2,  # brows
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A face mesh with the rings of a skull behind it."""

    points: Points
    """(n, 3): the 468 vertices of the face mesh, then the rings."""
    painted: Points
    """(n, 2): where each vertex lies on the painted frontal face."""
    hair: NDArray[np.float32]
    """(n,): above one half a vertex is covered with hair."""
    triangles: NDArray[np.intp]
    """(f, 3) indices of vertices, clockwise on the screen when seen from outside."""


def draw_head(rng: np.random.Generator) -> Head:
    """A random face with a skull and a haircut."""
    face = _vary(canonical(), rng)
    rings, hairs = _skull(face[_OVAL], rng)
    hair = np.zeros(len(face))
    hair[_OVAL] = hairs[0] * 0.55
    rest = canonical()[:, :2]
    return Head(
        points=np.concatenate([face, *rings]).astype(np.float32),
        # The skull goes on in the colour of the rim, a little inside of it.
        painted=np.concatenate([rest, *[rest[_OVAL] * 0.97] * _RINGS]).astype(np.float32),
        hair=np.concatenate([hair, *hairs]).astype(np.float32),
        triangles=_triangles(),
    )


def canonical() -> Points:
    """The mean face (468, 3)."""
    points = np.asarray(mesh.CANONICAL, np.float32)
    oval = points[_OVAL]
    centre = np.array([(points[234, 0] + points[454, 0]) / 2, oval[:, 1].mean(), oval[:, 2].mean()])
    width = np.linalg.norm(points[454] - points[234])
    return np.asarray((points - centre) / (width / 2), np.float32)


def _vary(face: Points, rng: np.random.Generator) -> Points:
    """Stretch the face, and push a few places in or out, alike left and right."""
    varied = face.copy()
    for landmark, radius in _PLACES.items():
        push = rng.normal(0, (0.035, 0.04, 0.04))
        if abs(face[landmark, 0]) < 0.05:
            varied += _near(face, face[landmark], radius) * push * (0, 1, 1)
        else:
            varied += _near(face, face[landmark], radius) * push
            varied += _near(face, face[landmark] * (-1, 1, 1), radius) * push * (-1, 1, 1)
    return np.asarray(varied * rng.normal(1, (0.04, 0.05, 0.06)), np.float32)


def _near(points: Points, centre: Floats, radius: float) -> Floats:
    return np.asarray(np.exp(-0.5 * ((points - centre) ** 2).sum(1, keepdims=True) / radius**2))


def _skull(rim: Points, rng: np.random.Generator) -> tuple[list[Points], list[Points]]:
    """Rings from the face's rim over the skull to its back, and how much hair covers them."""
    middle = rim.mean(0)
    radius = rim[:, :2] - middle[:2]
    outward = radius / np.linalg.norm(radius, axis=1, keepdims=True)
    up, down = np.clip(-outward[:, 1], 0, 1), np.clip(outward[:, 1], 0, 1)
    volume, hairline = rng.uniform(0.02, 0.16), rng.uniform(0.1, 0.4)
    bald = rng.random() < 0.12
    rings, hairs = [], []
    for along in np.linspace(0, 1, _RINGS + 1)[1:]:
        hair = np.zeros(len(rim)) if bald else np.clip((up + 0.4 * along - hairline) / 0.4, 0, 1)
        swell = np.sin(np.pi * min(1.0, 0.15 + 0.85 * along))
        reach = 1 + swell * (0.36 * up**2 + 0.03) + volume * hair * min(1.0, 3 * along)
        closing = np.sqrt(1 - 0.98 * max(0.0, along - 0.4) ** 2 / 0.36)
        xy = middle[:2] + radius * ((reach - 0.3 * along * down) * closing)[:, None]
        z = rim[:, 2] + (1.8 - rim[:, 2]) * along**1.25
        rings.append(np.column_stack([xy, z]).astype(np.float32))
        hairs.append(hair.astype(np.float32))
    return rings, hairs


def _triangles() -> NDArray[np.intp]:
    """Those of the face, then of the bands between the rings."""
    count = len(_OVAL)
    loops = [np.array(_OVAL)] + [468 + ring * count + np.arange(count) for ring in range(_RINGS)]
    bands = [mesh.CANONICAL_TRIANGLES, mesh.EYE_TRIANGLES, mesh.MOUTH_TRIANGLES]
    for near, far in itertools.pairwise(loops):
        near_next, far_next = np.roll(near, -1), np.roll(far, -1)
        bands.append(np.column_stack([near, far, near_next]))
        bands.append(np.column_stack([near_next, far, far_next]))
    return np.concatenate(bands).astype(np.intp)
