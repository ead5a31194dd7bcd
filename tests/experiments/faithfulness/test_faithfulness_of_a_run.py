"""The judge of a run folder, and the two commands on it."""

import json

import numpy as np
import pytest
import torch
from toy_faces import write_toy_store
from typer.testing import CliRunner

from spooftrace import runs
from spooftrace.cli.main import app
from spooftrace.config import load_config
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import CheckpointError
from spooftrace.experiments.faithfulness.judge import load_judge
from spooftrace.faces.crop import resize_face

CPU = torch.device("cpu")
SETS = [
    "generator.image_size=32",
    "generator.width=0.125",
    "discriminators.width=0.125",
    "batches.pairs=2",
    "training.precision='fp32'",
    "training.iterations=4",
    "training.log_every=2",
    "training.evaluate_every=4",
    "training.checkpoint_every=4",
    "training.images_every=100",
]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store and a run folder trained on it."""
    folder = tmp_path_factory.mktemp("faithful")
    write_toy_store(folder / "store", per_class=48)
    plan = runs.plan(load_config(sets=SETS), Store.open(folder / "store"), folder / "run")
    runs.execute(plan, device=CPU, workers=1, resume=False, watch=lambda step, values: None)
    return folder


def test_the_judge_answers_as_the_bundle(made):
    judge, bundle = load_judge(made / "run", CPU), Bundle.load(made / "run")
    store = Store.open(made / "store")
    faces = np.stack([resize_face(store.image(row), 32) for row in range(6)])
    score, trace = judge.look(torch.from_numpy(faces).permute(0, 3, 1, 2).float() / 255)
    outputs = bundle.run(faces)
    np.testing.assert_allclose(score, outputs.score, atol=1e-4)
    np.testing.assert_allclose(trace, outputs.trace, atol=1e-4)
    assert judge.threshold == bundle.info.threshold.value


def test_the_gradient_is_that_of_the_score(made):
    judge = load_judge(made / "run", CPU)
    rng = torch.Generator().manual_seed(0)
    picture, step = torch.rand((2, 1, 3, 32, 32), generator=rng)
    size = 1e-2
    rise = (judge.score(picture + size * step) - judge.score(picture - size * step)) / (2 * size)
    assert (judge.gradient(picture) * step).sum().item() == pytest.approx(
        rise.item(), rel=0.05, abs=1e-3
    )


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(CheckpointError, match="expected a checkpoint, found no such file"):
        load_judge(tmp_path, CPU)


def test_the_commands_judge_the_test_rows_alone(made, tmp_path):
    out = tmp_path / "out"
    for name in ("faithfulness", "robustness"):
        arguments = [name, str(made / "run"), "--store", str(made / "store"), "--out", str(out)]
        more = ["--rounds", "100", *(["--changes", "gamma"] if name == "robustness" else [])]
        done = CliRunner().invoke(app, ["experiment", *arguments, *more])
        assert done.exit_code == 0, done.output
        assert "written" in done.output
    scores = json.loads((out / "faithfulness.json").read_text())["tables"][0]["rows"]
    assert [row[1] for row in scores] == [12] * 6  # a quarter of 48 of each class
    assert len(json.loads((out / "robustness.json").read_text())["tables"][0]["rows"]) == 7


def test_unknown_changes_and_stores_learnt_from_are_refused(made, tmp_path):
    base = ["experiment", "robustness", str(made / "run"), "--store", str(made / "store")]
    base += ["--out", str(tmp_path)]
    unknown = CliRunner().invoke(app, [*base, "--changes", "snow"])
    assert "known are crop-scale, crop-shift, jpeg" in str(unknown.exception)
    every = CliRunner().invoke(app, [*base, "--all-rows"])
    assert "expected test rows that the detector never learnt from" in str(every.exception)
