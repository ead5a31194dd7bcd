"""Panels of the faces in a report, as `data:` URIs that an HTML page can hold."""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.panel import draw_panel
from spooftrace.judging.report import JudgedFaces
from spooftrace.metrics.thresholds import Threshold

WIDTH_PX = 1000
"""Of a panel in a page: 1400 as drawn would make a page of many megabytes."""


def panels_of(
    faces: JudgedFaces, ids: Sequence[str], threshold: Threshold | None
) -> dict[str, str]:
    """By id, the panel of each face as a PNG; empty without a threshold to judge it by."""
    if threshold is None:
        return {}
    detector, changed = SpoofDetector(faces.bundle), faces.change.function()
    found = {}
    for name in ids:
        face = faces.store.image(faces.row_of[name])
        face = face if changed is None else changed(face)
        (detection,) = detector.analyze_faces(face[np.newaxis], threshold=threshold.value)
        found[name] = data_uri(Image.fromarray(draw_panel(detection, title=name)))
    return found


def data_uri(picture: Image.Image) -> str:
    """The picture, at most `WIDTH_PX` wide, as a PNG inside a URI."""
    picture.thumbnail((WIDTH_PX, WIDTH_PX), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
