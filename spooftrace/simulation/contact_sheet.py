"""A picture to look at: what an attack makes of living faces, and its true trace."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.scene.light import Picture

_HEAD, _GAP = 22, 6
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def contact_sheet(
    title: str,
    lives: Sequence[Picture],
    spoofs: Sequence[Picture],
    traces: Sequence[NDArray[np.float16]],
    columns: int = 2,
) -> Picture:
    """Live | spoof | trace of each face, in so many columns.

    A trace is shown about middle grey: grey where nothing changed.
    """
    strips = [_strip(*face) for face in zip(lives, spoofs, traces, strict=True)]
    blank = np.full_like(strips[0], 255)
    strips += [blank] * (-len(strips) % columns)
    rows = [np.concatenate(strips[k : k + columns], axis=1) for k in range(0, len(strips), columns)]
    sheet = np.concatenate([_header(title, columns, strips[0].shape[1]), *rows])
    return np.asarray(sheet, np.uint8)


def _strip(live: Picture, spoof: Picture, trace: NDArray[np.float16]) -> Picture:
    shown = np.clip(127.5 + 255 * trace.astype(np.float32), 0, 255).astype(np.uint8)
    joined = np.concatenate([live, spoof, shown], axis=1)
    framed = cv2.copyMakeBorder(joined, 0, _GAP, 0, _GAP, cv2.BORDER_CONSTANT, value=(255,) * 3)
    return np.asarray(framed, np.uint8)


def _header(title: str, columns: int, width: int) -> Picture:
    header = np.full((_HEAD, columns * width, 3), 255, np.uint8)
    for column in range(columns):
        for place, word in enumerate((f"{title}: live", "spoof", "true trace")):
            origin = (column * width + place * (width - _GAP) // 3 + 4, _HEAD - 7)
            cv2.putText(header, word, origin, _FONT, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return header
