"""Glasses of living people, which stay on in attacks."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from spooftrace.labels import Family
from spooftrace.simulation.attacks import ATTACKS
from spooftrace.simulation.scene import eyewear, scene
from tests.support.toy_scene import toy_portrait, toy_view

PLAIN = toy_portrait()


def with_glasses():
    """The toy portrait with round black frames, and where they are in it."""
    drawn = np.zeros(PLAIN.light.shape[:2], np.float32)
    for left, right in ((33, 133), (362, 263)):
        middle = (PLAIN.mesh[left, :2] + PLAIN.mesh[right, :2]) / 2
        cv2.circle(drawn, tuple(int(v) for v in middle), 46, 1.0, 7)
    ends = [tuple(int(v) for v in PLAIN.mesh[corner, :2]) for corner in (133, 362)]
    cv2.line(drawn, *ends, 1.0, 7)
    dark = np.full(3, 0.02, np.float32)
    light = PLAIN.light + drawn[..., None] * (dark - PLAIN.light)
    return replace(PLAIN, light=light), replace(PLAIN, light=np.repeat(drawn[..., None], 3, 2))


def test_frames_are_found_where_they_are():
    portrait, drawn = with_glasses()
    placed = scene.place(portrait, toy_view())
    even = toy_view(key=0.0)
    marks = scene.place(drawn, even)
    where = (marks.light / marks.shading)[..., 0] > 0.9
    frames = eyewear.frames_of(placed)
    assert frames is not None
    below = np.zeros_like(where)  # what brows and lids leave free
    below[int(placed.mesh[145, 1]) + 12 :] = True
    assert frames[where & below & (placed.surface.inside > 0.99)].mean() > 0.8
    skin = cv2.dilate(where.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    assert frames[skin & below].mean() < 0.01


def test_bare_faces_wear_none():
    for key in (0.0, 0.4, 0.8):
        assert eyewear.frames_of(scene.place(PLAIN, toy_view(key=key))) is None


@pytest.mark.parametrize(
    "medium", [medium for medium in ATTACKS if medium.family in (Family.MASK, Family.MAKEUP)]
)
def test_paint_and_masks_go_below_the_glasses(medium):
    placed = scene.place(with_glasses()[0], toy_view())
    frames = eyewear.frames_of(placed)
    assert frames is not None
    attack = ATTACKS[medium]
    light = attack.on(placed, np.random.default_rng(3))
    change = np.abs(light - placed.light).max(axis=2)
    if attack.keeps_glasses:
        assert change[frames == 1].max() < 1e-5
    else:
        assert change[frames == 1].mean() > 0.01
    assert change[placed.surface.inside > 0.5].mean() > 0.001
