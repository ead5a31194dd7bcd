"""Scoring the rows of a store."""

import threading

import numpy as np
import pytest
from toy_bundle import ALPHA_0, SIZE, flat_faces, toy_info, write_toy

from spooftrace.data.batches.degradation import reduce_detail
from spooftrace.data.sample import FaceSample
from spooftrace.data.store.info import Provenance
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.scoring import score_rows
from spooftrace.errors import StoreError
from spooftrace.faces.crop import Box, resize_face
from spooftrace.labels import Label, Medium

GREYS = (0, 51, 102, 153, 204, 255, 30, 60, 90, 120, 150)


def grey_scores(level):
    """The toy's map, trace and whole score of a grey face, from its definition."""
    v = level / 255
    trace = [abs((s + 0.25) * v + b) for s, b in ((0.1, 0.05), (0.2, 0.0), (0.3, -0.05))]
    map_score, trace_score = v / 2, sum(trace) / 6
    return map_score, trace_score, map_score + ALPHA_0 * trace_score


def write_store(path, images):
    provenance = Provenance(
        created_by="test",
        landmarker="none",
        landmarker_version="0",
        crop_size=256,
        crop_enlarge=1.2,
        source="test",
        source_fingerprint="0" * 64,
    )
    with StoreWriter(path, provenance) as writer:
        for number, image in enumerate(images):
            writer.append(
                FaceSample(
                    id=f"test/{number}",
                    image=image,
                    vertices=np.zeros((140, 2), np.float32),
                    label=Label.LIVE,
                    medium=Medium.LIVE,
                    database="test",
                    box=Box(left=0, top=0, side=256),
                )
            )
    return Store.open(path)


@pytest.fixture
def toy(tmp_path):
    return Bundle.load(write_toy(tmp_path / "toy.onnx", toy_info(threshold=None)), threads=1)


@pytest.fixture
def greys(tmp_path):
    return write_store(tmp_path / "greys", flat_faces(*((g, g, g) for g in GREYS), size=256))


@pytest.mark.parametrize("batch_size", [1, 3, 11, 32])
def test_every_row_in_order(toy, greys, batch_size):
    scored = score_rows(toy, greys, batch_size=batch_size)
    expected = np.array([grey_scores(level) for level in GREYS])
    np.testing.assert_allclose(scored.map_score, expected[:, 0], atol=1e-6)
    np.testing.assert_allclose(scored.trace_score, expected[:, 1], atol=1e-6)
    np.testing.assert_allclose(scored.score, expected[:, 2], atol=1e-6)
    assert {scored.score.dtype, scored.map_score.dtype} == {np.dtype(np.float64)}


def test_rows_in_the_order_asked_for(toy, greys):
    rows = np.array([5, 0, 5, 3])
    every = score_rows(toy, greys)
    np.testing.assert_array_equal(score_rows(toy, greys, rows).score, every.score[rows])


def test_no_rows(toy, greys):
    assert score_rows(toy, greys, []).score.shape == (0,)


def test_textured_faces_are_resized_as_everywhere(toy, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4, 256, 256, 3), np.uint8)
    scored = score_rows(toy, write_store(tmp_path / "noise", images))
    one_by_one = [toy.run(resize_face(image, SIZE)[None]).score[0] for image in images]
    np.testing.assert_allclose(scored.score, one_by_one, atol=1e-6)


def test_a_transform_sees_the_whole_crop(toy, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4, 256, 256, 3), np.uint8)
    store = write_store(tmp_path / "noise", images)
    scored = score_rows(toy, store, transform=lambda image: reduce_detail(image, 16))
    reduced = np.stack([resize_face(reduce_detail(image, 16), SIZE) for image in images])
    np.testing.assert_allclose(scored.score, toy.run_scores(reduced).score, atol=1e-6)
    assert np.abs(scored.score - score_rows(toy, store).score).max() > 1e-4


def test_progress(toy, greys):
    seen = []
    score_rows(toy, greys, batch_size=4, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 11), (8, 11), (11, 11)]


def test_a_broken_row_is_an_error_and_leaves_no_thread(toy, greys, monkeypatch):
    def broken(index):
        raise StoreError(f"row {index}: broken")

    monkeypatch.setattr(greys, "image", broken)
    before = threading.active_count()
    with pytest.raises(StoreError, match="row 0: broken"):
        score_rows(toy, greys, batch_size=2)
    assert threading.active_count() == before
