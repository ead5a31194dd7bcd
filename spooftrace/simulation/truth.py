"""What is true of a simulated spoof: its trace, the trace taken apart, the pixels that it touched.

Convention: spoof and live are one camera's pictures of the same moment with the same noise, with
and without the medium. The trace is spoof - live, where a picture is [0, 1] (Eq. 1).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Floats, Image, Picture

CONTENT_SIZE = 64
"""L of Eq. 2: side of the smooth content C."""

VISIBLE = 2 / 255
"""Smallest change of a colour that counts as touched: what rounding and compression leave."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Elements:
    """A true trace in the terms of Eq. 2, all in units where a picture is [0, 1]."""

    range_bias: NDArray[np.float64]
    """(3,) s, the share of the picture itself, per channel."""
    balance_bias: NDArray[np.float64]
    """(3,) b, the constant."""
    content: Image
    """(64, 64, 3) C, smooth."""
    texture: Image
    """(n, n, 3) T, the rest."""

    def compose(self, spoof: Image) -> Image:
        """S I + b + [C] + T of Eq. 2 for the spoof picture (n, n, 3) in [0, 1]."""
        smooth = _enlarged(self.content, len(spoof))
        return np.asarray(self.range_bias * spoof + self.balance_bias + smooth + self.texture)


def trace_of(spoof: Picture, live: Picture) -> NDArray[np.float16]:
    """The trace (n, n, 3): half precision, from which rounding restores `live` exactly.

    `data.sample.without_trace` does so.
    """
    difference = spoof.astype(np.float32) - live.astype(np.float32)
    return np.asarray(difference / np.float32(255), np.float16)


def touched(trace: Floats) -> NDArray[np.bool_]:
    """(h, w): where a trace (h, w, 3) changes some colour visibly, specks of compression left out.

    A pixel is touched when most of its 3 x 3 neighbourhood changes by more than 2 grey levels.
    """
    largest = np.abs(trace.astype(np.float32)).max(axis=2)
    marks = (largest > VISIBLE).astype(np.uint8)
    return np.asarray(cv2.medianBlur(marks, 3) > 0)


def decompose(trace: Floats, spoof: Image) -> Elements:
    """The reference decomposition of a trace (n, n, 3) of a spoof picture in [0, 1] (Eq. 2).

    Per channel s and b are the least-squares line of the trace over the picture's values; C is the
    rest reduced to 64 x 64 pixels by area means; T is what remains. Their sum is the trace.
    """
    whole = trace.astype(np.float64)
    value = spoof - spoof.mean(axis=(0, 1))
    spread = (value**2).sum(axis=(0, 1))
    joint = (value * whole).sum(axis=(0, 1))
    slope = np.divide(joint, spread, out=np.zeros(3), where=spread > 0)
    constant = whole.mean(axis=(0, 1)) - slope * spoof.mean(axis=(0, 1))
    rest = whole - slope * spoof - constant
    size = (CONTENT_SIZE, CONTENT_SIZE)
    content = cv2.resize(rest, size, interpolation=cv2.INTER_AREA)
    texture = rest - _enlarged(content, len(whole))
    return Elements(range_bias=slope, balance_bias=constant, content=content, texture=texture)


def _enlarged(content: Image, size: int) -> Image:
    """[C]_N of Eq. 2: bilinear, as the generator's `compose` does."""
    return np.asarray(cv2.resize(content, (size, size), interpolation=cv2.INTER_LINEAR))
