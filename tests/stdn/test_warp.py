import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import LinearNDInterpolator
from scipy.ndimage import map_coordinates
from scipy.spatial import Delaunay

from spooftrace.stdn.warp import covering_triangle, dense_offset, warp, warp_between

SIZE = 48


def frame(size: int = SIZE, margin: float = 0.25, count: int = 4) -> np.ndarray:
    """Anchors on a square around the picture."""
    axis = np.linspace(-margin * size, (1 + margin) * size, count)
    return np.array([(x, y) for x in axis for y in axis if {x, y} & {axis[0], axis[-1]}])


def mesh(seed: int, vertices: int = 30, size: int = SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Random points within anchors, and their Delaunay triangles."""
    rng = np.random.default_rng(seed)
    points = np.concatenate([rng.uniform(3, size - 4, (vertices, 2)), frame(size)])
    return points, Delaunay(points).simplices


def moved(points: np.ndarray, seed: int, spread: float = 3.0) -> np.ndarray:
    """The same mesh with its vertices elsewhere and its anchors in place."""
    rng = np.random.default_rng(seed)
    inner = len(points) - len(frame())
    other = points.copy()
    other[:inner] += rng.normal(0, spread, (inner, 2))
    return other


def batched(*arrays: np.ndarray, dtype: torch.dtype = torch.float64) -> list[torch.Tensor]:
    return [torch.tensor(a, dtype=dtype).unsqueeze(0) for a in arrays]


def pixels() -> np.ndarray:
    y, x = np.mgrid[:SIZE, :SIZE]
    return np.stack([x, y], axis=-1).astype(float)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dense_offset_equals_scipy(seed: int, dtype: torch.dtype) -> None:
    target, triangles = mesh(seed)
    source = moved(target, seed + 100)
    ours = dense_offset(*batched(source, target, dtype=dtype), torch.tensor(triangles), size=SIZE)[
        0
    ].double()
    theirs = LinearNDInterpolator(Delaunay(target), source - target)(pixels())
    assert not np.isnan(theirs).any()  # the anchors' hull covers every pixel
    assert np.abs(ours.numpy() - theirs).max() < 1e-3


def test_whole_batch_equals_one_by_one() -> None:
    meshes = [mesh(seed) for seed in range(4)]
    sources = [moved(points, 7) for points, _ in meshes]
    count = min(len(t) for _, t in meshes)
    assert count == max(len(t) for _, t in meshes)
    stacked = [np.stack(a) for a in (sources, [p for p, _ in meshes], [t for _, t in meshes])]
    together = dense_offset(*(torch.tensor(a) for a in stacked), size=SIZE)
    for index, (points, triangles) in enumerate(meshes):
        alone = dense_offset(*batched(sources[index], points), torch.tensor(triangles), size=SIZE)
        torch.testing.assert_close(together[index], alone[0])


@pytest.mark.parametrize("seed", range(3))
def test_every_pixel_lies_in_its_triangle(seed: int) -> None:
    points, triangles = mesh(seed)
    corners = torch.tensor(points[triangles]).unsqueeze(0)
    index = covering_triangle(corners, size=SIZE)[0].numpy()
    found = Delaunay(points)
    inside = found.find_simplex(pixels())
    # Ties on edges may go either way: then both triangles contain the pixel.
    for y, x in np.argwhere(index != inside):
        corner = points[triangles[index[y, x]]]
        weights = np.linalg.solve(np.vstack([corner.T, np.ones(3)]), [x, y, 1])
        assert weights.min() > -1e-9


def test_equal_faces_give_the_identity() -> None:
    points, triangles = mesh(1)
    source, target = batched(points, points)
    offset = dense_offset(source, target, torch.tensor(triangles), size=SIZE)
    assert offset.abs().max() == 0
    trace = torch.rand(1, 3, SIZE, SIZE, dtype=torch.float64)
    torch.testing.assert_close(warp(trace, offset), trace)


@given(
    seed=st.integers(0, 50),
    matrix=st.lists(st.floats(-0.2, 0.2), min_size=4, max_size=4),
    shift=st.lists(st.floats(-5, 5), min_size=2, max_size=2),
)
@settings(max_examples=25, deadline=None)
def test_affine_motion_is_exact(seed: int, matrix: list[float], shift: list[float]) -> None:
    target, triangles = mesh(seed)
    change = np.array(matrix).reshape(2, 2)
    source = target + target @ change.T + shift
    ours = dense_offset(*batched(source, target), torch.tensor(triangles), size=SIZE)[0]
    np.testing.assert_allclose(ours.numpy(), pixels() @ change.T + shift, atol=1e-9)


def test_vertices_land_on_vertices() -> None:
    """A spot painted at a source vertex is found at the target vertex: the direction of Fig. 4."""
    target, _ = mesh(2)
    target = np.round(target)  # vertices on pixel centres, so that the spot is a pixel
    triangles = Delaunay(target).simplices
    source = np.round(moved(target, 3)).clip(1, SIZE - 2)
    inner = len(target) - len(frame())
    source[inner:] = target[inner:]
    for vertex in range(0, inner, 5):
        x, y = source[vertex].astype(int)
        trace = torch.zeros(1, 3, SIZE, SIZE, dtype=torch.float64)
        trace[..., y, x] = 1
        there = warp_between(trace, *batched(source, target), torch.tensor(triangles))
        x, y = target[vertex].astype(int)
        assert there[0, 0, y, x].item() == pytest.approx(1, abs=1e-9)


def test_warp_equals_scipy_sampling() -> None:
    rng = np.random.default_rng(0)
    trace = rng.normal(size=(SIZE, SIZE))
    offset = rng.normal(0, 4, (SIZE, SIZE, 2))
    ours = warp(torch.tensor(trace).expand(1, 3, -1, -1), torch.tensor(offset).unsqueeze(0))[0, 1]
    where = pixels() + offset
    theirs = map_coordinates(trace, [where[..., 1], where[..., 0]], order=1, mode="nearest")
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-9)


def test_constant_trace_stays_constant() -> None:
    target, triangles = mesh(4)
    trace = torch.full((1, 3, SIZE, SIZE), 0.37, dtype=torch.float64)
    there = warp_between(trace, *batched(moved(target, 5), target), torch.tensor(triangles))
    torch.testing.assert_close(there, trace)


def test_gradients_in_float64() -> None:
    """Through the trace and through both meshes.

    Vertices lie off the pixel grid, where the function is smooth.
    """
    size = 6
    rng = np.random.default_rng(0)
    corners = np.array([(-2.3, -2.3), (7.4, -2.3), (-2.3, 7.4), (7.4, 7.4)])
    target = np.concatenate([rng.uniform(1, 4, (3, 2)), corners])
    source = np.concatenate([target[:3] + rng.normal(0, 0.3, (3, 2)), corners])
    triangles = torch.tensor(Delaunay(target).simplices)
    trace = torch.randn(1, 3, size, size, dtype=torch.float64, requires_grad=True)
    source_t, target_t = batched(source, target)
    source_t.requires_grad_()
    target_t.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda *a: warp_between(*a, triangles), (trace, source_t, target_t), eps=1e-7, atol=1e-5
    )


def test_a_triangle_without_area_harms_nobody() -> None:
    target, triangles = mesh(6)
    source = moved(target, 8)
    padded = np.concatenate([triangles, np.zeros((3, 3), dtype=triangles.dtype)])
    source_t, target_t = batched(source, target)
    target_t.requires_grad_()
    with_flat = dense_offset(source_t, target_t, torch.tensor(padded), size=SIZE)
    without = dense_offset(source_t, target_t, torch.tensor(triangles), size=SIZE)
    torch.testing.assert_close(with_flat, without)
    with_flat.sum().backward()
    assert target_t.grad is not None
    assert torch.isfinite(target_t.grad).all()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_equals_cpu() -> None:
    target, triangles = mesh(9)
    arguments = (*batched(moved(target, 3), target, dtype=torch.float32), torch.tensor(triangles))
    there = dense_offset(*(a.cuda() for a in arguments), size=SIZE)
    torch.testing.assert_close(there.cpu(), dense_offset(*arguments, size=SIZE), atol=1e-3, rtol=0)
