import dataclasses

import numpy as np
import pytest
from toy_scene import toy_scene

from spooftrace.simulation.replay import attack as replay_attack
from spooftrace.simulation.replay import display, glass, kinds, subpixels
from spooftrace.simulation.scene import camera, devices, sheet
from spooftrace.simulation.scene.files import File
from spooftrace.simulation.scene.processing import Processing

SIZE = 640
SENSOR = 400
CLEAN = dataclasses.replace(
    devices.attackers_camera(np.random.default_rng(0)),
    sensor=SENSOR,
    blur=0.3,
    shot_noise=0.0,
    read_noise=0.0,
    is_edge_aware=False,
    processing=Processing(),
    files=(File(side=SENSOR, codec="jpeg", quality=100),),
)
CLEAR = glass.Glass(mirrored=np.zeros((8, 8, 3), np.float32), veil=np.zeros(3, np.float32))
IDEAL = kinds.Replay(
    display=display.Display(),
    layout=subpixels.RGB_STRIPE,
    pitch=0.5,
    depth=1.0,
    pose=sheet.Pose(),
    glass=CLEAR,
    fall_off=np.zeros((2, 3)),
    frame=np.full(3, 0.05, np.float32),
    room=np.full((8, 8, 3), 0.3, np.float32),
)


def seen(pitch: float, depth: float) -> np.ndarray:
    """Spectrum along the rows of the camera's picture of an even grey display."""
    held = sheet.lay(sheet.Pose(), SIZE)
    light = 0.2 * subpixels.emission(subpixels.RGB_STRIPE, held, pitch, depth)
    picture = camera.snapshot(light, CLEAN, np.random.default_rng(1)).astype(float)
    row = picture[40:-40, :, 0].mean(axis=0)
    return np.abs(np.fft.rfft((row - row.mean()) * np.hanning(SENSOR))) / SENSOR


@pytest.mark.parametrize("pitch", [2.9, 3.0, 3.3])
def test_moire_beats_at_the_difference_of_the_grid_and_the_red_photosites(pitch):
    grid = SIZE / SENSOR / pitch  # cycles per photosite
    lattice = 0.5  # red photosites stand in every other column
    beat = abs(grid - round(grid / lattice) * lattice)
    spectrum = seen(pitch, 1.0)
    assert spectrum.argmax() == pytest.approx(beat * SENSOR, abs=1)
    assert spectrum.max() > 1.0


def test_without_depth_there_is_no_moire():
    assert seen(3.0, 0.0).max() < 0.01


def test_sub_pixels_finer_than_the_scene_are_even_light():
    held = sheet.lay(sheet.Pose(), 64)
    np.testing.assert_array_equal(subpixels.emission(subpixels.RGB_STRIPE, held, 1.9), 1)


def test_emission_is_the_aperture_s_fourier_series():
    # A stripe of width w at offset x: a_1 = sinc(w) exp(-2 pi i x).
    found = subpixels.amplitude(subpixels.RGB_STRIPE, 0, (1, 0))
    width = 0.26
    assert abs(found) == pytest.approx(np.sin(np.pi * width) / (np.pi * width))
    assert np.angle(found) == pytest.approx(2 * np.pi / 3)
    mirrored = subpixels.amplitude(subpixels.BGR_STRIPE, 0, (1, 0))
    assert mirrored == pytest.approx(np.conj(found))


def test_pentile_green_has_half_the_period_of_red():
    green = [abs(subpixels.amplitude(subpixels.PENTILE_DIAMOND, 1, k)) for k in ((1, 0), (1, 1))]
    red = [abs(subpixels.amplitude(subpixels.PENTILE_DIAMOND, 0, k)) for k in ((1, 0), (1, 1))]
    assert max(green) < 1e-9
    assert red[0] < 1e-9  # a chessboard has no axial fundamental
    assert red[1] > 0.8


def test_an_ideal_display_gives_the_picture_back():
    picture = np.random.default_rng(0).uniform(0, 1, (64, 64, 3)).astype(np.float32)
    light = replay_attack.replay_of(picture, IDEAL, np.random.default_rng(0))
    # A gamma of 2.2 is not quite sRGB's curve.
    np.testing.assert_allclose(light, picture, atol=0.012)


def test_a_display_s_white_has_luminance_one_and_the_colour_of_its_temperature():
    np.testing.assert_allclose(display.to_srgb("srgb", 6504.0), np.eye(3), atol=1e-6)
    weights = np.array([0.2126, 0.7152, 0.0722])
    for kelvin in (5000.0, 9300.0):
        white = display.white(display.Display(kelvin=kelvin))
        assert white @ weights == pytest.approx(1, abs=2e-3)
        assert (white[2] > white[0]) == (kelvin > 6504)


def test_a_poor_panel_shows_red_less_saturated():
    red = np.float32([[[1, 0, 0]]])
    poor = display.shown(red, display.Display(gamut="ntsc45"))[0, 0]
    assert poor[1] > 0.02
    assert poor[1] / poor[0] < 0.5


def test_a_slanting_view_takes_green():
    grey = np.full((4, 4, 3), 0.5, np.float32)
    straight, slanting = (
        display.shown(grey, display.Display(magenta=shift))[0, 0] for shift in (0.0, 0.2)
    )
    np.testing.assert_allclose(slanting / straight, np.exp([0.1, -0.1, 0.1]), rtol=1e-4)


def test_black_is_lifted_by_the_leak_and_the_veil():
    black = np.zeros((64, 64, 3), np.float32)
    veiled = dataclasses.replace(CLEAR, veil=np.full(3, 0.07, np.float32))
    made = dataclasses.replace(IDEAL, display=display.Display(black=0.03), glass=veiled)
    np.testing.assert_allclose(
        replay_attack.replay_of(black, made, np.random.default_rng(0)), 0.1, atol=1e-3
    )


def test_scan_bands_keep_the_mean_and_their_period():
    bands = kinds.Bands(period=64, phase=0.2, duty=0.5, depth=0.3, soft=0.4)
    rows = replay_attack.scan_bands(SIZE, bands)
    assert rows.mean() == pytest.approx(1, abs=0.01)
    assert np.ptp(rows) == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(rows[64:], rows[:-64], atol=1e-5)


def test_the_frame_lies_around_the_screen_and_the_room_around_the_frame():
    picture = np.ones((128, 128, 3), np.float32)
    made = dataclasses.replace(IDEAL, screen=(-30, -90, 90, 90), bezel=12)
    row = replay_attack.replay_of(picture, made, np.random.default_rng(0))[64, :, 1]
    assert row[10] == pytest.approx(0.3, abs=1e-3)
    assert row[28] == pytest.approx(0.05, abs=1e-3)
    assert row[64] == pytest.approx(1.0, abs=1e-2)


def test_grease_lies_in_the_unit_range_and_takes_contrast():
    picture = np.zeros((128, 128, 3), np.float32)
    picture[:, ::2] = 1
    greasy = dataclasses.replace(CLEAR, grease=0.5)
    film = glass.smudges(np.random.default_rng(3))
    assert film.min() >= 0
    assert 0.2 < film.max() <= 1
    light = glass.through(picture, greasy, np.random.default_rng(3))
    assert light.std() < picture.std()
    assert light.mean() == pytest.approx(0.5, abs=0.01)


def test_replays_repeat_by_seed_stay_finite_and_leave_the_scene_alone():
    scene = toy_scene()
    before = scene.light.copy()
    made = replay_attack.draw(np.random.default_rng(5), scene)
    first, again = (replay_attack.apply(scene, made) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(scene.light, before)
    assert first.dtype == np.float32
    assert first.shape == scene.light.shape
    assert first.min() > -1
    assert np.isfinite(first).all()
