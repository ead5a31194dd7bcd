import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spooftrace.data.batches.augmentation import AugmentationConfig, Face, mirror, move, recapture
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
    face = Face(image=spots(points[:1]), vertices=points)
    face = move(face, config, np.random.default_rng(seed))
    weight = face.image[..., 0].astype(float)
    y, x = np.mgrid[:SIZE, :SIZE]
    centre = [(weight * axis).sum() / weight.sum() for axis in (x, y)]
    np.testing.assert_allclose(face.vertices[0], centre, atol=0.35)


def test_mirroring_by_hand_and_twice() -> None:
    points = vertices()
    image = np.arange(SIZE * SIZE * 3, dtype=np.uint32).reshape(SIZE, SIZE, 3).astype(np.uint8)
    mirrored = mirror(Face(image=image, vertices=points))
    assert (mirrored.image[5, 0] == image[5, SIZE - 1]).all()
    assert mirrored.vertices[0, 0] == pytest.approx(SIZE - 1 - points[MIRROR[0], 0])
    assert mirrored.vertices[0, 1] == points[MIRROR[0], 1]
    again = mirror(mirrored)
    assert (again.image == image).all()
    np.testing.assert_allclose(again.vertices, points, atol=1e-4)


def test_a_tight_crop_is_continued_by_reflection() -> None:
    """What is inside stays; what is outside mirrors it; the twin is cut at the same places."""
    y, x = np.mgrid[:SIZE, :SIZE]
    image = np.stack([x, y, np.full_like(x, 60)], axis=-1).astype(np.uint8)
    twin = image - np.uint8([0, 0, 30])
    config, sides = AugmentationConfig(tight=1.0), []
    for seed in range(40):
        face = Face(image=image, vertices=vertices(), live_twin=twin)
        moved = move(face, config, np.random.default_rng(seed))
        assert (moved.vertices == face.vertices).all()
        assert (moved.image.astype(int) - moved.live_twin == (0, 0, 30)).all()
        across, down = moved.image[0, :, 0].astype(int), moved.image[:, 0, 1].astype(int)
        for seen, most in ((across, 0.27), (down, 0.17)):
            low, high = seen.min(), seen.max()
            assert (seen[low : high + 1] == np.arange(low, high + 1)).all()
            assert (seen[:low] == 2 * low - np.arange(low)).all()
            assert (seen[high + 1 :] == 2 * high - np.arange(high + 1, SIZE)).all()
            assert max(low, SIZE - 1 - high) <= most * SIZE
            sides.append((low, SIZE - 1 - high))
    assert np.max(sides) > 0.25 * SIZE
    half = AugmentationConfig(tight=0.5)
    cut = [
        not (move(Face(image=image, vertices=vertices()), half, rng).image == image).all()
        for rng in map(np.random.default_rng, range(100))
    ]
    assert 35 < sum(cut) < 65
    with pytest.raises(ConfigError, match=r"augmentation\.tight: expected a share"):
        AugmentationConfig(tight=1.5)


def test_defaults_change_nothing() -> None:
    face = Face(image=spots(vertices()), vertices=vertices())
    rng = np.random.default_rng(0)
    assert move(face, AugmentationConfig(), rng) is face
    assert recapture(face, AugmentationConfig(), rng) is face


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
    face = Face(image=image, vertices=vertices())
    made = [recapture(face, config, np.random.default_rng(s)).image for s in (1, 1, 2, 3, 4)]
    assert (made[0] == made[1]).all()
    assert any((m != image).any() for m in made)
    assert all(m.dtype == np.uint8 and m.shape == image.shape for m in made)


def test_exposure_by_hand() -> None:
    """One stop more doubles a dark grey."""
    config = AugmentationConfig(exposure=1.0)
    rng = np.random.default_rng(3)
    stops = np.random.default_rng(3).uniform(-1.0, 0.5)
    face = Face(image=np.full((8, 8, 3), 60, np.uint8), vertices=vertices())
    grey = recapture(face, config, rng).image
    assert abs(int(grey[0, 0, 0]) - 60 * 2**stops) <= 1


EVERYTHING = AugmentationConfig(
    flip=True,
    zoom=0.2,
    shift=0.1,
    rotation_deg=15.0,
    exposure=1.0,
    gamma=0.3,
    cast=0.2,
    noise=20.0,
    blur_px=2.0,
    smallest_detail_px=24,
    smallest_jpeg=30,
)


def drawn(image, twin, seed: int, config: AugmentationConfig = EVERYTHING) -> Face:
    rng = np.random.default_rng(seed)
    face = Face(image=image, vertices=vertices(), live_twin=twin)
    return recapture(move(face, config, rng), config, rng)


@given(seed=st.integers(0, 200))
@settings(max_examples=25)
def test_the_twin_goes_through_the_very_same_draws(seed) -> None:
    """Each of the two is what it would have become by itself, to the last bit."""
    image, twin = spots(vertices()), np.ascontiguousarray(spots(vertices(1))[..., ::-1])
    both = drawn(image, twin, seed)
    alone = drawn(image, None, seed)
    assert alone.live_twin is None
    np.testing.assert_array_equal(both.image, alone.image)
    np.testing.assert_array_equal(both.vertices, alone.vertices)
    np.testing.assert_array_equal(both.live_twin, drawn(twin, None, seed).image)


@given(seed=st.integers(0, 200))
@settings(max_examples=25)
def test_the_twin_of_a_live_face_stays_the_face(seed) -> None:
    image = spots(vertices())
    assert (face := drawn(image, image, seed)).live_twin is face.image
    copied = drawn(image, image.copy(), seed)
    np.testing.assert_array_equal(copied.live_twin, copied.image)


def test_the_difference_of_the_two_is_the_trace_that_the_camera_would_have_seen() -> None:
    """By hand: a trace of 20 grey levels under one stop and no clipping is one of 20 * 2^stops."""
    config = AugmentationConfig(exposure=1.0)
    stops = np.random.default_rng(3).uniform(-1.0, 0.5)
    face = drawn(np.full((8, 8, 3), 80, np.uint8), np.full((8, 8, 3), 60, np.uint8), 3, config)
    trace = face.image.astype(int) - face.live_twin
    assert trace[0, 0, 0] == round(80 * 2**stops) - round(60 * 2**stops)
    assert trace[0, 0, 0] != 20


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
