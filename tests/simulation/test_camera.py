import dataclasses

import numpy as np
import pytest

from spooftrace.simulation import camera

CLEAN = dataclasses.replace(
    camera.attackers_camera(), shot_noise=0.0, read_noise=0.0, sharpening=0.0, quality=100
)


def flat(level: float, size: int = 64) -> np.ndarray:
    return np.full((size, size, 3), level, np.float32)


def test_decoding_then_encoding_gives_every_picture_value_back():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(np.round(camera.encode(camera.decode(levels)) * 255), levels)


@pytest.mark.parametrize(
    ("light", "value"), [(0.0, 0.0), (0.0031308, 0.04045), (0.214041, 0.5), (1.0, 1.0), (7.0, 1.0)]
)
def test_the_curve_is_srgb(light, value):
    assert camera.encode(np.float32([light]))[0] == pytest.approx(value, abs=5e-4)


def test_exposure_does_not_depend_on_the_amount_of_light():
    dim, bright = (camera.capture(flat(x), CLEAN, np.random.default_rng(0)) for x in (0.02, 2.0))
    np.testing.assert_array_equal(dim, bright)
    assert dim.mean() == pytest.approx(255 * 0.4845, abs=1)  # sRGB of 0.2


def test_white_balance_multiplies_the_light():
    warm = dataclasses.replace(CLEAN, balance=np.float32([1.2, 1, 0.8]))
    red, green, blue = camera.decode(
        camera.capture(flat(0.3), warm, np.random.default_rng(0))
    ).mean((0, 1))
    assert red / green == pytest.approx(1.2, rel=0.02)
    assert blue / green == pytest.approx(0.8, rel=0.02)


def test_blur_spreads_a_point():
    point = np.zeros((33, 33, 3), np.float32)
    point[16, 16] = 1
    sharp = camera.capture(point, dataclasses.replace(CLEAN, blur=0.3), np.random.default_rng(0))
    soft = camera.capture(point, dataclasses.replace(CLEAN, blur=2.0), np.random.default_rng(0))
    assert (soft[..., 1] > 40).sum() > 3 * (sharp[..., 1] > 40).sum()


def test_noise_is_of_the_stated_size_and_shrinks_with_the_light():
    noisy = dataclasses.replace(CLEAN, shot_noise=0.01, blur=0.1, exposure=0.2)
    picture = camera.capture(flat(1.0, 256), noisy, np.random.default_rng(0))
    deviation = float(camera.decode(picture)[..., 1].std())
    assert 0.3 * np.sqrt(0.01 * 0.2) < deviation < 1.2 * np.sqrt(0.01 * 0.2)
    # Blue holds back in yellow light: its noise is that of less light.
    yellow = flat(1.0, 256) * np.float32([1, 1, 0.1])
    shown = camera.decode(camera.capture(yellow, noisy, np.random.default_rng(0)))
    assert shown[..., 2].std() < 0.6 * shown[..., 1].std()


def test_the_same_generator_gives_the_same_picture():
    device = camera.draw_camera(np.random.default_rng(3))
    first, second, other = (
        camera.capture(flat(0.3), device, np.random.default_rng(seed)) for seed in (5, 5, 6)
    )
    assert first.dtype == np.uint8
    assert first.shape == (64, 64, 3)
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_random_cameras_stay_in_their_ranges():
    drawn = [camera.draw_camera(np.random.default_rng(seed)) for seed in range(50)]
    assert all(55 <= one.quality <= 95 and 0.4 <= one.blur <= 1.6 for one in drawn)
    assert max(one.shot_noise for one in drawn) > 10 * min(one.shot_noise for one in drawn)
