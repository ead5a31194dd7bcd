import base64
import io

import numpy as np
from PIL import Image
from toy_sources import THRESHOLD, grey

from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.panel import tiles_of
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.protocols.protocol import all_rows_test
from spooftrace.judging.changes import FaceChange
from spooftrace.judging.gallery import gallery_of_truth
from spooftrace.judging.panels import panels_of
from spooftrace.judging.scoring import score_store


def opened(uri):
    kind, _, content = uri.partition(",")
    assert kind == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB"), int)


def test_the_panel_is_that_of_the_face_at_the_threshold_given(bundle, store):
    scored = score_store(bundle, store)
    panels = panels_of(scored.faces, ["face20", "face39"], THRESHOLD)
    assert list(panels) == ["face20", "face39"]
    (found,) = SpoofDetector(bundle).analyze_faces(store.image(39)[None], threshold=0.175)
    panel = panels["face39"]
    assert (panel.decision, panel.words) == (found.decision, found.explanation)
    assert f"score {found.score:.4f}" in panel.headline
    assert "threshold 0.1750" in panel.headline
    for square, tile in zip(panel.squares, tiles_of(found), strict=True):
        assert (square.name, square.detail) == (tile.name, tile.detail)
        # Squares are kept with small losses, of which the eye sees nothing.
        assert np.abs(opened(square.uri) - np.asarray(tile.picture, int)).mean() < 2


def test_a_panel_shows_the_face_that_was_judged(bundle, other):
    changed = score_store(bundle, other, protocol=all_rows_test(), change=FaceChange(equalise_px=8))
    plain = score_store(bundle, other, protocol=all_rows_test())
    of = [panels_of(scored.faces, ["face1"], THRESHOLD)["face1"] for scored in (changed, plain)]
    assert of[0] != of[1]


def test_without_a_threshold_there_is_nothing_to_show(bundle, store):
    assert panels_of(score_store(bundle, store).faces, ["face20"], None) == {}


def test_the_gallery_shows_the_median_test_face_of_every_medium(bundle, store):
    scored = score_store(bundle, store)
    gallery = gallery_of_truth(scored.faces, scored.table)
    by_grey = {
        label: sorted((n for n in range(20, 40) if n % 2 == label), key=grey) for label in (0, 1)
    }
    assert [panel.caption for panel in gallery.panels] == [
        f"live: face{by_grey[0][4]}",
        f"replay: face{by_grey[1][4]}",
    ]
    for panel in gallery.panels:
        names = [square.name for square in panel.squares]
        assert len(names) == 10
        assert names[1:5] == [
            "G  spoof trace of I",
            "G  true trace",
            "I - G  live counterpart",
            "true live face",
        ]
        assert opened(panel.squares[2].uri).shape == (320, 320, 3)


def test_a_report_lists_faces_that_can_be_shown(bundle, store):
    scored = score_store(bundle, store)
    report = build_report(scored.table, THRESHOLD, system="toy")
    panels = panels_of(scored.faces, [face.id for face in report.faces], THRESHOLD)
    assert len(panels) == 12
