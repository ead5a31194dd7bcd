import re
from xml.etree import ElementTree

import pytest
from scipy.special import ndtri

from spooftrace.evaluation import charts
from spooftrace.evaluation.estimates.curves import ErrorBand, Histogram, ReliabilityPoint
from spooftrace.evaluation.svg import Plot, Scale

UNIT = Scale(low=0, high=2, ticks=((0, "0"), (2, "2")), label="x < y")
BAND = ErrorBand(
    bpcer=(0.0, 0.1, 1.0),
    apcer=(0.5, 0.2, 0.0),
    low=(0.4, 0.1, 0.0),
    high=(0.6, 0.3, 0.1),
    level=0.9,
)


def read(drawn):
    return ElementTree.fromstring(drawn)


def points(element):
    return [tuple(map(float, pair.split(","))) for pair in element.get("points").split()]


def test_values_lie_where_the_scales_say():
    plot = Plot(title="a & b", x=UNIT, y=UNIT, width=162 + 16, height=164, left=62)
    assert plot.at(0, 0) == (62, 114)
    assert plot.at(2, 2) == (162, 14)
    assert plot.at(1, 0.5) == (112, 89)
    assert plot.at(-5, 99) == (62, 14)  # drawn at the end of the axis
    plot.dot(1, 1, "point", "<here>")
    root = read(plot.draw())
    assert root.get("aria-label") == "a & b"
    assert root.find("circle/title").text == "<here>"
    assert "x < y" in [text.text for text in root.iter("text")]


def test_det_axes_are_normal_deviates():
    root = read(charts.det(BAND, (0.1, 0.2)))
    curve = next(line for line in root.iter("polyline") if line.get("class") == "curve")
    x, y = points(curve)[1]
    low, high = ndtri(0.001), ndtri(0.6)
    assert (x - 62) / (440 - 62 - 16) == pytest.approx((ndtri(0.1) - low) / (high - low), abs=1e-3)
    assert (330 - y) / (380 - 64) == pytest.approx((ndtri(0.2) - low) / (high - low), abs=1e-3)
    dot = root.find("circle")
    assert (float(dot.get("cx")), float(dot.get("cy"))) == (x, y)


def test_the_roc_shows_attacks_detected_between_its_band():
    root = read(charts.roc(BAND, None))
    curve = next(line for line in root.iter("polyline") if line.get("class") == "curve")
    heights = [(330 - y) / 316 for _, y in points(curve)]
    assert heights == pytest.approx([0.5, 0.8, 1.0], abs=1e-3)
    around = [(330 - y) / 316 for _, y in points(root.find("polygon"))]
    assert around == pytest.approx([0.4, 0.7, 0.9, 1.0, 0.9, 0.6], abs=1e-3)
    assert root.find("circle") is None


def test_no_band_without_enough_clusters():
    bare = ErrorBand(bpcer=(0.0, 1.0), apcer=(0.5, 0.0), low=None, high=None, level=0.95)
    assert read(charts.roc(bare, None)).find("polygon") is None
    assert read(charts.det(bare, None)).find("polygon") is None


def test_each_row_of_the_histograms_is_scaled_to_its_own_highest_bin():
    found = Histogram(edges=(0.0, 1.0, 2.0), live=(8, 2), attacks={"half_mask": (0, 1)})
    root = read(charts.histograms(found, 1.5))
    areas = {area.get("class"): points(area) for area in root.iter("polygon")}
    tops = {name: min(y for _, y in area) for name, area in areas.items()}
    bases = {name: max(y for _, y in area) for name, area in areas.items()}
    rise = {name: bases[name] - tops[name] for name in areas}
    assert rise["live"] == rise["spoof"] == pytest.approx(0.86 * 40, abs=0.2)
    said = " ".join(text.text for text in root.iter("text"))
    assert "half mask" in said
    assert "threshold 1.5" in said
    assert "threshold" not in charts.histograms(found, 7.0)
    assert read(charts.histograms(Histogram(edges=(1, 1), live=(1,), attacks={}), None)) is not None


def test_reliability_points_with_their_whiskers():
    point = ReliabilityPoint(stated=0.25, observed=0.5, low=0.2, high=0.8, rows=12)
    root = read(charts.reliability((point,)))
    assert root.find("circle/title").text == "stated 25.0%, observed 50.0% of 12"
    whisker = next(line for line in root.iter("polyline") if line.get("class") == "whisker")
    assert [(330 - y) / 316 for _, y in points(whisker)] == pytest.approx([0.2, 0.8], abs=1e-3)


def test_ticks_are_round_numbers():
    root = read(charts.histograms(Histogram(edges=(-0.03, 1.13), live=(1,), attacks={}), None))
    ticks = [text.text for text in root.iter("text") if text.get("class") == "tick"]
    assert ticks == ["0", "0.2", "0.4", "0.6", "0.8", "1"]
    assert all(re.fullmatch(r"[\d.]+", tick) for tick in ticks)
