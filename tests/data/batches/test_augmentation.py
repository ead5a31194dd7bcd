import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spooftrace.data.batches import augmentation
from spooftrace.data.batches.augmentation import AugmentationConfig
from spooftrace.data.batches.degradation import balance_grey, equalise, reduce_detail
from spooftrace.errors import ConfigError
from spooftrace.faces.mesh import MIRROR, VERTEX_COUNT

SIZE = 128


def spots(points: np.ndarray) -> np.ndarray:
    """A black picture with a bright blob at each point."""
    y, x = np.mgrid[:SIZE, :SIZE]
    distance = ((x[..., None] - points[:, 0]) ** 2 + (y[..., None] - points[:, 1]) ** 2).min(-1)
    return np.repeat((255 * np.exp(-distance / 8))[..., None], 3, axis=-1).astype(np.uint8)


def vertices(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(48, SIZE - 48, (VERTEX_COUNT, 2)).astype(np.float32)


@given(seed=st.integers(0, 200))
@settings(max_examples=20)
def test_image_and_vertices_move_together(seed) -> None:
    points = np.tile(vertices(seed)[:1], (VERTEX_COUNT, 1))
    config = AugmentationConfig(flip=True, zoom=0.2, shift=0.1, rotation_deg=15.0)
    image, moved = augmentation.move(spots(points[:1]), points, config, np.random.default_rng(seed))
    weight = image[..., 0].astype(float)
    y, x = np.mgrid[:SIZE, :SIZE]
    centre = [(weight * axis).sum() / weight.sum() for axis in (x, y)]
    np.testing.assert_allclose(moved[0], centre, atol=0.35)


def test_mirroring_by_hand_and_twice() -> None:
    points = vertices()
    image = np.arange(SIZE * SIZE * 3, dtype=np.uint32).reshape(SIZE, SIZE, 3).astype(np.uint8)
    mirrored, swapped = augmentation.mirror(image, points)
    assert (mirrored[5, 0] == image[5, SIZE - 1]).all()
    assert swapped[0, 0] == pytest.approx(SIZE - 1 - points[MIRROR[0], 0])
    assert swapped[0, 1] == points[MIRROR[0], 1]
    again, back = augmentation.mirror(mirrored, swapped)
    assert (again == image).all()
    np.testing.assert_allclose(back, points, atol=1e-4)


def test_defaults_change_nothing() -> None:
    image, points = spots(vertices()), vertices()
    rng = np.random.default_rng(0)
    moved, there = augmentation.move(image, points, AugmentationConfig(), rng)
    assert moved is image
    assert there is points
    assert augmentation.recapture(image, AugmentationConfig(), rng) is image


@pytest.mark.parametrize(
    "config",
    [
        AugmentationConfig(exposure=1.0),
        AugmentationConfig(gamma=0.4),
        AugmentationConfig(cast=0.3),
        AugmentationConfig(noise=25.0),
        AugmentationConfig(blur_px=2.0),
        AugmentationConfig(smallest_detail_px=16),
        AugmentationConfig(smallest_jpeg=10),
    ],
)
def test_each_change_is_a_function_of_its_generator(config) -> None:
    image = spots(vertices())
    made = [
        augmentation.recapture(image, config, np.random.default_rng(s)) for s in (1, 1, 2, 3, 4)
    ]
    assert (made[0] == made[1]).all()
    assert any((m != image).any() for m in made)
    assert all(m.dtype == np.uint8 and m.shape == image.shape for m in made)


def test_exposure_by_hand() -> None:
    """One stop more doubles a dark grey."""
    config = AugmentationConfig(exposure=1.0)
    rng = np.random.default_rng(3)
    stops = np.random.default_rng(3).uniform(-1.0, 0.5)
    grey = augmentation.recapture(np.full((8, 8, 3), 60, np.uint8), config, rng)
    assert abs(int(grey[0, 0, 0]) - 60 * 2**stops) <= 1


def test_jpeg_keeps_the_colours_in_place() -> None:
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 200
    found = augmentation._compress(red, 90)
    assert np.abs(found.astype(int) - red).max() < 6


@pytest.mark.parametrize(
    "change",
    [
        {"zoom": 0.6},
        {"shift": 0.3},
        {"noise": -1.0},
        {"smallest_jpeg": 0},
        {"smallest_detail_px": 2},
    ],
)
def test_impossible_strengths_are_refused(change) -> None:
    with pytest.raises(ConfigError, match="augmentation"):
        AugmentationConfig(**change)


def test_equalise_makes_sharp_and_blunt_alike() -> None:
    rng = np.random.default_rng(0)
    sharp = rng.integers(0, 256, (256, 256, 3)).astype(np.uint8)
    blunt = reduce_detail(sharp, 64)
    assert np.abs(np.diff(sharp.astype(int) - blunt, axis=1)).mean() > 60
    np.testing.assert_allclose(
        equalise(sharp, 64, grey_world=False).astype(int),
        equalise(blunt, 64, grey_world=False).astype(int),
        atol=30,
    )
    assert reduce_detail(sharp, 256) is sharp


def test_grey_world_by_hand() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[:] = (50, 100, 150)
    assert (balance_grey(image) == 100).all()
