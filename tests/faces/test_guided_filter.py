"""The guided filter: its fixed points, and a slow copy of its definition."""

import numpy as np

from spooftrace.faces.guided_filter import guided_filter

RADIUS, EPSILON = 2, 1e-3


def test_a_constant_stays():
    guide = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)
    values = np.full((20, 24), 0.3, np.float32)
    found = guided_filter(guide, values, radius=RADIUS, epsilon=EPSILON)
    np.testing.assert_allclose(found, 0.3, atol=1e-6)


def test_a_linear_function_of_the_guide_stays():
    guide = np.random.default_rng(1).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    values = (guide / 255 @ [0.5, -0.25, 0.4] + 0.1).astype(np.float32)
    found = guided_filter(guide, values, radius=RADIUS, epsilon=1e-7)
    np.testing.assert_allclose(found, values, atol=2e-3)


def slow(guide, values, radius, epsilon):
    """A least-squares fit with a ridge in every window, windows continued by reflection."""
    height, width = values.shape
    pads = ((2 * radius,) * 2,) * 2
    colours = np.pad(guide / 255, (*pads, (0, 0)), mode="symmetric")
    targets = np.pad(values.astype(float), pads, mode="symmetric")
    side = 2 * radius + 1
    fits = np.zeros((height + 2 * radius, width + 2 * radius, 4))
    for row in range(len(fits)):
        for column in range(fits.shape[1]):
            window = np.s_[row : row + side, column : column + side]
            x, y = colours[window].reshape(-1, 3), targets[window].ravel()
            spread = np.cov(x.T, bias=True) + epsilon * np.eye(3)
            slope = np.linalg.solve(spread, (x - x.mean(0)).T @ (y - y.mean()) / len(y))
            fits[row, column] = [*slope, y.mean() - slope @ x.mean(0)]
    found = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            mean = fits[row : row + side, column : column + side].mean(axis=(0, 1))
            found[row, column] = mean[:3] @ (guide[row, column] / 255) + mean[3]
    return found


def test_it_is_what_its_definition_says():
    rng = np.random.default_rng(2)
    guide = rng.integers(0, 256, (14, 12, 3), dtype=np.uint8)
    values = rng.random((14, 12)).astype(np.float32)
    found = guided_filter(guide, values, radius=RADIUS, epsilon=EPSILON)
    # The windows at the border differ: the fits beyond it are continued, not made there.
    inner = np.s_[RADIUS:-RADIUS, RADIUS:-RADIUS]
    np.testing.assert_allclose(found[inner], slow(guide, values, RADIUS, EPSILON)[inner], atol=1e-4)


def test_an_edge_is_drawn_to_the_guides():
    guide = np.zeros((40, 40, 3), np.uint8)
    guide[:, 20:] = 200
    coarse = np.clip((np.arange(40) - 12) / 16, 0, 1).astype(np.float32)
    found = guided_filter(guide, np.tile(coarse, (40, 1)), radius=6, epsilon=1e-4)
    before, after = coarse[20] - coarse[19], found[20, 20] - found[20, 19]
    assert after > 5 * before
