"""How good a face is as a picture, and which faces are refused for it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ConfigError, did_you_mean
from spooftrace.faces.crop import ENLARGE, Box, Picture, cut
from spooftrace.faces.mesh import CANONICAL_TRIANGLES
from spooftrace.faces.topology import signed_areas

SHARPNESS_SIZE = 48
"""Side in pixels at which a face is measured. Every face that may pass has at least as many, so
that a large picture is hardly called sharper than a small one: studio portraits measure 0.39 at a
crop of 520 px, 0.36 at 128 and 0.30 at 64."""

EYES = ((33, 133), (263, 362))
"""Corners of the person's right eye and of the left one."""

DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is measured of a face."""

    sharpness: float
    """Root mean square of the second difference over the standard deviation, of the grey face at
    48 px, in the least sharp of four directions; 0.2 to 0.6 for a face in focus. Free of brightness
    and contrast, and blind to no direction of motion."""
    brightness: float
    """Mean grey value of the face, in [0, 1]."""
    inside: float
    """Share of the skin's area in the mesh that lies inside the picture, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityGate:
    """Which faces are refused; the limits are low, to refuse the hopeless and keep the merely poor.

    The defaults were set by looking at the distributions on webcam and phone faces, live and
    replayed (six sources, 1249 faces), four videos and studio portraits, and at the pictures next
    to each limit. Dim and noisy faces stay.
    """

    min_size_px: int = 64
    """Least side of the crop in pixels of the picture; the face itself is 1.2 times smaller. The
    smallest of the measured faces has 106."""
    min_sharpness: float = 0.07
    """Least sharpness. Faces in focus measure 0.2 to 0.6, one measured face in 500 less than 0.07.
    Gaussian blur by 4 % of the crop's side brings the median to 0.05, motion over a fifth of it to
    0.06, over a third to 0.04."""
    min_inside: float = 0.85
    """Least share of the face inside the picture. Tight crops that lose chin or an ear measure 0.9;
    below 0.85 a third of the face is missing."""
    min_brightness: float = 0.08
    """Least mean grey value of the face. Darkness moves scores towards living; the darkest of 2443
    faces of webcams, phones, studios, web sites and videos measures 0.13."""
    max_brightness: float = 0.92
    """Greatest mean grey value; the brightest of them measures 0.80."""
    min_range: float = 0.1
    """Least distance of the 5th and the 95th percentile of the grey face, on the scale where white
    is 1: below there are few grey levels left to judge. The flattest of them measures 0.22."""
    min_colour: float = 0.03
    """Least `colour` of the face; 0 keeps grey and infrared pictures. The palest of them measures
    0.048, grey pictures under a tint at most 0.02."""
    max_roll_deg: float = 50.0
    """Greatest turn of the line between the eyes from the level, in degrees. The mesh is made for
    upright faces; the most tilted of them measures 44."""

    def __post_init__(self) -> None:
        if self.min_size_px < 1:
            raise ConfigError(f"min_size_px: expected at least 1, got {self.min_size_px}")
        if not self.min_sharpness >= 0:
            raise ConfigError(f"min_sharpness: expected at least 0, got {self.min_sharpness}")
        for name in ("min_inside", "min_brightness", "max_brightness", "min_range", "min_colour"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name}: expected 0 to 1, got {getattr(self, name)}")
        if not 0 <= self.max_roll_deg <= 180:
            raise ConfigError(f"max_roll_deg: expected 0 to 180, got {self.max_roll_deg}")


def gate_of(limits: Iterable[str]) -> QualityGate:
    """The default gate with the limits that `NAME=VALUE` texts state, of several the last.

    Raises ConfigError for another form, an unknown name, or a value that cannot be.
    """
    known = {field.name: field.type for field in fields(QualityGate)}
    stated: dict[str, float] = {}
    for text in limits:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign:
            raise ConfigError(f"limit: expected NAME=VALUE, got {text!r}")
        if name not in known:
            raise ConfigError(f"limit {name!r}: there is no such one; {did_you_mean(name, known)}")
        kind = int if known[name] is int else float
        try:
            stated[name] = kind(value)
        except ValueError:
            raise ConfigError(f"{name}: expected {kind.__name__}, got {value!r}") from None
    return QualityGate(**stated)  # type: ignore[arg-type]


def measure(face: Picture, points: NDArray[np.float32], shape: tuple[int, ...]) -> Quality:
    """The quality of a face, by its `inner_face` and its mesh (468, 2) in a picture of a shape."""
    grey = np.asarray(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), np.float32)
    return Quality(
        sharpness=sharpness(grey),
        brightness=float(grey.mean()) / 255,
        inside=share_inside(points, width=shape[1], height=shape[0]),
    )


def inner_face(picture: Picture, box: Box) -> Picture:
    """The box without the border that `ENLARGE` adds, (48, 48, 3)."""
    margin = round(box.side * (1 - 1 / ENLARGE) / 2)
    inner = Box(left=box.left + margin, top=box.top + margin, side=box.side - 2 * margin)
    return cut(picture, inner, SHARPNESS_SIZE)


def tonal_range(face: Picture) -> float:
    """Distance of the 5th and the 95th percentile of a face's grey values, in [0, 1]."""
    dark, bright = np.percentile(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), [5, 95])
    return float(bright - dark) / 255


def colour(face: Picture) -> float:
    """How much of a face's colour is not a tint of its grey, over that grey; 0 for grey and sepia.

    Root mean square of R - G and B - G beyond the best parabola of (R + G + B) / 3.
    """
    values = face.reshape(-1, 3).astype(np.float64) / 255
    grey = values.mean(axis=1)
    tint = np.column_stack([np.ones_like(grey), grey, grey * grey])
    differences = values[:, [0, 2]] - values[:, 1:2]
    rest = differences - tint @ np.linalg.lstsq(tint, differences, rcond=None)[0]
    return float(np.sqrt(np.square(rest).sum(axis=1).mean()) / max(grey.mean(), 1 / 255))


def roll_deg(points: NDArray[np.float32]) -> float:
    """Turn of the line between the eyes of a mesh (468, 2), clockwise, in (-180, 180] degrees."""
    right, left = (points[list(corners)].mean(axis=0) for corners in EYES)
    return float(np.degrees(np.arctan2(*(left - right)[::-1])))


def sharpness(grey: NDArray[np.float32]) -> float:
    """Sharpness of a grey face (48, 48) in its least sharp direction; see `Quality`."""
    # One grey level of noise: a flat picture has no sharpness.
    contrast = float(grey.var()) + 1.0
    energies = [_second_difference_energy(grey, dx, dy) for dx, dy in DIRECTIONS]
    return float(np.sqrt(min(energies) / contrast))


def share_inside(points: NDArray[np.float32], *, width: int, height: int) -> float:
    """Share of the skin's area inside a picture; a mesh triangle counts where its middle is."""
    areas = np.abs(signed_areas(points, CANONICAL_TRIANGLES))
    middles = points[CANONICAL_TRIANGLES].mean(axis=1)
    border = np.array([width, height]) - 0.5
    inside = ((middles >= -0.5) & (middles <= border)).all(axis=1)
    total = areas.sum()
    return float(areas[inside].sum() / total) if total > 0 else 0.0


def _second_difference_energy(grey: NDArray[np.float32], dx: int, dy: int) -> float:
    """Mean square of f(p + d) - 2 f(p) + f(p - d), by the length of the step d."""
    height, width = grey.shape
    middle = grey[1:-1, 1:-1]
    ahead = grey[1 + dy : height - 1 + dy, 1 + dx : width - 1 + dx]
    behind = grey[1 - dy : height - 1 - dy, 1 - dx : width - 1 - dx]
    return float(np.square(ahead - 2 * middle + behind).mean()) / (dx * dx + dy * dy)
