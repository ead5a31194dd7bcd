"""The sentence of evidence, against elements that were laid down by hand."""

import numpy as np
import pytest

from spooftrace.detector.detection import Evidence
from spooftrace.detector.explanation import REGIONS, explanation
from spooftrace.faces.crop import Box
from spooftrace.faces.mesh import CANONICAL, MIRROR, VERTICES

N = 64
BOX = Box(left=100, top=50, side=128)
POINTS = (CANONICAL[VERTICES][:, :2] * 100 + [163.5, 113.5]).astype(np.float32)
"""Of a face of 100 px in the middle of the box; in the crop of 64 px it is half as large."""


def evidence(*, s=0.0, b=0.0, content=0.0, texture=0.0, trace=None):
    crop = np.full((N, N, 3), 255, np.uint8)
    flat = np.ones((N, N, 3), np.float32)
    total = s + b + content + texture
    return Evidence(
        crop=crop,
        range_bias=np.full(3, s, np.float32),
        balance_bias=np.full(3, b, np.float32),
        content=flat[:16, :16] * np.float32(content),
        texture=flat * np.float32(texture),
        trace=flat * np.float32(total) if trace is None else trace.astype(np.float32),
        live=flat,
        spoof_map=np.zeros((2, 2), np.float32),
        map_score=0.0,
        trace_score=0.0,
    )


def test_the_shares_of_the_elements_the_largest_first():
    assert explanation(evidence(s=0.1, b=0.06, content=0.04, texture=0.3), None, None) == (
        "Mean |G| is 0.5000 of white; of the elements' magnitude sharp texture T 60%, "
        "range bias s 20%, balance bias b 12%, smooth content C 8%."
    )


def test_elements_that_cancel_are_called_so():
    said = explanation(evidence(content=-0.3, texture=0.4), None, None)
    assert "they cancel each other in part (7.0 times the trace)" in said


def test_no_trace():
    less = "less than half a grey level."
    assert explanation(evidence(), None, None) == f"Mean |G| is 0.0000 of white, {less}"
    assert less in explanation(evidence(texture=0.0019), POINTS, BOX)
    assert less not in explanation(evidence(texture=0.0021), POINTS, BOX)


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ((0, 0.42), "on the chin"),
        ((0, -0.42), "on the forehead"),
        ((0.25, 0.1), "on the left cheek"),
        ((-0.25, 0.1), "on the right cheek"),
        ((0.17, -0.18), "round the left eye"),
        ((0, 0.23), "round the mouth"),
    ],
)
def test_where_it_is_strongest(place, where):
    x, y = 31.5 + 50 * np.array(place)
    rows, columns = np.mgrid[:N, :N]
    spot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 5**2))
    seen = evidence(texture=0.1, trace=np.repeat(spot[..., None], 3, axis=2))
    assert f"it is strongest {where}, " in explanation(seen, POINTS, BOX)


def test_an_even_trace_stands_out_nowhere():
    said = explanation(evidence(texture=0.1), POINTS, BOX)
    assert said.endswith("it is about as strong all over the face.")


def test_the_regions_are_symmetric_and_none_is_empty():
    swapped = [
        name.replace("left", "?").replace("right", "left").replace("?", "right") for name in REGIONS
    ]
    middle = np.abs(CANONICAL[VERTICES][:, 0]) < 1e-6
    assert all((REGIONS[MIRROR] == swapped) | middle)
    assert min(np.unique(REGIONS, return_counts=True)[1]) >= 6
