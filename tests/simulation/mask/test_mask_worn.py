"""Masks on a face: what they change, and what they leave alone."""

from dataclasses import replace

import numpy as np
import pytest

from spooftrace.labels import Family, Medium
from spooftrace.simulation.attacks import ATTACKS
from spooftrace.simulation.mask import half_mask, paper_mask, shells, transparent_mask
from spooftrace.simulation.mask.gloss import Gloss, Surroundings
from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.scene import Scene
from tests.support.toy_scene import toy_scene

MASKS = [medium for medium in ATTACKS if medium.family is Family.MASK]
DARK = Surroundings(lamps=(), room=np.zeros((160, 160, 3), np.float32))


@pytest.fixture(scope="module")
def scene() -> Scene:
    return toy_scene()


@pytest.mark.parametrize("medium", MASKS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_light_is_plausible_and_only_the_person_changes(
    scene: Scene, medium: Medium, seed: int
) -> None:
    before = scene.light.copy()
    light = ATTACKS[medium].on(scene, np.random.default_rng(seed))
    assert light.dtype == np.float32
    assert light.shape == scene.light.shape
    assert np.isfinite(light).all()
    assert light.min() >= 0
    assert np.array_equal(scene.light, before)
    assert np.abs(light - scene.light).mean(axis=2)[scene.surface.inside > 0.9].mean() > 0.005
    room = np.ones(scene.person.shape, bool)
    room[60:580, 60:580] = False
    assert np.abs(light - scene.light)[room & (scene.person == 0)].max(initial=0) < 1e-3


@pytest.mark.parametrize("medium", MASKS)
def test_the_same_mask_is_the_same_light(scene: Scene, medium: Medium) -> None:
    attack = ATTACKS[medium]
    mask = attack.draw(np.random.default_rng(5), scene)
    first = attack.apply(scene, mask)
    assert np.array_equal(first, attack.apply(scene, mask))
    assert np.array_equal(first, attack.on(scene, np.random.default_rng(5)))
    assert not np.array_equal(first, attack.on(scene, np.random.default_rng(6)))


@pytest.mark.parametrize("seed", range(4))
def test_living_eyes_look_through_a_thin_half_mask_unchanged(scene: Scene, seed: int) -> None:
    mask = half_mask.draw(np.random.default_rng(seed), scene)
    mask = replace(mask, part="front", eye_size=1.8, thickness=0.0)
    light = half_mask.apply(scene, mask)
    for eye in (regions.RIGHT_EYE, regions.LEFT_EYE):
        inner = regions.mask(scene.mesh, eye, len(light), 0) == 1
        assert np.abs(light - scene.light)[inner].max() < 1e-6


def test_half_mask_changes_nothing_beyond_shell_and_shadow(scene: Scene) -> None:
    mask = replace(half_mask.draw(np.random.default_rng(3), scene), thickness=4.0)
    shell = half_mask.half_shell(scene, mask)
    light = half_mask.apply(scene, mask)
    far = shells.fine(shell.distance) < -40
    assert np.abs(light - scene.light)[far].max() < 1e-3


def test_paper_without_ink_is_paper_white(scene: Scene) -> None:
    mask = paper_mask.draw(np.random.default_rng(0), scene)
    mask = replace(mask, cast=np.ones(3, np.float32), gamut=1.0)
    white = paper_mask.printed(np.ones((2, 2, 3), np.float32), mask)
    black = paper_mask.printed(np.zeros((2, 2, 3), np.float32), mask)
    assert white == pytest.approx(np.broadcast_to(mask.paper, (2, 2, 3)))
    assert black.max() == pytest.approx(1.15 * mask.ink_black, rel=0.2)


def test_plastic_that_neither_mirrors_nor_absorbs_is_not_seen(scene: Scene) -> None:
    clear = replace(
        transparent_mask.draw(np.random.default_rng(0), scene),
        around=DARK,
        tint=np.ones(3, np.float32),
        haze=0.0,
        blur=0.0,
        refraction=0.0,
        relief=0.0,
        seam=0.0,
        thickness=0.0,
        gloss=Gloss(roughness=0.1, reflectance=0.0),
    )
    light = transparent_mask.apply(scene, clear)
    facing = -scene.surface.normal[..., 2] > 0.97  # Schlick's loss is below 1e-7 there
    assert np.abs(light - scene.light)[facing].max() < 0.01
