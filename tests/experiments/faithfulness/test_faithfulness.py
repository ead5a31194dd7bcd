"""Whether the score stands and falls with the trace, on a detector that is so by construction."""

import json

import numpy as np
import pytest
import torch
from toy_faces import PROVENANCE, mean_vertices
from toy_judge import JUDGE, SIZE, blue, write_blue_store

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.errors import SplitError
from spooftrace.evaluation.estimates.estimate import Resampling
from spooftrace.evaluation.render.data import csv_table
from spooftrace.experiments.faithfulness.answers import (
    LIVE,
    PASTED,
    PASTED_SHUFFLED,
    REMOVED,
    REMOVED_SHUFFLED,
    SPOOF,
    Faces,
    ask,
)
from spooftrace.experiments.faithfulness.judge import Judge
from spooftrace.experiments.faithfulness.measures import measure
from spooftrace.experiments.faithfulness.probes import (
    FRACTIONS,
    ORDERS,
    exchange_curve,
    rankings,
    shuffled,
    without,
)
from spooftrace.experiments.faithfulness.study import clusters_of, draw, study_of
from spooftrace.experiments.results import write_results
from spooftrace.labels import Medium

MEAN_BLUE = 127.5 / 255
F = np.array(FRACTIONS)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return write_blue_store(tmp_path_factory.mktemp("blue") / "store")


@pytest.fixture(scope="module")
def answers(store):
    return ask(JUDGE, store, np.arange(len(store)))


@pytest.fixture(scope="module")
def values(store, answers):
    clusters = clusters_of(store, answers)
    return measure(answers, JUDGE.threshold, clusters, Resampling(rounds=300))


def area(curve):
    return float((np.diff(F) * (curve[1:] + curve[:-1]) / 2).sum())


def test_the_score_falls_to_live_without_the_trace(answers):
    spoof = np.isfinite(answers.scores[SPOOF])
    assert spoof.sum() == 12
    np.testing.assert_allclose(answers.scores[SPOOF][spoof], MEAN_BLUE, atol=1e-6)
    np.testing.assert_array_equal(answers.scores[REMOVED][spoof], 0)
    np.testing.assert_array_equal(answers.scores[LIVE][~spoof], 0)


def test_taking_the_shuffled_trace_leaves_some_of_it(answers):
    """max(x - y, 0) of two independent uniform x and y has the mean 1/6."""
    spoof = np.isfinite(answers.scores[SPOOF])
    np.testing.assert_allclose(answers.scores[REMOVED_SHUFFLED][spoof], 1 / 6, atol=0.02)


def test_the_score_rises_to_spoof_with_a_pasted_trace(answers):
    """All meshes are the same, so that the warp moves nothing; a mean is blind to shuffling."""
    live = np.isfinite(answers.scores[LIVE])
    np.testing.assert_allclose(answers.scores[PASTED][live], MEAN_BLUE, atol=1e-4)
    np.testing.assert_allclose(answers.scores[PASTED_SHUFFLED][live], MEAN_BLUE, atol=1e-4)


def test_curves_by_hand(answers):
    """Blue is uniform: its largest share f holds 1 - (1 - f)^2 of it; random order holds f."""
    spoof = np.isfinite(answers.scores[SPOOF])
    curve = answers.curves["deletion", "trace"][spoof] / MEAN_BLUE
    np.testing.assert_allclose(curve, np.tile((1 - F) ** 2, (12, 1)), atol=0.005)
    curve = answers.curves["insertion", "trace"][spoof] / MEAN_BLUE
    np.testing.assert_allclose(curve, np.tile(1 - (1 - F) ** 2, (12, 1)), atol=0.005)
    mean = answers.curves["deletion", "random"][spoof].mean(axis=0) / MEAN_BLUE
    np.testing.assert_allclose(mean, 1 - F, atol=0.02)


def test_figures_by_hand(values):
    assert values["gap", REMOVED].value == pytest.approx(1, abs=1e-6)
    assert values["gap", REMOVED_SHUFFLED].value == pytest.approx(2 / 3, abs=0.02)
    assert values["gap", PASTED].value == pytest.approx(1, abs=1e-3)
    assert [values["called", name].value for name in (LIVE, SPOOF, REMOVED)] == [0, 1, 0]
    assert values["area", "deletion", "trace"].value == pytest.approx(area((1 - F) ** 2), abs=0.005)
    assert values["area", "deletion", "random"].value == pytest.approx(0.5, abs=0.01)
    assert values["area", "insertion", "random"].value == pytest.approx(0.5, abs=0.01)
    # The gradient is the same everywhere, so that its order says nothing.
    assert values["area", "deletion", "gradient"].value == pytest.approx(0.5, abs=0.02)
    less = values["less", "deletion", "trace"]
    assert less.interval.high < -0.1
    assert less.value == pytest.approx(
        values["area", "deletion", "trace"].value - values["area", "deletion", "random"].value
    )


def test_a_detector_that_ignores_its_trace_is_found_out(store):
    """The score reads blue, and the trace that is shown is the red half of the picture's top."""

    def liar(pictures):
        shown = torch.zeros_like(pictures)
        shown[:, 0, : SIZE // 2] = pictures[:, 0, : SIZE // 2]
        return blue(pictures)[0], shown

    answers = ask(Judge("liar", SIZE, 0.25, liar), store, np.arange(len(store)))
    found = measure(answers, 0.25, clusters_of(store, answers), Resampling(rounds=100))
    assert found["gap", REMOVED].value == pytest.approx(0, abs=1e-6)
    assert found["called", REMOVED].value == 1
    assert found["gap", PASTED].value == pytest.approx(0, abs=1e-6)


def test_the_answers_do_not_depend_on_batches(store, answers, monkeypatch):
    monkeypatch.setattr("spooftrace.experiments.faithfulness.answers.BATCH", 5)
    again = ask(JUDGE, store, np.arange(len(store)))
    for name in (SPOOF, REMOVED, PASTED, LIVE):
        np.testing.assert_allclose(again.scores[name], answers.scores[name], atol=1e-6)


def test_ranks_and_gradients():
    rng = torch.Generator().manual_seed(0)
    pictures = torch.rand((2, 3, 8, 8), generator=rng)
    _, trace = JUDGE.look(pictures)
    np.testing.assert_allclose(JUDGE.gradient(pictures)[:, 2], 1 / 64, atol=1e-7)
    ranks = rankings(JUDGE, pictures, trace, rng)
    assert tuple(ranks) == ORDERS
    for each in ranks.values():
        np.testing.assert_array_equal(each.flatten(1).sort().values[0], np.arange(64))
    strongest = pictures[0, 2].flatten().argmax()
    assert ranks["trace"][0].flatten()[strongest] == 0


def test_a_curve_begins_and_ends_with_the_two_pictures():
    rng = torch.Generator().manual_seed(0)
    start, end = torch.rand((2, 1, 3, 8, 8), generator=rng)
    ranks = rankings(JUDGE, start, start, rng)["random"]
    curve = exchange_curve(JUDGE, start, end, ranks)
    torch.testing.assert_close(curve[:, 0], JUDGE.score(start))
    torch.testing.assert_close(curve[:, -1], JUDGE.score(end))


def test_shuffling_keeps_colours_together():
    rng = torch.Generator().manual_seed(0)
    trace = torch.rand((2, 3, 4, 4), generator=rng)
    moved = shuffled(trace, rng)
    before, after = (sorted(map(tuple, t[0].flatten(1).T.tolist())) for t in (trace, moved))
    assert before == after
    assert not torch.equal(trace, moved)


def test_a_picture_stays_a_picture_without_its_trace():
    picture = torch.full((1, 3, 2, 2), 0.5)
    np.testing.assert_array_equal(without(picture, torch.full_like(picture, 0.7)), 0)
    np.testing.assert_array_equal(without(picture, torch.full_like(picture, -0.7)), 1)


def test_a_class_must_not_be_missing(store):
    with pytest.raises(SplitError, match="got 12 live and 0 spoof"):
        ask(JUDGE, store, np.arange(0, len(store), 2))


def test_a_detector_that_cannot_tell_the_classes_apart_is_said_to(store):
    """The score is the same for all: red, of which both classes have as much."""

    def blind(pictures):
        return pictures[:, 0].mean(dim=(1, 2)), blue(pictures)[1]

    answers = ask(Judge("blind", SIZE, 0.25, blind), store, np.arange(len(store)))
    clusters = clusters_of(store, answers)
    found = measure(answers, 0.25, clusters, Resampling(rounds=100))
    study = study_of(found, answers, clusters, system="blind", threshold=0.25)
    assert any(
        "does not tell these live and spoof faces apart" in note for note in study.document.notes
    )


def test_a_detector_that_can_is_not(values, answers, store):
    clusters = clusters_of(store, answers)
    study = study_of(values, answers, clusters, system="toy", threshold=0.25)
    assert not any("apart" in note for note in study.document.notes)


def test_files(store, answers, values, tmp_path):
    clusters = clusters_of(store, answers)
    study = study_of(values, answers, clusters, system="toy", threshold=0.25)
    write_results(tmp_path, study, draw(values, 0.25))
    names = {path.name for path in tmp_path.iterdir()}
    stem = "faithfulness"
    assert names == {
        *(f"{stem}.{end}" for end in ("json", "md", "png", "svg")),
        "tables",
    }
    assert (tmp_path / "tables" / f"{stem}-curves.csv").exists()
    record = json.loads((tmp_path / "faithfulness.json").read_text())
    assert [table["key"] for table in record["tables"]] == [f"{stem}-scores", f"{stem}-curves"]
    first, *_ = csv_table(study.document.tables[0]).splitlines()[1:]
    assert first.startswith("live faces,12,0.0,")
    svg = (tmp_path / "faithfulness.svg").read_text()
    write_results(tmp_path, study, draw(values, 0.25))
    assert (tmp_path / "faithfulness.svg").read_text() == svg


def test_a_pasted_trace_follows_the_mesh(tmp_path):
    """At a vertex of the target stands what the trace has at that vertex of the source."""
    rng = np.random.default_rng(0)
    still = mean_vertices()
    meshes = [still, still * 0.9 + 18 + rng.normal(0, 1, still.shape).astype(np.float32)]
    with StoreWriter(tmp_path / "two", PROVENANCE) as writer:
        for number, medium in enumerate((Medium.REPLAY, Medium.LIVE)):
            writer.append(
                FaceSample(
                    id=str(number),
                    image=np.zeros((256, 256, 3), np.uint8),
                    vertices=meshes[number].astype(np.float32),
                    label=medium.label,
                    medium=medium,
                    database="made",
                )
            )
    faces = Faces(Store.open(tmp_path / "two"), 128, torch.device("cpu"))
    y, x = torch.meshgrid(torch.arange(128.0), torch.arange(128.0), indexing="ij")
    places = torch.stack([x, y, x + y])[None]  # a trace that says where it is from
    warped = faces.warped(places, np.array([0]), np.array([1]))[0]
    source, target = ((mesh + 0.5) / 2 - 0.5 for mesh in meshes)
    column, row = np.rint(target).astype(int).T
    found = warped[:2, row, column].numpy().T
    # Off by what rounding to a pixel of the target takes away, and no more.
    assert np.abs(found - source).max() < 1.0
    assert np.abs(target - source).max() > 4
