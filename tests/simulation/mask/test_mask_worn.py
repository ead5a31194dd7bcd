"""Masks on a face: what they change, and what they leave alone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spooftrace.simulation.mask import shells
from spooftrace.simulation.mask.gloss import Gloss, draw_room
from spooftrace.simulation.mask.half_mask import (
    draw_half_mask,
    half_mask_on,
    half_masked,
    half_shell,
)
from spooftrace.simulation.mask.mannequin import mannequin
from spooftrace.simulation.mask.paper_mask import draw_paper_mask, paper_masked, printed
from spooftrace.simulation.mask.silicone_mask import silicone_masked
from spooftrace.simulation.mask.transparent_mask import (
    draw_transparent,
    transparent_mask_on,
    transparent_masked,
)
from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Light
from spooftrace.simulation.scene.scene import Scene
from tests.support.toy_scene import toy_scene

MASKS = (half_masked, silicone_masked, transparent_masked, paper_masked, mannequin)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return toy_scene()


@pytest.mark.parametrize("wear", MASKS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_light_is_plausible_and_only_the_person_changes(
    scene: Scene, wear: Callable[[Scene, np.random.Generator], Light], seed: int
) -> None:
    before = scene.light.copy()
    light = wear(scene, np.random.default_rng(seed))
    assert light.dtype == np.float32
    assert light.shape == scene.light.shape
    assert np.isfinite(light).all()
    assert light.min() >= 0
    assert np.array_equal(scene.light, before)
    assert np.abs(light - scene.light).mean(axis=2)[scene.surface.inside > 0.9].mean() > 0.005
    room = np.ones(scene.person.shape, bool)
    room[60:580, 60:580] = False
    assert np.abs(light - scene.light)[room & (scene.person == 0)].max(initial=0) < 1e-3


@pytest.mark.parametrize("wear", MASKS)
def test_same_seed_same_mask(
    scene: Scene, wear: Callable[[Scene, np.random.Generator], Light]
) -> None:
    first, again, other = (wear(scene, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("seed", range(4))
def test_living_eyes_look_through_a_thin_half_mask_unchanged(scene: Scene, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = replace(draw_half_mask(rng), part="front", eye_size=1.8, thickness=0.0)
    light = half_mask_on(scene, mask, (), draw_room(rng), rng)
    for eye in (regions.RIGHT_EYE, regions.LEFT_EYE):
        inner = regions.mask(scene.mesh, eye, len(light), 0) == 1
        assert np.abs(light - scene.light)[inner].max() < 1e-6


def test_half_mask_changes_nothing_beyond_shell_and_shadow(scene: Scene) -> None:
    rng = np.random.default_rng(3)
    mask = replace(draw_half_mask(rng), thickness=4.0)
    shell = half_shell(scene, mask)
    light = half_mask_on(scene, mask, (), draw_room(rng), rng)
    far = shells.fine(shell.distance) < -40
    assert np.abs(light - scene.light)[far].max() < 1e-3


def test_paper_without_ink_is_paper_white() -> None:
    mask = draw_paper_mask(np.random.default_rng(0))
    mask = replace(mask, cast=np.ones(3, np.float32), gamut=1.0)
    white = printed(np.ones((2, 2, 3), np.float32), mask)
    black = printed(np.zeros((2, 2, 3), np.float32), mask)
    assert white == pytest.approx(np.broadcast_to(mask.paper, (2, 2, 3)))
    assert black.max() == pytest.approx(1.15 * mask.ink_black, rel=0.2)


def test_plastic_that_neither_mirrors_nor_absorbs_is_not_seen(scene: Scene) -> None:
    rng = np.random.default_rng(0)
    clear = replace(
        draw_transparent(rng),
        tint=np.ones(3, np.float32),
        haze=0.0,
        blur=0.0,
        refraction=0.0,
        relief=0.0,
        seam=0.0,
        thickness=0.0,
        gloss=Gloss(roughness=0.1, reflectance=0.0),
    )
    dark = np.zeros((160, 160, 3), np.float32)
    light = transparent_mask_on(scene, clear, (), dark, rng)
    facing = -scene.surface.normal[..., 2] > 0.97  # Schlick's loss is below 1e-7 there
    assert np.abs(light - scene.light)[facing].max() < 0.01
