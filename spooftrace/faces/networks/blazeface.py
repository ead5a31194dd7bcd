"""What a BlazeFace detector's output means: anchors, boxes with six points, their weighted mean.

Bazarevsky et al., BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs, 2019
(arXiv:1907.05047): a box and six points per anchor, two anchors a cell at 1/8 and six at 1/16 of
the input, and in place of suppression a mean weighted by the scores. The constants are those of
MediaPipe's graphs; each says where it stands.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MIN_SCORE = 0.5
"""min_detection_confidence of MediaPipe's Python solutions face_mesh and face_detection."""
MIN_OVERLAP = 0.3
"""min_suppression_threshold in modules/face_detection/face_detection.pbtxt: what overlaps the best
by more, intersection over union, is averaged with it."""
POINTS = 6
"""num_keypoints ibid.: right eye, left eye, nose tip, mouth, right ear, left ear (the person's)."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """k faces, the surest first, in fractions of the network's square input."""

    boxes: Floats
    """(k, 4): left, top, right, bottom."""
    points: Floats
    """(k, 6, 2): (x, y) of the six points."""
    scores: Floats
    """(k,) in [0.5, 1]; of the best of those that were averaged."""


def anchors(side: int, cells: tuple[tuple[int, int], ...]) -> Floats:
    """Middles (a, 2) of the anchors, (x, y) in fractions of the input.

    Rows from the top, in each from the left, several at a place one after the other.
    anchor_offset_x and _y are 0.5, fixed_anchor_size is true (face_detection.pbtxt), so an anchor
    is a place and no more.

    Args:
        side: of the input in pixels.
        cells: per layer, its stride in pixels and its anchors a cell.
    """
    layers = []
    for stride, count in cells:
        along = (np.arange(side // stride) + 0.5) * stride / side
        y, x = np.meshgrid(along, along, indexing="ij")
        layers.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), count, axis=0))
    return np.asarray(np.concatenate(layers), np.float32)


NEAR_SIDE = 128
NEAR_ANCHORS = anchors(NEAR_SIDE, ((8, 2), (16, 6)))
"""(896, 2); strides 8, 16, 16, 16 with interpolated_scale_aspect_ratio 1, which doubles each, in
modules/face_detection/face_detection_short_range.pbtxt."""

FAR_SIDE = 192
FAR_ANCHORS = anchors(FAR_SIDE, ((4, 1),))
"""(2304, 2); stride 4, interpolated_scale_aspect_ratio 0, in face_detection_full_range.pbtxt."""


def decode(raw: Floats, logits: Floats, places: Floats, side: int) -> Detections:
    """The faces in one picture, from the network's `boxes` (a, 16) and `scores` (a,).

    A box is (x, y) of its middle, width and height, then the six points, all in pixels of the input
    and from the anchor (reverse_output_order, x_scale and so on, face_detection.pbtxt).
    """
    likely = np.flatnonzero(logits >= np.log(MIN_SCORE / (1 - MIN_SCORE)))
    # score_clipping_thresh of face_detection.pbtxt; beyond it exp would overflow.
    odds = np.exp(-np.clip(logits[likely], -100, 100))
    scores = np.asarray(1 / (1 + odds), np.float32)
    values = raw[likely].reshape(-1, 2 + POINTS, 2) / np.float32(side)
    middles, sizes, points = values[:, 0] + places[likely], values[:, 1], values[:, 2:]
    boxes = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=1)
    return _averaged(boxes, points + places[likely, None], scores)


def _averaged(boxes: Floats, points: Floats, scores: Floats) -> Detections:
    """Of the best and all that overlap it the mean weighted by score; again with what is left.

    WeightedNonMaxSuppression in calculators/util/non_max_suppression_calculator.cc.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[tuple[Floats, Floats, np.float32]] = []
    while order.size:
        best = order[0]
        near = _overlaps(boxes[best], boxes[order]) > MIN_OVERLAP
        near[0] = True  # Of a box without an area too, or this would not end.
        alike = order[near]
        weights = scores[alike] / scores[alike].sum()
        kept.append(
            (weights @ boxes[alike], np.tensordot(weights, points[alike], axes=1), scores[best])
        )
        order = order[~near]
    if not kept:
        return Detections(np.empty((0, 4), "f4"), np.empty((0, POINTS, 2), "f4"), np.empty(0, "f4"))
    return Detections(*(np.stack(column).astype(np.float32) for column in zip(*kept, strict=True)))


def _overlaps(box: Floats, others: Floats) -> Floats:
    """Intersection over union (k,) of a box and k others."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    common = np.prod(np.maximum(sides, 0), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    union = np.prod(box[2:] - box[:2]) + areas - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0))
