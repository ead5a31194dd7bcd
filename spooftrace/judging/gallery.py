"""Faces of a simulated store with what the detector saw and what is true, for a report's page."""

import numpy as np

from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.panel import Truth
from spooftrace.evaluation.render.page import Gallery, Panel
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.judging.panels import panel_of
from spooftrace.judging.report import JudgedFaces
from spooftrace.labels import Medium

TITLE = "What the detector saw, and what is true"
SENTENCES = (
    "One test face of each medium: the one with the median score of its medium, not the best. "
    "Input, estimated trace, true trace, live face as the detector reconstructs it, true live "
    "face; then the spoof map M and the trace taken apart into s, b, C and T.",
    "Nobody here exists, and everything was simulated: people, attacks, rooms and cameras. The "
    "true trace is the difference of two pictures of one moment by one camera with the same noise, "
    "with and without the medium.",
)


def gallery_of_truth(faces: JudgedFaces, table: ScoreTable) -> Gallery:
    """The median test face of every medium, judged by the bundle's threshold, with the truth."""
    test = table.rows(table.split == "test")
    media = [medium for medium in Medium if (test.medium == medium.value).any()]
    chosen = [_median(test, medium) for medium in media]
    panels = tuple(
        _panel(faces, name, f"{medium.value}: {name}")
        for medium, name in zip(media, chosen, strict=True)
    )
    return Gallery(title=TITLE, sentences=SENTENCES, panels=panels)


def _median(test: ScoreTable, medium: Medium) -> str:
    """Id of the row of a medium whose score is the median, of two the lower."""
    assert test.id is not None
    rows = np.flatnonzero(test.medium == medium.value)
    ranked = rows[np.argsort(test.score[rows], kind="stable")]
    return str(test.id[ranked[(len(ranked) - 1) // 2]])


def _panel(faces: JudgedFaces, name: str, caption: str) -> Panel:
    row = faces.row_of[name]
    face, trace = faces.store.image(row), faces.store.trace(row)
    known = np.zeros(face.shape, np.float32) if trace is None else trace.astype(np.float32)
    truth = Truth(trace=known, live=face.astype(np.float32) / np.float32(255) - known)
    detector = SpoofDetector(faces.bundle)
    (detection,) = detector.analyze_faces(face[np.newaxis])
    return panel_of(detection, caption, truth)
