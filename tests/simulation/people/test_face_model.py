from pathlib import Path

import numpy as np
import pytest

from spooftrace.faces import mesh
from spooftrace.faces.topology import signed_areas
from spooftrace.simulation import noise
from spooftrace.simulation.people import face_model, fields, head_mesh


@pytest.fixture(scope="module")
def model():
    return face_model.load()


def test_the_file_is_small_and_its_components_are_bytes():
    path = Path(face_model.__file__).with_name("face_model.npz")
    assert path.stat().st_size <= 3_000_000
    with np.load(path) as file:
        bases = [file[name] for name in file.files if name.endswith("_basis")]
    assert len(bases) == 6
    assert all(basis.dtype == np.int8 for basis in bases)


def test_parts_have_the_sizes_that_are_painted(model):
    pixels = 3 * model.coarse_mask.sum() + model.fine_mask.sum()
    sizes = {name: part.basis.shape[1] for name, part in model.parts.items()}
    distances, detail = face_model.COARSE_SIZE**2, 3 * face_model.DETAIL_SIZE**2
    assert sizes == {
        "shape": 3 * mesh.MESH_COUNT,
        "texture": pixels,
        "hair": distances,
        "outline": distances,
        "detail": detail,
        "colour": 3,
    }


def test_scores_spread_as_measured(model):
    rng = np.random.default_rng(0)
    drawn = [model.scores(rng) for _ in range(3000)]
    shape = np.std([scores["shape"] for scores in drawn], axis=0)
    hair = np.std([scores["hair"] for scores in drawn], axis=0)
    assert shape.mean() == pytest.approx(face_model.SCALE, rel=0.1)
    assert hair.mean() == pytest.approx(face_model.HAIR_SCALE, rel=0.1)


def test_a_part_at_zero_is_its_mean(model):
    part = model.parts["shape"]
    np.testing.assert_array_equal(part.at(np.zeros(len(part.basis))), part.mean)
    one = np.eye(len(part.basis))[2]
    np.testing.assert_allclose(part.at(3 * one) - part.mean, 3 * part.basis[2], atol=1e-6)


def test_the_mean_shape_is_nearly_the_mean_face(model):
    points = model.parts["shape"].mean.reshape(-1, 3)
    assert np.abs(points - mesh.CANONICAL).max() < 0.02


def test_the_mesh_of_the_mean_person_covers_the_texture():
    places = head_mesh.place(head_mesh.REST[:, :2])
    outer = head_mesh.place(head_mesh.REST[-len(head_mesh.OVAL) :, :2])
    assert outer[:, 0].min() < -100
    assert outer[:, 0].max() > head_mesh.TEXTURE_SIZE + 100
    assert outer[:, 1].min() < -100
    area = signed_areas(places, head_mesh.TRIANGLES)
    assert (area[len(mesh.CANONICAL_TRIANGLES) + 46 :] > 0).all()


def test_place_puts_the_origin_between_the_middle_pixels():
    np.testing.assert_allclose(head_mesh.place(np.zeros(2), 100), [49.5, 49.5])
    edge = np.full(2, head_mesh.SPAN)
    np.testing.assert_allclose(head_mesh.place(edge, 100), [99.5, 99.5], rtol=1e-6)


def test_spread_keeps_what_is_known_and_fills_the_rest_from_near():
    colours = np.zeros((64, 64, 3), np.float32)
    colours[:, :20], colours[:, 20:32] = 0.25, 0.75
    weight = np.zeros((64, 64), np.float32)
    weight[:, :32] = 1
    filled = fields.spread(colours, weight)
    np.testing.assert_allclose(filled[:, :32], colours[:, :32], atol=1e-5)
    assert (np.abs(filled[:, 34:40] - 0.75) < 0.05).all()


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, 0), (0, 0), (0.5, 0.5), (1, 1), (0.25, 5 / 32)]
)
def test_step_is_the_smooth_step(value, expected):
    found = fields.step(np.array([value], np.float32), 0.0, 1.0)
    assert found[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("finest", "coarsest"), [(0.5, 1.0), (1.0, 2.2), (2.2, 5.0)])
def test_a_band_of_noise_has_unit_deviation_and_its_own_grain(finest, coarsest):
    white = noise.band(np.random.default_rng(0), finest, coarsest, 256)
    assert white.std() == pytest.approx(1, abs=1e-3)
    next_to = np.corrcoef(white[:, :-1].ravel(), white[:, 1:].ravel())[0, 1]
    finer, coarser = {0.5: (-0.2, 0.5), 1.0: (0.45, 0.85), 2.2: (0.8, 0.99)}[finest]
    assert finer < next_to < coarser
