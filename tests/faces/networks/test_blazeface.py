"""Anchors, boxes and their weighted mean, by hand and against a slow copy of the rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spooftrace.faces.networks import blazeface


def test_anchors_by_hand():
    # Two cells a side, stride 4 of 8 pixels: middles at 2 and 6 pixels; then one cell, twice.
    places = blazeface.anchors(8, ((4, 1), (8, 2)))
    expected = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75), (0.5, 0.5), (0.5, 0.5)]
    assert places.tolist() == [list(place) for place in expected]


def test_the_networks_anchors():
    # 16 x 16 cells of 2, 8 x 8 of 6; 48 x 48 of 1.
    assert blazeface.NEAR_ANCHORS.shape == (896, 2)
    assert blazeface.FAR_ANCHORS.shape == (2304, 2)
    assert blazeface.NEAR_ANCHORS[0].tolist() == [1 / 32, 1 / 32]
    assert blazeface.NEAR_ANCHORS[512].tolist() == [1 / 16, 1 / 16]
    assert blazeface.FAR_ANCHORS[-1] == pytest.approx(1 - 1 / 96)


def raw(*boxes):
    """Network output for boxes (x, y, width, height) whose six points lie at the box's middle."""
    return np.float32([[x, y, w, h, *(x, y) * 6] for x, y, w, h in boxes])


PLACES = np.float32([[0.5, 0.5], [0.5, 0.5], [0.25, 0.25]])


def test_a_box_is_counted_from_its_anchor_in_pixels():
    found = blazeface.decode(raw((10, -5, 20, 40)), np.float32([0]), PLACES[:1], 100)
    assert found.boxes[0] == pytest.approx([0.5, 0.25, 0.7, 0.65])
    assert found.points[0] == pytest.approx(np.tile([0.6, 0.45], (6, 1)))
    assert found.scores.tolist() == [0.5]


def test_unlikely_boxes_are_dropped():
    found = blazeface.decode(raw((0, 0, 10, 10)), np.float32([-0.001]), PLACES[:1], 100)
    assert (found.boxes.shape, found.points.shape, found.scores.shape) == ((0, 4), (0, 6, 2), (0,))


def test_what_overlaps_is_averaged_by_score():
    # Scores 1 / (1 + e^-x): 0.75 for log 3, 0.6 for log 1.5. Moved by 2 of 20 px: union 22 of 18.
    boxes = raw((0, 0, 20, 20), (2, 0, 20, 20), (0, 0, 10, 10))
    found = blazeface.decode(boxes, np.log(np.float32([3, 1.5, 9])), PLACES, 100)
    middle = 0.5 + 0.02 * 0.6 / 1.35
    assert found.scores == pytest.approx([0.9, 0.75])
    assert found.boxes[0] == pytest.approx([0.2, 0.2, 0.3, 0.3])
    assert found.boxes[1] == pytest.approx([middle - 0.1, 0.4, middle + 0.1, 0.6])
    assert found.points[1] == pytest.approx(np.tile([middle, 0.5], (6, 1)))


def test_scores_beyond_reason_are_certain_and_not_infinite():
    found = blazeface.decode(raw((0, 0, 20, 20)), np.float32([1e30]), PLACES[:1], 100)
    assert found.scores.tolist() == [1.0]


def slow_average(boxes, points, scores):
    """The rule in words: take the surest, average what overlaps it, go on with the rest."""
    left = sorted(range(len(scores)), key=lambda k: -scores[k])
    kept = []
    while left:
        best = left[0]
        alike = [k for k in left if k == best or overlap(boxes[k], boxes[best]) > 0.3]
        total = sum(float(scores[k]) for k in alike)
        mean = [sum(float(scores[k]) * boxes[k].astype(float) for k in alike) / total]
        mean.append(sum(float(scores[k]) * points[k].astype(float) for k in alike) / total)
        kept.append((*mean, scores[best]))
        left = [k for k in left if k not in alike]
    return kept


def overlap(first, second):
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    common = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    union = sum(areas) - common
    return common / union if union > 0 else 0


@given(
    st.integers(0, 12).flatmap(
        lambda count: st.tuples(
            hnp.arrays(np.float32, (count, 16), elements=st.integers(-30, 60).map(float)),
            hnp.arrays(np.float32, (count,), elements=st.integers(-20, 60).map(float), unique=True),
        )
    )
)
def test_averaging_is_the_rule_in_words(drawn):
    values, logits = drawn
    values[:, 2:4] = np.abs(values[:, 2:4])
    places = np.full((len(values), 2), 0.5, np.float32)
    found = blazeface.decode(values, logits / 8, places, 64)
    likely = logits >= 0
    middles, sizes = values[likely, :2] / 64 + 0.5, values[likely, 2:4] / 64
    boxes = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=1)
    points = values[likely, 4:].reshape(-1, 6, 2) / 64 + 0.5
    scores = 1 / (1 + np.exp(-logits[likely] / 8))
    expected = slow_average(boxes, points, scores)
    assert len(expected) == len(found.scores)
    for index, (box, six, score) in enumerate(expected):
        assert found.boxes[index] == pytest.approx(box, abs=1e-5)
        assert found.points[index] == pytest.approx(six, abs=1e-5)
        assert found.scores[index] == pytest.approx(score, abs=1e-6)
