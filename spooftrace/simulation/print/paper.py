"""Paper: its white, its fibres and its gloss under the scene's light."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation import noise
from spooftrace.simulation.scene.illumination import Illumination
from spooftrace.simulation.scene.light import Image, Light
from spooftrace.simulation.scene.sheet import COARSE, Sheet, enlarged, view_directions

FRESNEL: Final = 0.04
"""Reflectance of a coating of index 1.5 at normal incidence."""

BRIGHTEST: Final = 3.0
"""Of a highlight, over white paper; every camera clips far below."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paper:
    """A kind of paper."""

    white: NDArray[np.float32]
    """(3,) linear RGB reflectance."""
    mottle: float = 0.0
    """Deviation of the reflectance from fibre to fibre, over the white."""
    relief: float = 0.0
    """Deviation of the slope of the surface: 0.01 coated, 0.1 rough."""
    exponent: float = 0.0
    """Of the Blinn-Phong lobe: 0 matt, 20 satin, 1000 glossy photo paper."""
    lamp_share: float = 0.5
    """Of the key light that a lamp as small as the lobe sends."""


def fibres(paper: Paper, sheet: Sheet, light: Illumination, rng: np.random.Generator) -> Image:
    """(n, n) factor of mean about 1: reflectance and relief of the fibres in slanting light."""
    size = sheet.u.shape[0]
    height = noise.fibres(rng, size)
    slope = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / 8) * light.towards[0]
    slope += cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=1 / 8) * light.towards[1]
    texture = np.float32(paper.mottle) * height
    texture += np.float32(paper.relief * light.key) * slope
    return np.asarray(np.clip(1 + texture, 0.3, 2), np.float32)


def irradiance(sheet: Sheet, light: Illumination) -> Light:
    """(n, n, 3) that falls on the sheet, by Lambert's law."""
    return enlarged(light.irradiance(sheet.normal, wrap=0.0), sheet.u.shape[0])


def gloss(
    paper: Paper, sheet: Sheet, light: Illumination, lamp: NDArray[np.float32] | None
) -> Light:
    """(n, n, 3) light that the coating reflects, over white paper in full light.

    A lamp that gives the irradiance E has in the lobe of exponent k the radiance
    F E (k + 2) / 2 cos^k of the half vector, in units of a white surface's; the room around adds
    F times its ambient light everywhere, which lifts the blacks.

    Args:
        paper: its exponent and share.
        sheet: its normals.
        light: strength and colours.
        lamp: (3,) unit vector towards the lamp; None for the scene's own key light.
    """
    if paper.exponent <= 0:
        return np.zeros((1, 1, 3), np.float32) + _veil(light)
    towards = light.towards if lamp is None else lamp
    half = towards - view_directions(len(sheet.normal))
    half /= np.linalg.norm(half, axis=2, keepdims=True)
    facing = np.clip((half * sheet.normal).sum(axis=2), 1e-3, 1)
    lobe = cv2.pow(facing, paper.exponent)
    peak = FRESNEL * light.key * paper.lamp_share * (paper.exponent + 2) / 2
    shine = np.minimum(np.float32(peak) * lobe, BRIGHTEST)
    return enlarged(shine[..., None] * light.key_colour + _veil(light), COARSE * len(half))


def lamp_seen_at(sheet: Sheet, place: tuple[float, float]) -> NDArray[np.float32]:
    """(3,) direction of a lamp whose reflection lies at a place (x, y), in shares of the scene."""
    size = len(sheet.normal)
    column, row = (int(np.clip(share * size, 0, size - 1)) for share in place)
    normal, view = sheet.normal[row, column], view_directions(size)[row, column]
    return np.asarray(view - 2 * np.dot(view, normal) * normal, np.float32)


def _veil(light: Illumination) -> NDArray[np.float32]:
    return np.asarray(light.ambient_colour * np.float32(FRESNEL * 0.5 * light.ambient), np.float32)
