"""The one camera: what each stage must do, in numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.errors import SimulationError
from spooftrace.simulation.scene import camera, devices
from spooftrace.simulation.scene.camera import Camera, Settings
from spooftrace.simulation.scene.files import File
from spooftrace.simulation.scene.light import encode, luminance
from spooftrace.simulation.scene.processing import Processing

SIZE = 160


def plain(**changes) -> Camera:
    """A camera that changes nothing but what its sensor must."""
    perfect = Camera(
        profile="test",
        sensor=SIZE,
        blur=0.1,
        flare=0.0,
        sensitivity=np.ones(3, np.float32),
        shot_noise=0.0,
        read_noise=0.0,
        target=0.2,
        balance_error=np.ones(3, np.float32),
        balance_strength=0.0,
        is_edge_aware=False,
        processing=Processing(),
        files=(File(side=SIZE, codec="jpeg", quality=100),),
    )
    return replace(perfect, **changes)


def flat(*colour, size=SIZE):
    return np.broadcast_to(np.float32(colour), (size, size, 3)).copy()


AS_IT_IS = Settings(exposure=1.0, balance=np.ones(3, np.float32))
QUIET = np.zeros((SIZE, SIZE), np.float32)


def test_a_plain_camera_gives_a_flat_scene_its_srgb_value():
    picture = camera.capture(flat(0.2, 0.5, 0.1), plain(), AS_IT_IS, QUIET)
    expected = np.rint(255 * encode(np.float32([[[0.2, 0.5, 0.1]]])))[0, 0]
    assert np.abs(picture.reshape(-1, 3) - expected).max() <= 1


def test_metering_brings_the_scene_to_the_target_and_grey():
    scene = flat(0.1, 0.2, 0.4)
    settings = camera.meter(scene, plain(balance_strength=1.0))
    assert luminance(scene * settings.exposure).mean() == pytest.approx(0.2, rel=1e-5)
    balanced = scene[0, 0] * settings.balance
    np.testing.assert_allclose(balanced, balanced[0], rtol=1e-5)
    untouched = camera.meter(scene, plain(balance_strength=0.0))
    np.testing.assert_allclose(untouched.balance, 1, rtol=1e-6)


def test_the_white_balance_undoes_the_sensitivities():
    used = plain(sensitivity=np.float32([0.5, 1.0, 0.6]))
    picture = camera.capture(flat(0.3, 0.3, 0.3), used, AS_IT_IS, QUIET)
    assert np.ptp(picture[20:-20, 20:-20].astype(int), axis=2).max() <= 1


@pytest.mark.parametrize("signal", [0.05, 0.4])
def test_raw_noise_has_the_poisson_gaussian_variance(signal):
    noise = np.random.default_rng(0).standard_normal((400, 400)).astype(np.float32)
    raw = np.full((400, 400), signal, np.float32)
    noisy = camera._with_noise(raw, plain(shot_noise=1e-3, read_noise=5e-3), noise)
    assert noisy.var() == pytest.approx(1e-3 * signal + 25e-6, rel=0.02)
    assert noisy.mean() == pytest.approx(signal, abs=2e-4)


def test_noise_is_shared_by_the_two_pictures_of_a_pair():
    rng = np.random.default_rng(1)
    used = plain(shot_noise=1e-3, read_noise=5e-3)
    noise = camera.draw_noise(used, rng)
    first = camera.capture(flat(0.3, 0.3, 0.3), used, AS_IT_IS, noise).astype(int)
    changed = flat(0.3, 0.3, 0.3)
    changed[:80] = 0.6
    second = camera.capture(changed, used, AS_IT_IS, noise).astype(int)
    assert np.abs(first[100:] - second[100:]).max() == 0
    other = camera.capture(
        flat(0.3, 0.3, 0.3), used, AS_IT_IS, camera.draw_noise(used, rng)
    ).astype(int)
    assert np.abs(first - other).mean() > 2


def test_a_grating_above_the_sensors_limit_aliases_to_the_beat():
    """320 scene pixels on 160 photosites: 0.55 cycles a photosite are seen as 0.45."""
    scene_size, cycles = 2 * SIZE, 0.55 * SIZE
    along = np.cos(2 * np.pi * cycles * (np.arange(scene_size) + 0.5) / scene_size)
    light = np.broadcast_to((0.4 + 0.3 * along)[None, :, None], (scene_size, scene_size, 3))
    sites = camera._exposed(np.ascontiguousarray(light, np.float32), plain(), AS_IT_IS)[..., 1]
    spectrum = np.abs(np.fft.rfft(sites[1] - sites[1].mean()))
    assert int(spectrum.argmax()) == round(0.45 * SIZE)


@pytest.mark.parametrize("blur", [1.5, 3.5])
def test_the_lens_takes_contrast_by_its_gaussian_transfer_function(blur):
    cycles = 10
    fine = 2 * SIZE
    along = np.cos(2 * np.pi * cycles * np.arange(fine) / fine)
    light = np.broadcast_to((0.5 + 0.3 * along)[None, :, None], (fine, fine, 3))
    light = np.ascontiguousarray(light, np.float32)
    sites = camera._exposed(light, plain(blur=blur), AS_IT_IS)[..., 1]
    depth = 2 * np.abs(np.fft.rfft(sites[80] - sites[80].mean()))[cycles] / SIZE
    transfer = np.exp(-2 * (np.pi * cycles / SIZE * blur) ** 2)
    assert depth == pytest.approx(0.3 * transfer, rel=0.05)


def test_motion_smears_along_its_way_only():
    light = flat(0.1, 0.1, 0.1)
    light[80, 80] = 0.9
    sites = camera._exposed(light, plain(motion=(8.0, 0.0)), AS_IT_IS)[..., 1]
    still = camera._exposed(light, plain(), AS_IT_IS)[..., 1]
    assert sites.sum() == pytest.approx(still.sum(), rel=1e-5)
    spread = (sites - 0.1) @ np.ones(SIZE)
    across = np.ones(SIZE) @ (sites - 0.1)
    assert (spread > 0.01).sum() == ((still - 0.1).sum(axis=1) > 0.01).sum()
    assert 8 <= (across > 0.01).sum() <= 12


def test_binned_photosites_have_no_mosaic_and_their_own_noise_in_each_colour():
    noise = np.random.default_rng(4).standard_normal((SIZE, SIZE)).astype(np.float32)
    used = plain(is_binned=True, read_noise=0.01)
    sites = flat(0.3, 0.3, 0.3)
    colours = camera._binned(sites, used, noise)
    assert colours.std(axis=(0, 1)) == pytest.approx(0.01, rel=0.05)
    red, green, blue = (colours[..., channel].ravel() for channel in range(3))
    assert max(abs(np.corrcoef(pair)[0, 1]) for pair in ((red, green), (red, blue))) < 0.05


def test_light_below_zero_is_dark_and_no_more():
    noise = np.ones((SIZE, SIZE), np.float32)
    used = plain(shot_noise=1e-2, read_noise=1e-3)
    noisy = camera._with_noise(np.full((SIZE, SIZE), -0.005, np.float32), used, noise)
    np.testing.assert_allclose(noisy, -0.004, rtol=1e-4)


def test_flare_lifts_the_dark_by_its_share_of_the_mean():
    light = flat(0.0, 0.0, 0.0)
    light[:, : SIZE // 2] = 0.8
    sites = camera._exposed(light, plain(flare=0.1), AS_IT_IS)[..., 1]
    assert sites[80, -10] == pytest.approx(0.1 * 0.4, rel=1e-3)
    assert sites[80, 10] == pytest.approx(0.9 * 0.8 + 0.1 * 0.4, rel=1e-3)


@given(seed=st.integers(0, 2**31), finest=st.floats(60, 900))
def test_drawn_devices_are_usable_and_no_finer_than_what_they_see(seed, finest):
    used = devices.draw_camera(np.random.default_rng(seed), finest)
    assert used.sensor % 20 == 0
    assert devices.COARSEST <= used.sensor <= 520
    assert 0 < used.target <= 0.6
    assert used.read_noise > 0
    assert (used.sensitivity <= 1).all()
    for file in used.files:
        assert file.side % 20 == 0
        assert file.side <= max(finest, devices.COARSEST)
        assert 5 <= file.quality <= 97


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_light_that_is_not_finite_does_not_reach_the_sensor(value):
    light = np.full((SIZE, SIZE, 3), 0.3, np.float32)
    light[5, 9, 2] = value
    exact = Settings(exposure=1.0, balance=np.ones(3, np.float32))
    with pytest.raises(SimulationError, match=rf"got {value} at row 5, column 9, channel 2"):
        camera.capture(light, plain(), exact, np.zeros((SIZE, SIZE), np.float32))
