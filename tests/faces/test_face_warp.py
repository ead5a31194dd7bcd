"""The NumPy warp: equal to the layer that trains, and to what geometry asks for."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_faces import mean_vertices

from spooftrace.errors import MissingExtraError
from spooftrace.faces import warp
from spooftrace.faces.topology import TRIANGLES, triangles_for, with_anchors

SIZE = 64
CROP = 256


def vertices(seed: int, spread: float, size: int = SIZE) -> np.ndarray:
    """The mean face at `size`, its vertices pushed about by `spread` px of a crop."""
    rng = np.random.default_rng(seed)
    moved = mean_vertices() + rng.normal(0, spread, (140, 2))
    return ((moved + 0.5) * (size / CROP) - 0.5).astype(np.float32)


def values(seed: int, size: int = SIZE) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.3, (size, size, 3)).astype(np.float32)


def by_torch(trace: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    torch = pytest.importorskip("torch")
    from spooftrace.stdn.warp import warp_between

    size = len(trace)
    points = [torch.from_numpy(with_anchors(p, size))[None] for p in (source, target)]
    triangles = torch.from_numpy(triangles_for(target, size))
    moved = warp_between(torch.from_numpy(trace).permute(2, 0, 1)[None], *points, triangles)
    return moved[0].permute(1, 2, 0).numpy()


@given(seed=st.integers(0, 2**16), spread=st.floats(0, 3))
@settings(max_examples=15)
def test_it_equals_the_layer_of_torch(seed, spread):
    trace, source, target = values(seed), vertices(seed, spread), vertices(seed + 1, spread)
    np.testing.assert_allclose(
        warp.carry(trace, source, target), by_torch(trace, source, target), atol=1e-3
    )


def test_it_equals_the_layer_at_full_size_and_for_a_folded_face():
    """A target on which the fixed triangles fold takes its own, in both."""
    trace, source, target = values(0, CROP), vertices(1, 2, CROP), vertices(2, 12, CROP)
    assert triangles_for(target, CROP) is not TRIANGLES
    np.testing.assert_allclose(
        warp.carry(trace, source, target), by_torch(trace, source, target), atol=1e-3
    )


@given(seed=st.integers(0, 2**16), spread=st.floats(0, 3))
@settings(max_examples=10)
def test_a_face_carried_onto_itself_is_itself(seed, spread):
    trace, face = values(seed), vertices(seed, spread)
    np.testing.assert_allclose(warp.carry(trace, face, face), trace, atol=1e-6)


@given(
    seed=st.integers(0, 2**16),
    matrix=st.lists(st.floats(-0.2, 0.2), min_size=4, max_size=4),
    shift=st.lists(st.floats(-5, 5), min_size=2, max_size=2),
)
@settings(max_examples=10)
def test_an_affine_motion_is_exact(seed, matrix, shift):
    """No pixel is left out, whatever the mesh: the offset is that of the plane everywhere."""
    points = with_anchors(vertices(seed, 2), SIZE).astype(np.float64)
    change = np.array(matrix).reshape(2, 2)
    triangles = triangles_for(vertices(seed, 2), SIZE)
    offset = warp.dense_offset(points + points @ change.T + shift, points, triangles, SIZE)
    y, x = np.mgrid[:SIZE, :SIZE]
    expected = np.stack([x, y], axis=-1) @ change.T + shift
    np.testing.assert_allclose(offset, expected, atol=1e-6)


@given(seed=st.integers(0, 2**16), colour=st.lists(st.floats(-1, 1), min_size=3, max_size=3))
@settings(max_examples=10)
def test_a_constant_stays_and_the_carried_is_linear(seed, colour):
    source, target = vertices(seed, 2), vertices(seed + 1, 2)
    flat = np.broadcast_to(np.float32(colour), (SIZE, SIZE, 3))
    np.testing.assert_allclose(warp.carry(flat, source, target), flat, atol=1e-6)
    one, two = values(seed), values(seed + 1)
    joint = warp.carry(2 * one - two, source, target)
    apart = 2 * warp.carry(one, source, target) - warp.carry(two, source, target)
    np.testing.assert_allclose(joint, apart, atol=1e-5)


def test_what_lies_on_a_vertex_goes_with_it():
    """The direction of Fig. 4: a spot at a vertex of the source is found at the target's."""
    source = vertices(0, 0)
    target = source + np.float32([3, -2])
    for vertex in range(0, 140, 20):
        x, y = np.round(source[vertex]).astype(int)
        spot = np.zeros((SIZE, SIZE, 3), np.float32)
        spot[y, x] = 1
        there = warp.carry(spot, source, target)[..., 0]
        assert np.unravel_index(there.argmax(), there.shape) == (y - 2, x + 3)


def test_a_turned_face_without_scipy_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.spatial", None)
    frontal, turned = vertices(1, 0), vertices(2, 12)
    warp.carry(values(0), frontal, frontal)
    with pytest.raises(MissingExtraError, match=r"triangles of its own.*\.\[data\]"):
        warp.carry(values(0), frontal, turned)
