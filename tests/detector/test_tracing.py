"""Traces of a store's rows against true ones."""

import numpy as np
import pytest
from toy_bundle import SIZE, toy_info, write_toy
from toy_faces import PROVENANCE, mean_vertices

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.tracing import measure_traces
from spooftrace.faces.crop import resize_face
from spooftrace.labels import Label, Medium
from spooftrace.metrics.trace_accuracy import MOST_PSNR_DB, energy, trace_accuracy

RED = np.array([0.25, 0.0, 0.0], np.float16)


def touched(trace):
    return np.abs(trace).sum(axis=-1) > 0


def truth():
    """Red on the left half of the face."""
    trace = np.zeros((256, 256, 3), np.float16)
    trace[:, :128] = RED
    return trace


@pytest.fixture
def toy(tmp_path):
    return Bundle.load(write_toy(tmp_path / "toy.onnx", toy_info()), threads=1)


@pytest.fixture
def store(tmp_path):
    """A live face, a spoof with its trace, a spoof without one, a spoof with its trace."""
    rng = np.random.default_rng(0)
    media = (Medium.LIVE, Medium.REPLAY, Medium.PRINT, Medium.PRINT)
    with StoreWriter(tmp_path / "store", PROVENANCE) as writer:
        for number, medium in enumerate(media):
            writer.append(
                FaceSample(
                    id=str(number),
                    image=rng.integers(0, 256, (256, 256, 3), np.uint8),
                    vertices=mean_vertices(),
                    label=medium.label,
                    medium=medium,
                    database="made",
                    trace=truth() if number in (1, 3) else None,
                )
            )
    return Store.open(tmp_path / "store")


def test_which_rows_have_a_true_trace(store):
    assert store.has_trace.tolist() == [False, True, False, True]


@pytest.mark.parametrize("batch_size", [1, 2, 16])
def test_rows_are_measured_at_the_models_size(toy, store, batch_size):
    measured = measure_traces(toy, store, range(4), touched, batch_size=batch_size)
    assert measured.rows.tolist() == [0, 1, 3]
    small = np.zeros((SIZE, SIZE, 3), np.float32)
    small[:, : SIZE // 2] = RED
    for at, row in ((1, 1), (2, 3)):
        image = resize_face(store.image(row), SIZE)
        estimate = np.moveaxis(toy.run(image[None]).trace[0], 0, -1)
        expected = trace_accuracy(image / np.float32(255), small, estimate, touched(small))
        for name, values in measured.estimate.items():
            assert values[at] == pytest.approx(getattr(expected, name), rel=1e-4), name


def test_a_zero_trace_does_nothing(toy, store):
    nothing = measure_traces(toy, store, [1], touched).nothing
    assert nothing["localisation"].tolist() == [0.5]
    assert nothing["energy"].tolist() == [0]
    assert np.isnan(nothing["correlation"]).all()
    assert 10 < nothing["psnr"][0] < MOST_PSNR_DB


def test_a_live_face_has_energy_alone(toy, store):
    measured = measure_traces(toy, store, [0], touched)
    trace = toy.run(resize_face(store.image(0), SIZE)[None]).trace[0]
    assert measured.estimate["energy"][0] == pytest.approx(energy(trace), rel=1e-6)
    assert all(np.isnan(v[0]) for k, v in measured.estimate.items() if k != "energy")


def test_no_rows_and_progress(toy, store):
    seen = []
    empty = measure_traces(toy, store, [2], touched, progress=lambda *at: seen.append(at))
    assert empty.rows.size == empty.estimate["psnr"].size == 0
    measure_traces(
        toy, store, range(4), touched, batch_size=2, progress=lambda *at: seen.append(at)
    )
    assert seen == [(2, 3), (3, 3)]


def test_labels_are_those_of_the_media(store):
    assert store.columns()["label"] == [Label.LIVE, Label.SPOOF, Label.SPOOF, Label.SPOOF]
