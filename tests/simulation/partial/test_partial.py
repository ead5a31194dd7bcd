"""Opaque pieces before the face."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from spooftrace.simulation.partial import funny_eye, paper_glasses, patches, pieces
from tests.support.toy_scene import toy_scene

SCENE = toy_scene()
FLAT = pieces.Hold(
    radius=1e3, depth=-0.1, shift=(0, 0), roll_deg=0, curl=0, gap=0.03, thickness=0, gloss=0
)


def grey_piece(height=64, width=128):
    return pieces.Piece(
        colour=np.full((height, width, 3), 0.5, np.float32),
        shape=np.ones((height, width), np.float32),
        left=-width / 2 / pieces.DOTS,
        top=-height / 2 / pieces.DOTS,
        relief=np.zeros((height, width), np.float32),
    )


def core_of(piece, hold):
    """Rows and columns well inside of the piece."""
    height, width = piece.shape.shape
    u = np.array([piece.left + 0.02, piece.left + width / pieces.DOTS - 0.02])
    v = np.array([piece.top + 0.02, piece.top + height / pieces.DOTS - 0.02])
    spot = pieces.places_of(SCENE, u, v, hold).round().astype(int)
    return slice(spot[0, 1], spot[1, 1]), slice(spot[0, 0], spot[1, 0])


def test_a_piece_hides_the_skin_and_is_lit_by_its_own_normal():
    piece = grey_piece()
    core = core_of(piece, FLAT)
    light = pieces.apply(SCENE, pieces.Worn(piece=piece, hold=FLAT))
    black = pieces.apply(
        replace(SCENE, light=np.zeros_like(SCENE.light)), pieces.Worn(piece=piece, hold=FLAT)
    )
    assert_array_equal(light[core], black[core])
    wanted = 0.5 * SCENE.illumination.irradiance(np.array([[0, 0, -1]], np.float32), wrap=0.0)
    assert_allclose(light[core], np.broadcast_to(wanted, light[core].shape), atol=0.01)


def test_the_shadow_falls_away_from_the_lamp_and_nothing_else_changes():
    piece = grey_piece()
    rows, columns = core_of(piece, FLAT)
    light = pieces.apply(SCENE, pieces.Worn(piece=piece, hold=FLAT))
    ratio = (light / SCENE.light).mean(axis=2)
    middle = (columns.start + columns.stop) // 2
    below, above = rows.stop + 14, rows.start - 14
    assert ratio[below, middle] < 0.9
    assert ratio[below, middle] < ratio[above, middle] - 0.05
    far = np.ones(ratio.shape, bool)
    far[rows.start - 60 : rows.stop + 60, columns.start - 60 : columns.stop + 60] = False
    assert_array_equal(light[far], SCENE.light[far])


def test_no_material_is_the_scenes_own_light():
    piece = grey_piece()
    nothing = replace(piece, shape=np.zeros_like(piece.shape))
    assert_array_equal(pieces.apply(SCENE, pieces.Worn(piece=nothing, hold=FLAT)), SCENE.light)


def test_a_bent_piece_is_narrower_and_darker_away_from_the_lamp():
    piece = grey_piece(height=64, width=384)
    bent = replace(FLAT, radius=0.45)
    ends = [
        pieces.places_of(SCENE, np.array([-0.37, 0.37]), np.zeros(2), h)[:, 0] for h in (FLAT, bent)
    ]
    # A chord of 2 R sin(u / R) in place of 2 u.
    assert np.ptp(ends[1]) / np.ptp(ends[0]) == pytest.approx(
        0.45 * np.sin(0.37 / 0.45) / 0.37, abs=0.01
    )
    light = pieces.apply(SCENE, pieces.Worn(piece=piece, hold=bent))
    row = int(SCENE.mesh[:, 1].mean())
    assert light[row, 250].mean() > light[row, 390].mean() + 0.02


@pytest.mark.parametrize(
    "draw",
    [
        funny_eye.draw,
        paper_glasses.draw,
        patches.draw_anywhere,
        patches.draw_over_eyes,
        patches.draw_over_mouth,
    ],
)
@pytest.mark.parametrize("seed", [0, 3])
def test_pieces_are_local_and_the_same_piece_is_the_same_light(draw, seed):
    before = SCENE.light.copy()
    worn = draw(np.random.default_rng(seed), SCENE)
    light = pieces.apply(SCENE, worn)
    assert_array_equal(light, pieces.apply(SCENE, worn))
    assert_array_equal(SCENE.light, before)
    assert light.dtype == np.float32
    assert np.isfinite(light).all()
    assert light.min() >= 0
    touched = np.abs(light - SCENE.light).max(axis=2) > 0.02
    assert 0.01 < touched.mean() < 0.5


def test_an_eye_piece_leaves_the_mouth_and_a_mouth_piece_the_eyes():
    eyes, mouth = SCENE.mesh[[33, 263], :2], SCENE.mesh[[17], :2]
    for draw, kept in ((patches.draw_over_eyes, mouth), (patches.draw_over_mouth, eyes)):
        for seed in range(4):
            light = pieces.apply(SCENE, draw(np.random.default_rng(seed), SCENE))
            for x, y in kept.round().astype(int):
                assert_allclose(light[y, x], SCENE.light[y, x], atol=1e-6)
