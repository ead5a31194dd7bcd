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

from spooftrace.simulation.light import Image, Light

SOLIDS: Final = np.array(
    [[0.03, 0.26, 0.58], [0.56, 0.03, 0.20], [0.86, 0.72, 0.05], [0.03, 0.03, 0.03]], np.float32
)
"""(4, 3): linear RGB transmittance of solid cyan, magenta, yellow and black (ISO 12647-2, coated)."""


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
    """(h, w, 4) cover of cyan, magenta, yellow and black in [0, 1] that a printer asks for.

    Args:
        light: (h, w, 3) linear in [0, 1], the reflectance to print over that of the paper.
        printer: its nominal inks, without the dot gain, count here.
    """
    root = np.float32(1 / printer.spread)
    taken = 1 - SOLIDS[:3] ** root
    ideal = np.diag(1 / np.diag(taken))
    correct = np.linalg.inv(taken)
    mixing = (ideal + printer.management * (correct - ideal)).astype(np.float32)
    wanted = 1 - _curve(light, float(root))
    # Grey in cyan, magenta and yellow asks for less than full cover of each.
    inks = np.clip(wanted @ mixing, 0, 1)
    grey = inks.min(axis=2)
    key = np.float32(printer.black) * grey * grey
    inks = np.concatenate([inks - key[..., None], key[..., None]], axis=2)
    total = inks.sum(axis=2, keepdims=True)
    return np.asarray(inks * np.minimum(1, printer.ink_limit / (total + 1e-6)), np.float32)


def gained(cover: Image, dot_gain: float) -> Image:
    """Cover after the ink has spread: a + 4 g a (1 - a)."""
    return np.asarray(cover + np.float32(4 * dot_gain) * cover * (1 - cover), np.float32)


def reflect(cover: Image, printer: Printer) -> Light:
    """(h, w, 3) reflectance over the paper's of inks (h, w, 4)."""
    taken = 1 - printer.solids() ** np.float32(1 / printer.spread)
    passed = np.ones((*cover.shape[:2], 3), np.float32)
    for ink in range(4):
        passed *= 1 - cover[..., ink, None] * taken[ink]
    return np.asarray(cv2.pow(passed, printer.spread), np.float32)


def _curve(light: Light, exponent: float) -> Image:
    return np.asarray(cv2.pow(np.clip(light, 0, 1), exponent), np.float32)
