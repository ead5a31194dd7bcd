import dataclasses

import numpy as np
import pytest
from toy_scene import toy_scene

from spooftrace.simulation.print import attack as print_attack
from spooftrace.simulation.print import halftone, inks, kinds, paper
from spooftrace.simulation.scene import sheet, stolen

SIZE = 128
FLAT = sheet.lay(sheet.Pose(), SIZE)
PLAIN = kinds.Print(
    printer=inks.Printer(),
    paper=paper.Paper(white=np.full(3, 0.8, np.float32)),
    pose=sheet.Pose(),
    room=np.full((8, 8, 3), 0.25, np.float32),
)


def grey(level: float) -> np.ndarray:
    return np.full((16, 16, 3), level, np.float32)


def test_a_white_picture_takes_no_ink_and_shows_the_paper():
    cover = inks.separate(grey(1.0), inks.Printer())
    np.testing.assert_array_equal(cover, 0)
    np.testing.assert_array_equal(inks.reflect(cover, inks.Printer()), 1)


def test_solid_cyan_without_spread_has_the_solid_s_colour():
    cover = np.zeros((4, 1, 1), np.float32)
    cover[0] = 1
    seen = inks.reflect(cover, inks.Printer(spread=1.0))
    np.testing.assert_allclose(seen[0, 0], inks.SOLIDS[0], atol=1e-6)


def test_half_cover_follows_murray_and_davies_then_yule_and_nielsen():
    cover = np.zeros((4, 1, 1), np.float32)
    cover[3] = 0.5
    plain = inks.reflect(cover, inks.Printer(spread=1.0))[0, 0, 0]
    spread = inks.reflect(cover, inks.Printer(spread=2.0))[0, 0, 0]
    assert plain == pytest.approx((1 + 0.03) / 2, abs=1e-6)
    assert spread == pytest.approx(((1 + 0.03**0.5) / 2) ** 2, abs=1e-6)


def test_a_managed_pure_ink_is_separated_into_itself():
    printer = inks.Printer(management=1.0, black=0.0)
    asked = np.zeros((4, 1, 1), np.float32)
    asked[1] = 0.6
    np.testing.assert_allclose(
        inks.separate(inks.reflect(asked, printer), printer), asked, atol=1e-5
    )


def test_black_replaces_grey_and_the_ink_limit_holds():
    dark = grey(0.02)
    without = inks.separate(dark, inks.Printer(black=0.0))
    replaced = inks.separate(dark, inks.Printer(black=1.0))
    limited = inks.separate(dark, inks.Printer(black=0.0, ink_limit=1.5))
    assert without[3].max() == 0
    assert replaced.sum(axis=0).max() < without.sum(axis=0).min()
    assert limited.sum(axis=0).max() == pytest.approx(1.5, abs=1e-4)


def test_dot_gain_is_largest_at_half_cover():
    np.testing.assert_allclose(inks.gained(np.float32([0, 0.5, 1]), 0.2), [0, 0.7, 1], atol=1e-6)


@pytest.mark.parametrize(("ink", "degrees"), [(0, 15), (1, 75), (2, 0), (3, 45)])
def test_each_screen_stands_at_its_angle_and_pitch(ink, degrees):
    cover = np.full((4, SIZE, SIZE), 0.5, np.float32)
    dots = halftone.amplitude_modulated(cover, FLAT, 4.0)[ink]
    window = np.hanning(SIZE)
    power = np.abs(np.fft.fft2((dots - dots.mean()) * np.outer(window, window)))
    row, column = (
        round(np.sin(np.radians(degrees)) * SIZE / 4),
        round(np.cos(np.radians(degrees)) * SIZE / 4),
    )
    near = power[max(0, row - 1) : row + 2, column - 1 : column + 2].max()
    assert near == pytest.approx(power.max(), rel=1e-3)
    assert dots.mean() == pytest.approx(0.5, abs=0.02)


def test_a_screen_finer_than_the_scene_is_plain_tone():
    cover = np.full((4, SIZE, SIZE), 0.5, np.float32)
    assert halftone.amplitude_modulated(cover, FLAT, 2.0) is cover


def test_scattered_dots_have_the_grain_of_their_size_and_no_low_frequencies():
    cover = np.full((4, SIZE, SIZE), 0.5, np.float32)
    grain = halftone.frequency_modulated(cover, 0.4, np.random.default_rng(0))[0]
    assert grain.std() == pytest.approx(0.5 * 0.4 * 0.5, rel=0.02)
    blocks = grain.reshape(16, 8, 16, 8).mean(axis=(1, 3))
    assert blocks.std() < 0.25 * grain.std() / 8 * 2  # white noise would keep grain.std() / 8


def test_a_flat_sheet_has_the_scene_s_pixels_and_faces_the_lens():
    np.testing.assert_allclose(FLAT.u[0], np.arange(SIZE) - 63.5, atol=1e-4)
    np.testing.assert_allclose(FLAT.v[:, 0], np.arange(SIZE) - 63.5, atol=1e-4)
    np.testing.assert_allclose(FLAT.normal[..., 2], -1, atol=1e-6)


def test_a_bent_sheet_is_unrolled_by_the_arc():
    bend = 1.2
    held = sheet.lay(sheet.Pose(bend=bend), SIZE)
    radius = SIZE / bend
    x = np.arange(SIZE) - 63.5
    np.testing.assert_allclose(held.u[5], radius * np.arcsin(x / radius), atol=0.06)
    np.testing.assert_allclose(held.v, FLAT.v, atol=1e-4)
    assert held.normal[10, -1, 0] > 0.5  # the right side turns to the right


def test_a_lamp_is_mirrored_where_it_was_asked_for():
    scene = toy_scene()
    shiny = paper.Paper(white=np.ones(3, np.float32), exponent=1000, lamp_share=0.05)
    held = sheet.lay(sheet.Pose(tilt_x=0.1), SIZE)
    lamp = paper.lamp_seen_at(held, (0.3, 0.7))
    shine = paper.gloss(shiny, held, scene.illumination, lamp)[..., 0]
    row, column = np.unravel_index(shine.argmax(), shine.shape)
    assert abs(column / SIZE - 0.3) < 0.04
    assert abs(row / SIZE - 0.7) < 0.04


def test_blank_paper_is_its_white_in_the_scene_s_light():
    scene = toy_scene()
    light = print_attack.print_of(
        scene, np.ones((SIZE, SIZE, 3), np.float32), PLAIN, np.random.default_rng(0)
    )
    facing = scene.illumination.irradiance(np.float32([[0, 0, -1]]), wrap=0.0)[0]
    veil = paper.FRESNEL * 0.5 * scene.illumination.ambient
    np.testing.assert_allclose(light, 0.8 * facing + veil + 0 * light, rtol=1e-4)


def test_beyond_the_edges_is_the_room_and_inside_the_margin_blank_paper():
    scene = toy_scene()
    black = np.zeros((SIZE, SIZE, 3), np.float32)
    made = dataclasses.replace(PLAIN, edges=(-40, -200, 200, 200), border=10)
    light = print_attack.print_of(scene, black, made, np.random.default_rng(0))
    room, margin, ink = light[64, 10, 1], light[64, 28, 1], light[64, 64, 1]
    assert room == pytest.approx(0.25 * (0.6 + 0.5 * 0.4), rel=1e-3)
    assert margin == pytest.approx(light[64, 29, 1])
    assert ink < 0.2 * margin


def test_full_flatness_evens_the_person_s_light():
    scene = toy_scene(key=0.6)
    cheeks = (slice(300, 340), slice(220, 420))
    before, after = scene.light[cheeks][..., 1], stolen.relit(scene, 1.0)[cheeks][..., 1]
    assert after.std() < before.std()
    np.testing.assert_array_equal(stolen.relit(scene, 0.0), scene.light)


def test_prints_repeat_by_seed_stay_finite_and_leave_the_scene_alone():
    scene = toy_scene()
    before = scene.light.copy()
    made = print_attack.draw(np.random.default_rng(5), scene)
    first, again = (print_attack.apply(scene, made) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(scene.light, before)
    assert first.dtype == np.float32
    assert first.shape == scene.light.shape
    assert first.min() >= 0
    assert first.max() <= 5
