"""Layers of paint, relief, and the three kinds of make-up."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from spooftrace.simulation.makeup import cosmetic, impersonation, obfuscation, paint
from spooftrace.simulation.noise import Dice
from tests.support.toy_scene import toy_scene

SCENE = toy_scene()
COLOUR = np.array([0.6, 0.1, 0.2])


def kubelka(below, density, full):
    """Kubelka 1948, Eq. 28, by hyperbolic functions: a = (1/R + R) / 2, b = (1/R - R) / 2."""
    a, b = (1 / full + full) / 2, (1 / full - full) / 2
    coth = b / np.tanh(b * density)
    return (1 - below * (a - coth)) / (a - below + coth)


@pytest.mark.parametrize("density", [0.05, 0.4, 2.0])
@pytest.mark.parametrize("below", [0.05, 0.4, 0.9])
def test_a_layer_is_kubelkas(density, below):
    change = paint.layer_change(
        np.full((1, 3), below, np.float32), np.full((1, 1), density, np.float32), COLOUR
    )
    assert_allclose(below + change[0], kubelka(below, density, COLOUR), atol=2e-5)


def test_paint_follows_the_shading_and_thick_paint_has_its_own_colour():
    cover = np.zeros(SCENE.light.shape[:2], np.float32)
    cover[300:340, 300:340] = 1
    light = paint.painted(SCENE.light, SCENE, cover, paint.Pigment(colour=COLOUR))
    inside = (slice(300, 340), slice(300, 340))
    reflectance = light[inside] / SCENE.shading[inside]
    assert np.ptp(SCENE.shading[inside]) > 0.003
    assert_allclose(reflectance, np.broadcast_to(COLOUR, reflectance.shape), atol=1e-3)
    outside = cover == 0
    assert_array_equal(light[outside], SCENE.light[outside])


def test_cover_is_the_share_that_the_paint_hides():
    grey = np.full(3, 0.5)
    density = paint.density_of(np.array([[0.6]], np.float32), grey)
    assert_allclose(np.exp(-density * 1.5), 0.4, rtol=1e-5)


def test_a_bump_is_brighter_towards_the_lamp_and_flat_wax_changes_nothing():
    y, x = np.mgrid[:640, :640]
    bump = np.exp(-((x - 320.0) ** 2 + (y - 320.0) ** 2) / 200).astype(np.float32)
    bump[bump < 1e-3] = 0
    change = paint.raised(SCENE.light, SCENE, 6 * bump) - SCENE.light
    assert change[310, 310].mean() > 0.003
    assert change[330, 330].mean() < -0.003
    assert_array_equal(change[:250], 0)
    assert_array_equal(paint.raised(SCENE.light, SCENE, 0 * bump), SCENE.light)


DICE = Dice.of(np.random.default_rng(1))
BARE_COSMETIC = cosmetic.Cosmetic(
    foundation=0, lighter=1, lipstick=0, lip_colour=COLOUR, lip_gloss=0.5, over_lips=1, shadow=0,
    shadow_colour=COLOUR, shadow_reach=0.5, liner=0, wing=0.1, lashes=0, blush=0,
    blush_colour=COLOUR, brows=0, dice=DICE,
)  # fmt: skip
BARE_IMPERSONATION = impersonation.Impersonation(
    base=0, tone=COLOUR, contour=0, highlights=0, nose_width=0.03, brows=0, brow_height=1, lips=0,
    lip_colour=COLOUR, lip_size=1, freckles=0, moles=0, stubble=0, dice=DICE,
)  # fmt: skip
BARE_OBFUSCATION = obfuscation.Obfuscation(
    base=0, base_colour=COLOUR, own_tone=0, patches=0, patch_colour=COLOUR, sockets=0, cheeks=0,
    wrinkles=0, brows=0, stubble=0, nose_wax=0, scars=0, brow_wax=0, dice=DICE,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "look"),
    [
        (cosmetic, BARE_COSMETIC),
        (impersonation, BARE_IMPERSONATION),
        (obfuscation, BARE_OBFUSCATION),
    ],
)
def test_no_strength_is_the_scenes_own_light(kind, look):
    assert_array_equal(kind.apply(SCENE, look), SCENE.light)


@pytest.mark.parametrize("kind", [cosmetic, impersonation, obfuscation])
def test_make_up_stays_near_the_face_and_the_same_look_is_the_same_light(kind):
    before = SCENE.light.copy()
    look = kind.draw(np.random.default_rng(5), SCENE)
    light = kind.apply(SCENE, look)
    assert_array_equal(light, kind.apply(SCENE, look))
    assert_array_equal(SCENE.light, before)
    assert light.dtype == np.float32
    assert np.isfinite(light).all()
    assert light.min() >= 0
    touched = np.abs(light - SCENE.light).max(axis=2) > 0
    left, top = SCENE.mesh[:, :2].min(axis=0) - 25
    right, bottom = SCENE.mesh[:, :2].max(axis=0) + 25
    rows, columns = np.nonzero(touched)
    assert touched.mean() > 0.005
    assert rows.min() > top
    assert rows.max() < bottom
    assert columns.min() > left
    assert columns.max() < right
