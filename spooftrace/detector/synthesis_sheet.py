"""The contact sheet of Fig. 8: spoofs and their traces down the side, living faces along the top.

Where a row and a column meet stands the living face with that trace. All traces have one gain,
which stands on the sheet, and are drawn around mid-grey.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from spooftrace.detector.panel import FAINT, INK, PAPER, fitting_gain, font, signed_pixels
from spooftrace.detector.synthesis import ModelFace, SourceTrace

TILE = 160
GAP = 8
HEAD = 34
"""Height of the line of words at the top."""
SHOWN = 12
"""At most so many spoofs, and so many living faces; a larger sheet shows nothing more."""

Picture = NDArray[np.uint8]


def chosen(count: int) -> list[int]:
    """Which of `count` faces are on the sheet: all, or `SHOWN` of them, evenly spread."""
    return [int(index) for index in np.linspace(0, count - 1, min(count, SHOWN)).round()]


def corner(row: int, column: int) -> tuple[int, int]:
    """(x, y) of a tile's top-left pixel; row 0 holds the living faces, columns 0 and 1 the spoofs.

    Column 0 holds the spoof, column 1 its trace; living face k is column k + 2, spoof k row k + 1.
    """
    return GAP + column * (TILE + GAP), HEAD + row * (TILE + GAP)


def draw_sheet(
    spoofs: Sequence[SourceTrace],
    lives: Sequence[ModelFace],
    made: Sequence[Sequence[Picture]],
    title: str = "",
) -> Picture:
    """The sheet (h, w, 3) uint8 RGB; `made[i][j]` is living face j with the trace of spoof i."""
    right, below = corner(len(spoofs) + 1, len(lives) + 2)[0], corner(len(spoofs) + 1, 0)[1]
    canvas = Image.new("RGB", (right, below), PAPER)
    gain = fitting_gain(np.stack([spoof.values for spoof in spoofs]))
    for column, live in enumerate(lives):
        _paste(canvas, live.image, 0, column + 2)
    for row, (spoof, pictures) in enumerate(zip(spoofs, made, strict=True), start=1):
        _paste(canvas, spoof.face.image, row, 0)
        _paste(canvas, signed_pixels(spoof.values, gain), row, 1)
        for column, picture in enumerate(pictures):
            _paste(canvas, picture, row, column + 2)
    draw = ImageDraw.Draw(canvas)
    draw.text((GAP, 9), title, FAINT, font(14))
    left, top = corner(0, 0)
    words = f"across: living faces\ndown: spoofs, and their\ntraces (gain {gain:g}, grey is 0)\n"
    words += "where they meet: the\nface with the trace"
    draw.multiline_text((left, top + 8), words, INK, font(14))
    return np.asarray(canvas)


def _paste(canvas: Image.Image, picture: Picture, row: int, column: int) -> None:
    tile = Image.fromarray(picture).resize((TILE, TILE), Image.Resampling.BILINEAR)
    canvas.paste(tile, corner(row, column))
