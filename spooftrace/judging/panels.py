"""Panels of faces for a report's page: each square a picture with words below it.

In one picture their words would be as small as the page is narrow; as squares they flow, and are
read on a telephone as well.
"""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from spooftrace.detector.detection import Detection
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.panel import Truth, headline, tiles_of
from spooftrace.evaluation.render.page import Panel, Square
from spooftrace.judging.report import JudgedFaces
from spooftrace.metrics.thresholds import Threshold

QUALITY = 92
"""Of the squares as WebP: a page of thirty faces stays at some ten megabytes."""


def panels_of(
    faces: JudgedFaces, ids: Sequence[str], threshold: Threshold | None
) -> dict[str, Panel]:
    """By id, the panel of each face; empty without a threshold to judge it by."""
    if threshold is None:
        return {}
    detector, changed = SpoofDetector(faces.bundle), faces.change.function()
    found = {}
    for name in ids:
        face = faces.store.image(faces.row_of[name])
        face = face if changed is None else changed(face)
        (detection,) = detector.analyze_faces(face[np.newaxis], threshold=threshold.value)
        found[name] = panel_of(detection, name)
    return found


def panel_of(detection: Detection, caption: str, truth: Truth | None = None) -> Panel:
    """The panel of one face that was judged, with the truth beside it where it is known."""
    return Panel(
        caption=caption,
        decision=detection.decision.value,
        headline=headline(detection),
        squares=tuple(
            Square(uri=data_uri(tile.picture), name=tile.name, detail=tile.detail)
            for tile in tiles_of(detection, title=caption, truth=truth)
        ),
        words=detection.explanation or "",
    )


def data_uri(picture: Image.Image) -> str:
    """The picture as WebP inside a URI."""
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=QUALITY)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
