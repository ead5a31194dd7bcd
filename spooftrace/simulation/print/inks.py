"""Inks on paper: from a picture to the cover of four inks, and from cover to reflectance.

Colour of halftones: Neugebauer's equations with Demichel's cover of overprints, which for inks that
multiply each other's transmittance is a product over the inks; light spread in the paper by Yule
and Nielsen's exponent n (J. A. C. Yule, W. J. Nielsen, TAGA 1951). n = 1 is Murray and Davies.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Image, Light

SOLIDS: Final = np.array(
    [[0.03, 0.26, 0.58], [0.56, 0.03, 0.20], [0.86, 0.72, 0.05], [0.03, 0.03, 0.03]], np.float32
)
"""(4, 3): linear RGB transmittance of solid cyan, magenta, yellow, black (ISO 12647-2, coated)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """A printer's inks and how it lays them down."""

    strength: tuple[float, float, float, float] = (1, 1, 1, 1)
    """Optical density of each solid over ISO 12647-2's; low where a cartridge runs dry."""
    spread: float = 1.7
    """Yule-Nielsen's n: 1 for no spread of light in the paper, about 2 on soft paper."""
    dot_gain: float = 0.0
    """Growth of the cover at 50 %: 0.1 on photo paper to 0.3 on newsprint (ISO 12647)."""
    management: float = 1.0
    """0: each ink from its own channel; 1: the inks' side absorptions are corrected."""
    black: float = 0.6
    """Share of the grey component that black replaces (undercolour removal)."""
    ink_limit: float = 3.2
    """Largest sum of covers (total area coverage): 2.4 on newsprint to 3.4 on coated paper."""

    def solids(self) -> NDArray[np.float32]:
        """(4, 3) transmittances of this printer's solids."""
        return np.asarray(SOLIDS ** np.array(self.strength, np.float32)[:, None], np.float32)


def separate(light: Light, printer: Printer) -> Image:
    """(4, h, w) cover of cyan, magenta, yellow and black in [0, 1] that a printer asks for.

    Args:
        light: (h, w, 3) linear in [0, 1], the reflectance to print over that of the paper.
        printer: its nominal inks, without the dot gain, count here.
    """
    root = np.float32(1 / printer.spread)
    taken = 1 - SOLIDS[:3] ** root
    ideal = np.diag(1 / np.diag(taken))
    correct = np.linalg.inv(taken)
    mixing = (ideal + printer.management * (correct - ideal)).astype(np.float32)
    # mixing.T @ (1 - root of the light), as one affine map.
    affine = np.column_stack([-mixing.T, mixing.sum(axis=0)])
    wanted = cv2.transform(cv2.pow(light, float(root)), affine)
    cyan, magenta, yellow = cv2.split(np.clip(wanted, 0, 1, out=wanted))
    grey = np.minimum(np.minimum(cyan, magenta), yellow)
    # Black starts in the shadows, so that skin keeps its smooth tone.
    key = np.float32(printer.black) * grey * grey
    inks = np.stack([cyan - key, magenta - key, yellow - key, key])
    total = inks.sum(axis=0)
    if total.max() > printer.ink_limit:
        inks *= np.minimum(1, np.float32(printer.ink_limit) / (total + np.float32(1e-6)))
    return np.asarray(inks, np.float32)


def gained(cover: Image, dot_gain: float) -> Image:
    """Cover after the ink has spread: a + 4 g a (1 - a)."""
    grown = 1 - cover
    grown *= np.float32(4 * dot_gain)
    grown += 1
    grown *= cover
    return grown


def reflect(cover: Image, printer: Printer) -> Light:
    """(h, w, 3) reflectance over the paper's of inks (4, h, w)."""
    taken = 1 - printer.solids() ** np.float32(1 / printer.spread)
    channels = []
    for channel in range(3):
        passed = 1 - cover[0] * taken[0, channel]
        for ink in range(1, 4):
            passed *= 1 - cover[ink] * taken[ink, channel]
        channels.append(cv2.pow(passed, printer.spread))
    return np.asarray(cv2.merge(channels), np.float32)
