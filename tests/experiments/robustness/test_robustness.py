"""Errors against strength, on a detector whose every score is known."""

import json

import numpy as np
import pytest
from toy_bundle import toy_info, write_toy
from toy_faces import PROVENANCE, mean_vertices

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import SplitError
from spooftrace.evaluation.estimates.estimate import Resampling
from spooftrace.evaluation.estimates.rate import ACER, AUC, BPCER, EER, POOLED_APCER
from spooftrace.evaluation.render.data import csv_table
from spooftrace.evaluation.tables.table import shown
from spooftrace.experiments.results import write_results
from spooftrace.experiments.robustness.changes import CHANGES
from spooftrace.experiments.robustness.curves import Conditions, measure_curves, study_of
from spooftrace.experiments.robustness.figure import draw
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import fixed_threshold

BY_KEY = {change.key: change for change in CHANGES}
LIVE_GREYS, SPOOF_GREYS = (20, 40, 60, 80, 100, 120), (130, 150, 170, 190, 210, 230)


def write_greys(path):
    """Live faces are dark, spoof faces bright; each of one grey."""
    with StoreWriter(path, PROVENANCE) as writer:
        for medium, greys in ((Medium.LIVE, LIVE_GREYS), (Medium.PRINT, SPOOF_GREYS)):
            for grey in greys:
                writer.append(
                    FaceSample(
                        id=f"{medium.value}{grey}",
                        image=np.full((256, 256, 3), grey, np.uint8),
                        vertices=mean_vertices(),
                        label=medium.label,
                        medium=medium,
                        database="made",
                        subject=f"{medium.value}{grey}",
                    )
                )
    return Store.open(path)


def score(grey):
    """The toy's score of a grey face, from its definition."""
    v = grey / 255
    trace = [abs((s + 0.25) * v + b) for s, b in ((0.1, 0.05), (0.2, 0.0), (0.3, -0.05))]
    return v / 2 + 2.0 * sum(trace) / 6


def conditions(*, has_threshold=True):
    stated = fixed_threshold(score(125), "test") if has_threshold else None
    return Conditions(threshold=stated, resampling=Resampling(rounds=100))


@pytest.fixture
def toy(tmp_path):
    return Bundle.load(write_toy(tmp_path / "toy.onnx", toy_info()), threads=1)


@pytest.fixture
def greys(tmp_path):
    return write_greys(tmp_path / "greys")


def test_errors_under_gamma_by_hand(toy, greys):
    change = BY_KEY["gamma"]
    (curve,), _ = measure_curves(toy, greys, np.arange(12), conditions(), changes=[change])
    for point in curve.points:
        seen = [
            [round(255 * (g / 255) ** point.strength) for g in gs]
            for gs in (LIVE_GREYS, SPOOF_GREYS)
        ]
        live, spoof = (np.array([score(g) for g in gs]) for gs in seen)
        assert point.estimates[BPCER].value == np.mean(live >= score(125)), point.strength
        assert point.estimates[POOLED_APCER].value == np.mean(spoof < score(125)), point.strength
        assert point.estimates[AUC].value == 1
    assert curve.points[0].estimates[BPCER].value == 0.5
    assert curve.points[-1].estimates[POOLED_APCER].value == 0.5


def test_what_a_flat_face_cannot_show_changes_nothing(toy, greys):
    changes = [BY_KEY[key] for key in ("crop-scale", "crop-shift", "blur", "resolution")]
    curves, _ = measure_curves(toy, greys, np.arange(12), conditions(), changes=changes)
    for curve in curves:
        assert {point.estimates[ACER].value for point in curve.points} == {0.0}


def test_faces_as_stored_are_scored_once(toy, greys):
    seen = []
    changes = [BY_KEY["blur"], BY_KEY["gamma"]]
    measure_curves(
        toy,
        greys,
        np.arange(12),
        conditions(),
        changes=changes,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (12, 12)  # 1 + 5 + 6
    assert [done for done, _ in seen] == list(range(1, 13))


def test_without_a_threshold_there_are_ranking_figures_alone(toy, greys):
    (curve,), clusters = measure_curves(
        toy, greys, np.arange(12), conditions(has_threshold=False), changes=[BY_KEY["gamma"]]
    )
    assert set(curve.points[0].estimates) == {EER, AUC}
    study = study_of([curve], clusters, conditions(has_threshold=False), "toy")
    assert any("no threshold" in note for note in study.document.notes)


def test_a_class_must_not_be_missing(toy, greys):
    with pytest.raises(SplitError, match="got 6 live and 0 spoof"):
        measure_curves(toy, greys, np.arange(6), conditions())


def test_files(toy, greys, tmp_path):
    curves, clusters = measure_curves(
        toy, greys, np.arange(12), conditions(), changes=[BY_KEY["gamma"], BY_KEY["jpeg"]]
    )
    study = study_of(curves, clusters, conditions(), "toy", ["said before"])
    write_results(tmp_path / "out", study, draw(curves))
    (table,) = study.document.tables
    header, first, *_ = csv_table(table).splitlines()
    assert header.split(",")[:5] == ["change", "strength", "BPCER", "BPCER low", "BPCER high"]
    assert first.split(",")[:3] == [
        "gamma",
        "0.5",
        repr(curves[0].points[0].estimates[BPCER].value),
    ]
    record = json.loads((tmp_path / "out" / "robustness.json").read_text())
    assert len(record["tables"][0]["rows"]) == 7 + 7
    assert "said before" in (tmp_path / "out" / "robustness.md").read_text()
    assert shown(table.rows[3][1]) == "1 (stored)"
    assert shown(table.rows[7][1]) == "stored"
    assert (tmp_path / "out" / "robustness.png").read_bytes()[:4] == b"\x89PNG"
