"""The panel: where things are, what grey means, and how quick it is."""

import time

import numpy as np
import pytest
from toy_bundle import BALANCE_BIAS, RANGE_BIAS, SIZE

from spooftrace.detector.detection import Decision, Detection, Evidence
from spooftrace.detector.panel import (
    HEIGHT,
    MARGIN,
    SWATCH,
    TILE,
    WIDTH,
    Truth,
    corner,
    draw_panel,
    fitting_gain,
    signed_pixels,
)
from spooftrace.errors import PictureError
from spooftrace.faces.finder import RejectReason

INPUT, TRACE, LIVE, MAP, S, B, C, T = range(8)


def constant(side, *colour):
    return np.broadcast_to(np.float32(colour), (side, side, 3)).copy()


def evidence(**changes):
    """What the toy sees in a face of the one colour (51, 102, 204)."""
    values = {
        "crop": np.broadcast_to(np.uint8([51, 102, 204]), (256, 256, 3)),
        "range_bias": np.float32(RANGE_BIAS),
        "balance_bias": np.float32(BALANCE_BIAS),
        "content": constant(8, 0.1, 0.2, 0.4),
        "texture": constant(SIZE, -0.05, -0.1, -0.2),
        "trace": constant(SIZE, 0.12, 0.18, 0.39),
        "live": constant(SIZE, 0.08, 0.22, 0.41),
        "spoof_map": np.full((2, 2), 0.5, np.float32),
        "map_score": 0.25,
        "trace_score": 0.115,
    }
    return Evidence(**(values | changes))


def detection(decision=Decision.SPOOF, **changes):
    return Detection(
        decision=decision,
        score=0.75 if decision is Decision.SPOOF else 0.25,
        threshold=0.5,
        threshold_source="eer on dev",
        native_size=412,
        evidence=evidence(**changes),
    )


def middle(panel, tile, x=TILE // 2, y=TILE // 2):
    left, top = corner(tile)
    return tuple(int(level) for level in panel[top + y, left + x])


def test_the_tiles_fill_the_width_and_do_not_touch():
    corners = [corner(tile) for tile in range(8)]
    assert corners[0][0] == MARGIN
    assert corners[3][0] + TILE + MARGIN == WIDTH
    assert {x for x, _ in corners[:4]} == {x for x, _ in corners[4:]}
    assert np.diff([x for x, _ in corners[:4]]).min() == TILE + MARGIN
    assert corners[4][1] >= corners[0][1] + TILE + 60  # two lines of caption
    assert corners[7][1] + TILE + 60 <= HEIGHT


def test_size_and_type():
    panel = draw_panel(detection())
    assert panel.shape == (HEIGHT, WIDTH, 3)
    assert panel.dtype == np.uint8


def test_pictures_are_shown_as_they_are():
    panel = draw_panel(detection())
    assert middle(panel, INPUT) == (51, 102, 204)
    assert middle(panel, LIVE) == (20, 56, 105)  # 255 * (.08, .22, .41), rounded


def test_the_live_counterpart_is_clipped_to_be_shown():
    panel = draw_panel(detection(live=constant(SIZE, -0.5, 0.5, 1.5)))
    assert middle(panel, LIVE) == (0, 128, 255)


def test_signed_pictures_lie_around_grey_with_the_gain_that_fits():
    panel = draw_panel(detection())
    # Largest values .39, .4 and .2; gains 2, 2 and 5; 127.5 + 127.5 gain v.
    assert middle(panel, TRACE) == (158, 173, 227)
    assert middle(panel, C) == (153, 178, 230)
    assert middle(panel, T) == (96, 64, 0)


def test_swatches():
    panel = draw_panel(detection())
    # s: gain 2 for .3; b: gain 20 for .05.
    assert middle(panel, S, y=10) == middle(panel, S, y=SWATCH - 2) == (153, 178, 204)
    assert middle(panel, B, y=10) == middle(panel, B, y=SWATCH - 2) == (255, 128, 0)
    assert middle(panel, S, x=2, y=SWATCH + 2) != (153, 178, 204)


def test_the_bars_point_to_the_side_of_the_sign():
    panel = draw_panel(detection())
    red, blue = (205, 60, 60), (60, 95, 205)
    row = {"R": SWATCH + 8 + 17, "B": SWATCH + 8 + 2 * 38 + 17}
    # Gain 20 x .05 = 1: the whole reach, 84 pixels to either side of 128.
    assert middle(panel, B, x=130, y=row["R"]) == middle(panel, B, x=211, y=row["R"]) == red
    assert middle(panel, B, x=126, y=row["R"]) != red
    assert middle(panel, B, x=126, y=row["B"]) == middle(panel, B, x=45, y=row["B"]) == blue
    assert middle(panel, B, x=130, y=row["B"]) != blue


def test_a_gain_that_the_caller_fixes():
    panel = draw_panel(detection(), gain=1.0)
    assert middle(panel, TRACE) == (143, 150, 177)
    assert middle(panel, S, y=10) == (140, 153, 166)


def test_the_map_runs_from_dark_to_bright_and_is_clipped():
    grades = np.float32([[-1, 0], [1, 3]])
    panel = draw_panel(detection(spoof_map=grades))
    dark, bright = (16, 24, 64), (255, 224, 96)
    assert middle(panel, MAP, 10, 10) == middle(panel, MAP, 310, 10) == dark
    assert middle(panel, MAP, 10, 310) == middle(panel, MAP, 310, 310) == bright


def test_the_badge_tells_the_decision():
    inside = (MARGIN + 3, MARGIN + 12)  # left of the text
    spoof, live = draw_panel(detection()), draw_panel(detection(Decision.LIVE))
    assert tuple(spoof[inside[1], inside[0]]) == (190, 40, 45)
    assert tuple(live[inside[1], inside[0]]) == (24, 128, 72)


@pytest.mark.parametrize(
    ("largest", "gain"),
    [(0.0, 20), (0.01, 20), (0.05, 20), (0.051, 10), (0.1, 10), (0.3, 2), (0.9, 1), (5.0, 1)],
)
def test_the_gain_never_amplifies_noise_nor_hides_a_trace(largest, gain):
    values = np.linspace(-largest, largest, 5, dtype=np.float32)
    assert fitting_gain(values) == gain


def test_signed_pixels_are_symmetric():
    values = np.linspace(-0.4, 0.4, 81, dtype=np.float32)
    levels = signed_pixels(values, 2.0).astype(int)
    assert np.abs(levels + levels[::-1] - 255).max() <= 1
    assert (np.diff(levels) >= 0).all()


def test_titles_that_no_font_has():
    panel = draw_panel(detection(), title="Gesicht\n\x00 Œuvre 顔 " + 50 * "long/")
    assert panel.shape == draw_panel(detection(), title="plain").shape
    assert panel.std() > 0


def test_no_face_no_panel():
    nothing = Detection(
        decision=Decision.NO_ANSWER,
        score=None,
        threshold=0.5,
        threshold_source="caller",
        reason=RejectReason.NO_FACE,
        detail="no face in 640 x 480",
    )
    with pytest.raises(PictureError, match=r"a\.png: expected a detection with evidence, got no_a"):
        draw_panel(nothing, title="a.png")


def test_it_is_quick():
    shown = detection()
    draw_panel(shown)  # loads the fonts
    seconds = []
    for _ in range(5):
        start = time.process_time()
        draw_panel(shown)
        seconds.append(time.process_time() - start)
    # About 15 ms; other processes do not count.
    assert min(seconds) < 0.1


def test_the_truth_stands_beside_the_estimate_at_one_gain():
    truth = Truth(trace=constant(256, 0.25, 0.0, -0.25), live=constant(256, 0.2, 0.4, 0.6))
    panel = draw_panel(detection(), truth=truth)
    assert panel.shape == (HEIGHT, WIDTH + TILE + MARGIN, 3)

    def tile_middle(index):
        left, top = corner(index, 5)
        return tuple(panel[top + TILE // 2, left + TILE // 2])

    # The largest value of either trace is 0.39: both are shown at gain 2.
    assert tile_middle(2) == (191, 128, 64)
    assert tile_middle(1) == tuple(np.rint(127.5 + 255 * np.array([0.12, 0.18, 0.39])))
    assert tile_middle(4) == (51, 102, 153)
