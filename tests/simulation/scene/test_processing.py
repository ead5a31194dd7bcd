"""What a device makes of its colours: each step, in numbers."""

import numpy as np
import pytest

from spooftrace.simulation.scene.light import decode, encode
from spooftrace.simulation.scene.processing import Processing, denoised, local_tone, processed

SIZE = 160


def grain(deviation):
    rng = np.random.default_rng(2)
    return (0.3 + deviation * rng.standard_normal((SIZE, SIZE, 3))).astype(np.float32)


def ramp():
    return decode(np.arange(256, dtype=np.uint8))[None, :, None].repeat(3, axis=2)


def test_noise_of_the_known_level_goes_and_an_edge_stays():
    noisy = grain(0.03)
    noisy[:, SIZE // 2 :] += 0.4
    soft = denoised(noisy, 1.0, 0.0, 0.03)
    assert soft[:, :70].std() < 0.3 * noisy[:, :70].std()
    step = soft[:, 84].mean() - soft[:, 75].mean()
    assert step == pytest.approx(0.4, abs=0.02)
    middle = np.abs(np.diff(soft[..., 1].mean(axis=0)))[78:81].max()
    assert middle > 0.3  # a mean of seven columns would leave 0.06


def test_stronger_noise_reduction_leaves_less():
    noisy = grain(0.03)
    left = [denoised(noisy, strength, 0.0, 0.03).std() for strength in (0.1, 0.5, 1.0)]
    assert noisy.std() > left[0] > left[1] > left[2]


def test_local_tone_brings_dark_and_bright_places_together():
    colours = np.full((SIZE, SIZE, 3), 0.05, np.float32)
    colours[:, SIZE // 2 :] = 0.8
    plain = processed(colours.copy(), Processing())
    evened = processed(colours.copy(), Processing(), tone=local_tone(colours, 0.5))
    assert evened[80, 10, 0] > plain[80, 10, 0] + 0.05
    assert evened[80, -10, 0] < plain[80, -10, 0] - 0.05
    flat = np.full((SIZE, SIZE, 3), 0.2, np.float32)
    np.testing.assert_allclose(local_tone(flat, 1.0), 1, atol=1e-4)


def test_contrast_is_the_slope_at_middle_grey_and_keeps_the_ends():
    values = processed(ramp(), Processing(contrast=1.3))[0, :, 0]
    assert values[0] == pytest.approx(0, abs=1e-4)
    assert values[255] == pytest.approx(1, abs=1e-4)
    assert (values[129] - values[126]) / (3 / 255) == pytest.approx(1.3, rel=0.02)


def test_lift_is_the_value_of_black_and_keeps_white():
    values = processed(ramp(), Processing(lift=0.1))[0, :, 0]
    assert values[0] == pytest.approx(0.1, abs=1e-4)
    assert values[255] == pytest.approx(1, abs=1e-4)


def test_gamma_is_the_exponent_of_the_encoded_values():
    values = processed(ramp(), Processing(gamma=1.5))[0, :, 0]
    assert values[128] == pytest.approx((128 / 255) ** 1.5, abs=1e-3)


def test_sharpening_lifts_fine_contrast():
    noisy = grain(0.03)
    assert processed(noisy, Processing(sharpening=1.0)).std() > 1.4 * encode(noisy).std()


def test_beauty_takes_pores_of_skin_and_leaves_a_grey_wall_and_edges():
    rng = np.random.default_rng(3)
    pores = 0.01 * rng.standard_normal((SIZE, SIZE, 1))
    skin = (np.array([0.45, 0.28, 0.2]) + pores).astype(np.float32)
    skin[:, 120:] = 0.02
    wall = (np.array([0.3, 0.3, 0.3]) + pores).astype(np.float32)
    beauty = Processing(beauty=1.0)
    assert processed(skin, beauty)[:, :100].std(axis=(0, 1)).max() < 0.6 * (
        encode(skin)[:, :100].std(axis=(0, 1)).min()
    )
    np.testing.assert_allclose(processed(wall, beauty), encode(wall), atol=0.01)
    edge = processed(skin, beauty)[:, 117:123, 1].mean(axis=0)
    assert np.ptp(edge) > 0.3
