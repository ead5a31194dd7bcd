"""From portraits to a store with known traces: whatever the workers, whatever stops it."""

import csv
import json

import cv2
import numpy as np
import pytest
from toy_scene import toy_portrait

from spooftrace.building import attacking
from spooftrace.building.attacking import Programme, simulate
from spooftrace.building.engines import on_this_machine
from spooftrace.building.portraits import Modelled, Pictured, living, people_of_model
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.sources.source import Job
from spooftrace.data.store.store import Store
from spooftrace.errors import SourceError, StoreError
from spooftrace.faces.finder import Rejection, RejectReason
from spooftrace.labels import Label, Medium
from spooftrace.simulation.attacks import ATTACKS


class ToyPortraits:
    """The toy face for everybody; nobody in a file whose name says so."""

    name, version = "toy", "1"

    def portrait(self, job: Job, view: int):
        if "empty" in job.file:
            return Rejection(RejectReason.NO_FACE, "nobody there")
        return toy_portrait()


SMALL = Programme(attacks=(Medium.PRINT, Medium.COSMETIC), live_per_face=2, seed=3)


@pytest.fixture
def portraits(tmp_path):
    """A folder of three portraits and one without a face."""
    folder = tmp_path / "portraits"
    folder.mkdir()
    for name in ("anna", "bert", "empty", "cleo"):
        cv2.imwrite(str(folder / f"{name}.png"), np.full((8, 8, 3), 128, np.uint8))
    return living(read_source(folder, medium=Medium.LIVE))


def contents(store):
    return [(store.columns()["id"][k], store.image(k).tobytes()) for k in range(len(store))]


def test_rows_hold_the_truth_and_what_protocols_need(portraits, tmp_path):
    done = simulate(portraits, tmp_path / "store", SMALL, portraits=ToyPortraits)
    assert (done.found, done.rejected) == (12, {"no_face": 1})
    store = Store.open(tmp_path / "store")
    columns = store.columns()
    assert columns["medium"][:4] == ["live", "live", "print", "cosmetic"]
    assert sorted(set(columns["subject"])) == ["anna.png", "bert.png", "cleo.png"]
    assert set(columns["device"]) <= {"phone", "laptop", "webcam"}
    for row in range(len(store)):
        sample = store.sample(row)
        assert sample.attributes["simulated"] == "yes"
        assert (sample.trace is None) == (sample.label is Label.LIVE)
        if sample.trace is not None:
            assert np.abs(sample.image.astype(int) - sample.live_twin).max() > 3
    lines = (tmp_path / "store" / "rejected.csv").read_text().splitlines()
    rejected = list(csv.DictReader(lines))
    assert [(row["file"], row["reason"]) for row in rejected] == [("empty.png", "no_face")]


def test_make_up_changes_the_face_and_leaves_the_room(portraits, tmp_path):
    simulate(portraits, tmp_path / "store", SMALL, portraits=ToyPortraits)
    store = Store.open(tmp_path / "store")
    row = store.columns()["medium"].index("cosmetic")
    trace = store.trace(row)
    assert trace is not None
    # The sides may be mirrored cheeks, the upper end is none. Video compression predicts from
    # neighbours and repeated JPEG spreads: a pixel far off may change by a few levels.
    outside, inside = (np.abs(part.astype(float)) for part in (trace[:6], trace[100:200, 60:200]))
    assert outside.mean() < 1 / 255
    assert inside.mean() > 4 * outside.mean()


@pytest.mark.slow
def test_the_store_does_not_depend_on_the_number_of_workers(portraits, tmp_path):
    for workers in (1, 2):
        simulate(
            portraits,
            tmp_path / str(workers),
            SMALL,
            portraits=ToyPortraits,
            engine=on_this_machine(workers),
        )
    first, second = (Store.open(tmp_path / name) for name in "12")
    assert contents(first) == contents(second)


def test_a_presentation_does_not_depend_on_what_else_is_made(portraits, tmp_path):
    simulate(portraits, tmp_path / "a", SMALL, portraits=ToyPortraits)
    alone = Programme(attacks=(Medium.COSMETIC,), live_per_face=1, seed=3)
    simulate(portraits, tmp_path / "b", alone, portraits=ToyPortraits)
    whole = dict(contents(Store.open(tmp_path / "a")))
    part = dict(contents(Store.open(tmp_path / "b")))
    assert part.items() <= whole.items()
    other = Programme(attacks=(Medium.COSMETIC,), live_per_face=1, seed=4)
    simulate(portraits, tmp_path / "c", other, portraits=ToyPortraits)
    assert not dict(contents(Store.open(tmp_path / "c"))).items() & whole.items()


def test_a_stopped_run_goes_on_and_ends_as_if_never_stopped(portraits, tmp_path, monkeypatch):
    simulate(portraits, tmp_path / "whole", SMALL, portraits=ToyPortraits)
    real, calls = attacking.attack_one, []

    def failing(job, portraits, programme):
        calls.append(job.file)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        yield from real(job, portraits, programme)

    monkeypatch.setattr(attacking, "attack_one", failing)
    with pytest.raises(StoreError, match="make room and run the same command again"):
        simulate(portraits, tmp_path / "stopped", SMALL, portraits=ToyPortraits)
    before = len(calls)
    simulate(portraits, tmp_path / "stopped", SMALL, portraits=ToyPortraits)
    assert len(calls) - before == 2  # the first two portraits were kept
    assert contents(Store.open(tmp_path / "whole")) == contents(Store.open(tmp_path / "stopped"))
    assert (tmp_path / "whole/store.json").read_bytes() == (
        tmp_path / "stopped/store.json"
    ).read_bytes()


def test_another_programme_does_not_go_on_with_the_store_of_this_one(portraits, tmp_path):
    simulate(portraits, tmp_path / "store", SMALL, portraits=ToyPortraits)
    other = Programme(attacks=(Medium.PRINT,), live_per_face=2, seed=3)
    with pytest.raises(StoreError, match=r"another store is there .*attacks"):
        simulate(portraits, tmp_path / "store", other, portraits=ToyPortraits)


def test_only_pictures_of_the_living_are_attacked(tmp_path):
    for folder in ("live", "spoof/print"):
        (tmp_path / folder).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / folder / "a.png"), np.zeros((4, 4, 3), np.uint8))
    source = living(read_source(tmp_path))
    assert [job.file for job in source.jobs] == ["live/a.png"]
    assert source.ignored == {"spoofs": 1}
    (tmp_path / "live/a.png").unlink()
    with pytest.raises(SourceError, match="portraits"):
        living(read_source(tmp_path, medium=Medium.PRINT))


def test_people_of_the_model_are_split_by_person():
    jobs = people_of_model(10, seed=2).jobs
    assert [job.attributes["split"] for job in jobs[:5]] == [
        "train", "train", "train", "dev", "test",
    ]  # fmt: skip
    assert len({job.subject for job in jobs}) == 10
    assert json.dumps(jobs[0].stated())


@pytest.mark.slow
def test_a_person_keeps_the_face_and_changes_the_look():
    jobs = people_of_model(2, seed=0).jobs
    model = Modelled()
    first, again, other = (model.portrait(jobs[0], view) for view in (0, 0, 1))
    np.testing.assert_array_equal(first.light, again.light)
    assert np.abs(first.mesh - other.mesh).max() > 3
    np.testing.assert_array_equal(Modelled().portrait(jobs[0], 1).light, other.light)


def test_pictures_that_cannot_be_used_say_why(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((300, 300, 3), 128, np.uint8))

    class Nobody:
        name, version = "nobody", "1"

        def find(self, image):
            return []

    opened = Pictured(Nobody())
    jobs = living(read_source(tmp_path, medium=Medium.LIVE)).jobs
    reasons = [opened.portrait(job, 0).reason for job in jobs]
    assert reasons == [RejectReason.UNREADABLE, RejectReason.NO_FACE]


def test_every_medium_of_siw_m_and_siw_mv2_is_simulated():
    wanted = set(Medium) - {Medium.LIVE, Medium.UNKNOWN}
    assert set(ATTACKS) == wanted


@pytest.mark.parametrize("medium", list(ATTACKS), ids=lambda medium: medium.value)
def test_every_attack_is_seen_by_the_camera_and_repeats_by_seed(medium):
    from spooftrace.simulation.attacks import present
    from spooftrace.simulation.seeds import seed_of

    shown = present(toy_portrait(), medium, seed_of("one", medium.value))
    again = present(toy_portrait(), medium, seed_of("one", medium.value))
    np.testing.assert_array_equal(shown.picture, again.picture)
    assert shown.picture.shape == (256, 256, 3)
    assert shown.picture.dtype == np.uint8
    changed = np.abs(shown.picture.astype(int) - shown.live).max(axis=2) > 2
    assert changed.mean() > 0.002
    # The living face behind is drawn as a living face is: the medium has its own generator.
    living_again = present(toy_portrait(), Medium.LIVE, seed_of("one", medium.value))
    np.testing.assert_array_equal(shown.live, living_again.picture)


def test_a_programme_counts_its_presentations():
    programme = Programme(attacks=(Medium.PRINT, Medium.REPLAY), per_face=3, live_per_face=2)
    listed = list(programme.presentations())
    assert len(listed) == 8
    assert listed[:2] == [(Medium.LIVE, 0), (Medium.LIVE, 1)]
