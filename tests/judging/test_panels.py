import base64
import io

import numpy as np
from PIL import Image
from toy_sources import THRESHOLD, grey

from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.panel import draw_panel
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.protocols.protocol import all_rows_test
from spooftrace.judging.changes import FaceChange
from spooftrace.judging.gallery import gallery_of_truth
from spooftrace.judging.panels import panels_of
from spooftrace.judging.scoring import score_store


def opened(uri):
    kind, _, content = uri.partition(",")
    assert kind == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def test_the_panel_is_that_of_the_face_at_the_threshold_given(bundle, store):
    scored = score_store(bundle, store)
    panels = panels_of(scored.faces, ["face20", "face39"], THRESHOLD)
    assert list(panels) == ["face20", "face39"]
    (found,) = SpoofDetector(bundle).analyze_faces(store.image(39)[None], threshold=0.175)
    expected = Image.fromarray(draw_panel(found, title="face39"))
    expected.thumbnail((1000, 1000), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(np.asarray(opened(panels["face39"])), np.asarray(expected))


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
    assert [picture.caption for picture in gallery.pictures] == [
        f"live: face{by_grey[0][4]}",
        f"replay: face{by_grey[1][4]}",
    ]
    assert all(opened(picture.uri).width == 1000 for picture in gallery.pictures)


def test_a_report_lists_faces_that_can_be_shown(bundle, store):
    scored = score_store(bundle, store)
    report = build_report(scored.table, THRESHOLD, system="toy")
    panels = panels_of(scored.faces, [face.id for face in report.faces], THRESHOLD)
    assert len(panels) == 12
