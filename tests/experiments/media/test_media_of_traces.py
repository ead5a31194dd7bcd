"""AlexNet is AlexNet, learns what can be learnt, and is judged on people it never saw."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_people import SETS, write_people

from spooftrace import runs
from spooftrace.config import load_config
from spooftrace.data.store.store import Store
from spooftrace.errors import CheckpointError, ConfigError, SplitError
from spooftrace.experiments.media.alexnet import AlexNet, initialise
from spooftrace.experiments.media.classes import class_names, class_of_rows
from spooftrace.experiments.media.classification import plan_media, run_media
from spooftrace.experiments.media.classifier import (
    ClassifierConfig,
    Examples,
    Scale,
    balanced_accuracy,
    train_classifier,
)
from spooftrace.experiments.media.tables import Judged, tabulate

CPU = torch.device("cpu")
QUICK = ClassifierConfig(size_px=67, width=0.125, epochs=6, batch=8, learning_rate=2e-3)


def silent(*_) -> None:
    pass


def test_alexnet_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        network = AlexNet(1000)
    assert sum(p.numel() for p in network.parameters()) == 60_965_224


def test_alexnet_has_the_published_shapes() -> None:
    with torch.device("meta"):
        network = AlexNet(3)
        picture = torch.empty(2, 3, 227, 227)
    shapes = []
    for layer in network.features:
        picture = layer(picture)
        if isinstance(layer, torch.nn.Conv2d | torch.nn.MaxPool2d):
            shapes.append(tuple(picture.shape[1:]))
    assert shapes == [
        (96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13),
        (384, 13, 13), (384, 13, 13), (256, 13, 13), (256, 6, 6),
    ]  # fmt: skip
    assert [layer.in_features for layer in network.hidden] == [9216, 4096]
    assert network(torch.empty(2, 3, 227, 227, device="meta")).shape == (2, 3)


def test_local_response_is_normalised_as_published() -> None:
    """b = a / (2 + 1e-4 * sum over 5 channels of a^2)^0.75, one value worked out by hand."""
    layer = AlexNet(2, size_px=67, width=0.125).features[2]
    a = torch.full((1, 12, 1, 1), 100.0)
    middle = layer(a)[0, 6, 0, 0].item()
    assert middle == pytest.approx(100 / (2 + 1e-4 * 5 * 100**2) ** 0.75, rel=1e-5)


def test_dropout_is_a_matter_of_its_generator() -> None:
    network = AlexNet(3, size_px=67, width=0.125)
    initialise(network, torch.Generator().manual_seed(0))
    picture = torch.randn(4, 3, 67, 67, generator=torch.Generator().manual_seed(1))
    once, again, other = (
        network(picture, torch.Generator().manual_seed(seed)) for seed in (5, 5, 6)
    )
    assert torch.equal(once, again)
    assert not torch.equal(once, other)
    assert torch.equal(network(picture), network(picture))


@pytest.mark.parametrize(
    ("arguments", "said"), [({"size_px": 66}, "67 or more"), ({"width": 0.0}, r"in \(0, 1\]")]
)
def test_an_impossible_network_is_refused(arguments, said) -> None:
    with pytest.raises(ConfigError, match=said):
        AlexNet(3, **arguments)


def separable(count: int, seed: int) -> Examples:
    """Three classes: stripes down, stripes across, none; under noise."""
    rng = np.random.default_rng(seed)
    classes = np.arange(count) % 3
    wave = np.sin(np.arange(32) * 0.9)
    patterns = np.stack([np.tile(wave, (32, 1)), np.tile(wave, (32, 1)).T, np.zeros((32, 32))])
    pictures = 0.02 * patterns[classes][:, None] + rng.normal(0, 0.004, (count, 3, 32, 32))
    return Examples(pictures=pictures.astype(np.float16), classes=classes.astype(np.int64))


@pytest.fixture(scope="module")
def schooled():
    return train_classifier(separable(48, 0), separable(12, 1), 3, QUICK, CPU, silent)


def test_separable_classes_are_learnt_perfectly(schooled) -> None:
    """Of amplitude 0.02, as traces are."""
    test = separable(30, 2)
    assert (schooled.predict(test.pictures) == test.classes).all()
    assert schooled.dev_accuracy == 1


def test_training_repeats_itself(schooled) -> None:
    again = train_classifier(separable(48, 0), separable(12, 1), 3, QUICK, CPU, silent)
    assert again.epoch == schooled.epoch
    ours, theirs = again.network.state_dict(), schooled.network.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_the_epoch_is_the_one_that_development_found_best() -> None:
    """Labels of development are shuffled; the weights kept are still those of its best epoch."""
    dev = separable(12, 1)
    odd = Examples(pictures=dev.pictures, classes=dev.classes[::-1].copy())
    kept = train_classifier(separable(48, 0), odd, 3, QUICK, CPU, silent)
    assert balanced_accuracy(kept.predict(odd.pictures), odd.classes) == kept.dev_accuracy


def test_channels_are_scaled_by_training_pictures() -> None:
    rng = np.random.default_rng(0)
    pictures = (rng.normal(0, 1, (20, 3, 67, 67)) * [[[[0.1]], [[2]], [[5]]]] + 3).astype("float16")
    scaled = Scale.of(pictures).apply(pictures, 67, CPU)
    torch.testing.assert_close(scaled.mean(dim=(0, 2, 3)), torch.zeros(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(scaled.std(dim=(0, 2, 3)), torch.ones(3), atol=1e-3, rtol=0)


def test_balanced_accuracy_counts_classes_alike() -> None:
    predicted, classes = np.array([0, 0, 0, 0, 1, 0]), np.array([0, 0, 0, 0, 1, 1])
    assert balanced_accuracy(predicted, classes) == (1 + 0.5) / 2


COLUMNS = {
    "medium": ["live", "print", "print", "paper_mask", "half_mask", "replay"],
    "device": [None, "a", "b", None, None, "tv"],
}


def test_classes_are_media_families_and_devices() -> None:
    assert class_names(COLUMNS, []) == ["live", "print", "replay", "mask"]
    assert class_of_rows(COLUMNS, ["live", "print", "replay", "mask"]).tolist() == [
        0, 1, 1, 3, 3, 2,
    ]  # fmt: skip
    five = ["live", "print/a", "print/b", "replay/tv", "half_mask"]
    assert class_names(COLUMNS, five) == five
    assert class_of_rows(COLUMNS, five).tolist() == [0, 1, 2, -1, 4, 3]
    assert class_of_rows(COLUMNS, ["mask", "half_mask"]).tolist() == [-1, -1, -1, 0, 1, -1]


def test_classes_that_are_not_there_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"--classes: .*got 'repaly'; did you mean 'replay'\?"):
        class_names(COLUMNS, ["live", "repaly"])
    with pytest.raises(ConfigError, match="two classes or more, got live"):
        class_names(COLUMNS, ["live"])


@pytest.fixture(scope="module")
def run(people, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "run"
    config = load_config(sets=[*SETS, "split.group=subject"])
    plan = runs.plan(config, people, folder)
    runs.execute(plan, device=CPU, workers=1, resume=False, watch=silent)
    return folder


def test_train_dev_and_test_show_different_people(run, people) -> None:
    plan = plan_media(run, people, ["live", "print"])
    subjects, media = people.columns()["subject"], people.columns()["medium"]
    parts = [{subjects[row] for row in plan.rows(part)} for part in ("train", "dev", "test")]
    assert not parts[0] & parts[1]
    assert not parts[2] & (parts[0] | parts[1])
    for part in ("train", "dev", "test"):
        assert {media[row] for row in plan.rows(part)} == {"live", "print"}
        assert set(plan.rows(part)) <= set(getattr(plan.splits, part))


def test_confusion_has_the_papers_form(run, people) -> None:
    """Two test people, four classes: the traces get one print wrong, the images one live."""
    plan = plan_media(run, people, [])
    classes = plan.classes[plan.rows("test")]
    judged = {}
    for source, wrong in (("traces", 1), ("images", 0)):
        predicted = classes.copy()
        predicted[np.flatnonzero(classes == wrong)[0]] = 2
        confusion = np.array(
            [[np.sum((classes == i) & (predicted == j)) for j in range(4)] for i in range(4)]
        )
        judged[source] = Judged(predicted=predicted, confusion=confusion, epoch=1, dev_accuracy=1.0)
    results = tabulate(plan, judged, QUICK)
    n = int(np.sum(classes == 0))
    traces = results.document.tables[0]
    assert traces.columns == ("label", "live", "print", "replay", "mask")
    assert traces.rows[0] == ("live", f"{n}(+1)", "0(0)", "0(-1)", "0(0)")
    assert traces.rows[1] == ("print", "0(0)", f"{n - 1}(-1)", "1(+1)", "0(0)")
    accuracy = results.data["accuracy"]
    assert accuracy["traces"]["value"] == pytest.approx(1 - 1 / (4 * n))
    assert accuracy["difference"]["value"] == pytest.approx(0)
    assert accuracy["largest"]["value"] == 0.25
    assert accuracy["traces"]["exact"]["low"] < accuracy["traces"]["value"]


def test_media_end_to_end(run, people) -> None:
    """Images of plain patterns are told apart; the answer repeats itself."""
    plan = plan_media(run, people, ["live", "print", "replay"])
    longer = replace(QUICK, epochs=20)
    results = run_media(plan, longer, CPU, silent)
    json.dumps(results.data, allow_nan=False)
    assert np.sum(results.data["confusion"]["images"]) == len(plan.rows("test"))
    assert results.data["accuracy"]["images"]["value"] >= 0.9
    assert run_media(plan, longer, CPU, silent).data == results.data


def test_another_store_is_refused(run, tmp_path) -> None:

    import toy_faces

    before = toy_faces.PROVENANCE
    toy_faces.PROVENANCE = replace(before, source_fingerprint="e" * 64)
    try:
        write_people(tmp_path / "other", people=6)
    finally:
        toy_faces.PROVENANCE = before
    with pytest.raises(CheckpointError, match="run's own store"):
        plan_media(run, Store.open(tmp_path / "other"), [])


def test_what_is_no_run_is_refused(people, tmp_path) -> None:
    with pytest.raises(CheckpointError, match="expected a run folder"):
        plan_media(tmp_path, people, [])


def test_a_class_missing_from_a_part_is_refused(people, tmp_path) -> None:
    """As it is for the attack that a fold of leave-one-out holds out."""
    config = load_config(sets=[*SETS, "split.group=subject", "split.unseen.medium=['print']"])
    plan = runs.plan(config, people, tmp_path / "run")
    runs.execute(plan, device=CPU, workers=1, resume=False, watch=silent)
    with pytest.raises(SplitError, match=r"every class in train, dev and test, got no print in"):
        plan_media(tmp_path / "run", people, ["live", "print"])
