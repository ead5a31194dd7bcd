"""Hands and other people at the border of a picture."""

from dataclasses import replace

import numpy as np
import pytest

from spooftrace.simulation.scene import company, scene
from tests.support.toy_scene import toy_portrait, toy_view

PORTRAIT = toy_portrait()
HAND = company.Hand(
    root=(0.85, 0.95), angle=-0.3, size=0.2, spread=0.1, curl=0.1, tone=np.ones(3, np.float32)
)
OTHER = company.Neighbour(
    place=(0.95, 0.5),
    size=0.6,
    is_mirrored=True,
    blur=2.0,
    tone=np.full(3, 0.5, np.float32),
)


def test_a_hand_lies_where_it_is_put_has_the_persons_skin_and_is_not_the_person():
    without = scene.place(PORTRAIT, toy_view())
    with_hand = scene.place(PORTRAIT, replace(toy_view(), hand=HAND))
    changed = np.abs(with_hand.light - without.light).max(axis=2) > 0.02
    rows, columns = np.nonzero(changed)
    assert columns.min() > 340
    assert rows.min() > 400
    assert 0.01 < changed.mean() < 0.1
    # Its edges are soft; on the hand itself is nothing that a mask would cover.
    assert np.percentile(with_hand.person[changed], 90) < 0.1
    skin = np.median(with_hand.light[600:630, 530:560], axis=(0, 1))
    assert skin[0] > skin[1] > skin[2]


@pytest.mark.parametrize("seed", range(6))
def test_no_drawn_hand_hides_the_face(seed):
    hand = company.draw_hand(np.random.default_rng(seed))
    without = scene.place(PORTRAIT, toy_view())
    with_hand = scene.place(PORTRAIT, replace(toy_view(), hand=hand))
    inside = without.surface.inside > 0.99
    change = np.abs(with_hand.light - without.light)[inside]
    assert np.percentile(change, 99) < 0.01


@pytest.mark.parametrize("seed", range(8))
def test_a_grip_leaves_most_of_the_face_that_is_held_up(seed):
    placed = scene.place(PORTRAIT, toy_view())
    grip = company.draw_grip(np.random.default_rng(seed))
    light = company.gripped(placed.light, grip, placed.illumination)
    changed = np.abs(light - placed.light).max(axis=2) > 0.01
    assert changed[placed.surface.inside > 0.5].mean() < 0.12
    assert company.gripped(placed.light, None, placed.illumination) is placed.light


def test_a_neighbour_is_behind_the_person_and_darker_skin_is_darker():
    without = scene.place(PORTRAIT, toy_view())
    beside = scene.place(PORTRAIT, replace(toy_view(), neighbour=OTHER))
    front = without.person == 1
    np.testing.assert_allclose(beside.light[front], without.light[front], atol=1e-6)
    assert np.abs(beside.light - without.light)[200:440, 540:].max() > 0.1
    pale = replace(OTHER, tone=np.full(3, 0.9, np.float32))
    paler = scene.place(PORTRAIT, replace(toy_view(), neighbour=pale))
    assert paler.light[320, 620].mean() > beside.light[320, 620].mean()
