import numpy as np
import pytest

from spooftrace.simulation import camera, demo_attacks

SIZE = 256


def grey(value: int) -> np.ndarray:
    return np.full((SIZE, SIZE, 3), value, np.uint8)


def strongest_period(light: np.ndarray) -> float:
    """Period in pixels of the strongest wave shorter than a sixteenth of the picture, in green."""
    window = np.outer(np.hanning(SIZE), np.hanning(SIZE))
    spectrum = np.abs(np.fft.fft2((light[..., 1] - light[..., 1].mean()) * window))
    rows, columns = np.meshgrid(np.fft.fftfreq(SIZE), np.fft.fftfreq(SIZE), indexing="ij")
    frequency = np.hypot(rows, columns)
    spectrum[frequency < 16 / SIZE] = 0
    return 1 / frequency.flat[spectrum.argmax()]


@pytest.mark.parametrize("attack", [demo_attacks.on_paper, demo_attacks.on_screen])
def test_an_attack_is_light_and_repeatable(attack):
    first, second, other = (attack(grey(120), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (SIZE, SIZE, 3)
    assert first.dtype == np.float32
    assert first.min() >= 0
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - other).max() > 0.01


@pytest.mark.parametrize("seed", range(5))
def test_paper_has_less_contrast_and_less_colour(seed):
    rng = np.random.default_rng
    black, white = (demo_attacks.on_paper(grey(v), rng(seed)).mean() for v in (0, 255))
    assert white / black < 40  # the picture's own contrast is endless
    assert black > 0.02
    red = grey(0)
    red[..., 0] = 255
    printed = demo_attacks.on_paper(red, rng(seed)).mean((0, 1))
    assert printed[1] / printed[0] > 0.05
    assert printed[0] > printed[1]
    assert printed[0] > printed[2]


@pytest.mark.parametrize("seed", range(5))
def test_paper_shows_its_dots(seed):
    light = demo_attacks.on_paper(grey(120), np.random.default_rng(seed))
    # Dots of 2.2 to 3.6 px, sampled up to 1.2 times denser because the sheet is held askew.
    assert 2.0 < strongest_period(light) < 4.4


@pytest.mark.parametrize("seed", range(5))
def test_a_screen_glows_where_it_is_black_and_is_bluish(seed):
    rng = np.random.default_rng
    assert demo_attacks.on_screen(grey(0), rng(seed)).min() > 0.004
    red, _, blue = demo_attacks.on_screen(grey(200), rng(seed)).mean((0, 1))
    assert blue > red


def test_a_screen_beats_with_the_camera():
    # Waves slower than four pixels, though no wave of the display's grid is: aliasing.
    slow = [
        strongest_period(demo_attacks.on_screen(grey(160), np.random.default_rng(seed)))
        for seed in range(12)
    ]
    assert max(slow) > 4
    assert len({round(period, 2) for period in slow}) > 6


def test_traces_survive_the_camera():
    rng = np.random.default_rng(4)
    device = camera.draw_camera(np.random.default_rng(0))
    live = camera.capture(camera.decode(grey(120)), device, rng).astype(float)
    for attack in (demo_attacks.on_paper, demo_attacks.on_screen):
        spoof = camera.capture(attack(grey(120), rng), device, rng).astype(float)
        assert spoof.std() > 1.5 * live.std()
