import csv
import errno
import json
import os
from dataclasses import replace

import fsspec
import numpy as np
import pyarrow as pa
import pytest
from fake_landmarker import (
    FAR,
    KILLS,
    NO_FACE,
    TWO_FACES,
    FakeLandmarker,
    write_picture,
    write_source,
)
from toy_landmarker import OPEN_GATE

from spooftrace.building import build, parts
from spooftrace.building.engines import InProcess, on_this_machine
from spooftrace.building.preparation import prepare, prepare_one
from spooftrace.data import files
from spooftrace.data.folder import Folder
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.sources import pictures
from spooftrace.data.store.store import Store
from spooftrace.errors import StoreError
from spooftrace.faces.crop import from_crop
from spooftrace.faces.finder import find_face
from spooftrace.faces.landmarks68 import CORRESPONDING
from spooftrace.faces.quality import QualityGate
from spooftrace.labels import Label, Medium

cv2 = pytest.importorskip("cv2")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run(source, out, landmarker=FakeLandmarker(), workers=1, **options):  # noqa: B008
    engine = on_this_machine(workers)
    return prepare(read_source(source), out, landmarker=landmarker, engine=engine, **options)


def parts_in(out):
    return parts.finished(Folder(out / "parts"))


def rejected(out):
    with (out / "rejected.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def calls(log):
    return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_source(tmp_path_factory.mktemp("pictures") / "faces")


@pytest.fixture(scope="module")
def whole(source, tmp_path_factory):
    """The store that a run in one go gives."""
    out = tmp_path_factory.mktemp("whole")
    run(source, out)
    return out


def test_every_file_is_found_or_rejected_with_its_reason(tmp_path):
    root = tmp_path / "mine"
    for number, mark in enumerate([(0, 0, 0), NO_FACE, TWO_FACES, FAR]):
        write_picture(root / f"train/live/{number}.png", number, mark)
    write_picture(root / "test/spoof/replay/anna/12.png", 12)
    (root / "test/spoof/broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    (root / "test/spoof/empty.png").touch()
    (root / "notes.txt").touch()
    report = run(root, tmp_path / "out")
    assert (report.done, report.files, report.found) == (7, 7, 2)
    assert report.rejected == {
        "no_face": 1,
        "several_faces": 1,
        "too_small": 1,
        "unreadable": 2,
    }
    assert [(row["file"], row["frame"], row["reason"]) for row in rejected(tmp_path / "out")] == [
        ("train/live/1.png", "", "no_face"),
        ("train/live/2.png", "", "several_faces"),
        ("train/live/3.png", "", "too_small"),
        ("test/spoof/broken.jpg", "", "unreadable"),
        ("test/spoof/empty.png", "", "unreadable"),
    ]
    assert rejected(tmp_path / "out")[-1]["detail"] == "the file is empty"
    store = Store.open(tmp_path / "out")
    assert store.info.provenance.rejected == report.rejected
    columns = store.columns()
    assert columns["id"] == ["mine/train/live/0.png", "mine/test/spoof/replay/anna/12.png"]
    assert columns["clip"] == [None, "test/spoof/replay/anna"]
    assert columns["frame"] == [None, 12]
    assert columns["attributes"] == [{"split": "train"}, {"split": "test"}]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "rejected.csv",
        "shard-00000.parquet",
        "store.json",
    ]


def test_a_row_is_what_the_finder_finds(tmp_path):
    write_picture(tmp_path / "a/spoof/print/0.png", 0)
    run(tmp_path / "a", tmp_path / "out")
    sample = Store.open(tmp_path / "out").sample(0)
    picture = pictures.read_picture(tmp_path / "a/spoof/print/0.png")
    face = find_face(picture, FakeLandmarker(), QualityGate())
    np.testing.assert_array_equal(sample.image, face.image)
    np.testing.assert_array_equal(sample.vertices, face.vertices)
    assert (sample.label, sample.medium) == (Label.SPOOF, Medium.PRINT)
    assert (sample.box, sample.native_size) == (face.box, face.native_size)
    assert sample.quality.sharpness == pytest.approx(face.quality.sharpness)


def test_the_store_tells_how_it_was_made(source, whole):
    made = Store.open(whole).info.provenance
    assert (made.created_by, made.landmarker, made.landmarker_version) == ("prepare", "fake", "1")
    assert (made.crop_size, made.crop_enlarge) == (256, 1.2)
    assert made.source_fingerprint == read_source(source).fingerprint
    assert made.options["every"] == 1
    assert made.options["layout"] == "folder"
    assert made.options["gate"]["min_size_px"] == QualityGate().min_size_px


def write_video(path, count=12):
    rng = np.random.default_rng(0)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (160, 160))
    for _ in range(count):
        writer.write(rng.integers(0, 256, (160, 160, 3), dtype=np.uint8))
    writer.release()


def test_a_video_gives_every_nth_frame(tmp_path):
    (tmp_path / "a").mkdir()
    write_video(tmp_path / "a/door_print.avi")
    report = run(tmp_path / "a", tmp_path / "out", every=5)
    assert (report.found, report.files) == (3, 1)
    columns = Store.open(tmp_path / "out").columns()
    assert columns["id"] == [f"a/door_print.avi#{frame}" for frame in (0, 5, 10)]
    assert columns["clip"] == ["door_print.avi"] * 3
    assert columns["frame"] == [0, 5, 10]
    assert columns["medium"] == ["print"] * 3


def test_of_a_broken_video_the_good_frames_are_kept(tmp_path):
    (tmp_path / "a").mkdir()
    video = tmp_path / "a/a_live.avi"
    write_video(video, count=40)
    video.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    report = run(tmp_path / "a", tmp_path / "out", max_failures=1)
    assert 10 < report.found < 30
    assert report.rejected == {"unreadable": 1}
    assert f"breaks off; {report.found}" in rejected(tmp_path / "out")[0]["detail"]


def test_stated_landmarks_help_where_the_landmarker_does_not(tmp_path):
    for number, mark in enumerate([NO_FACE, TWO_FACES, FAR]):
        write_picture(tmp_path / f"a/live/{number}.png", number, mark)
        points = FakeLandmarker().find(np.zeros((100, 100, 3), np.uint8))[0].points
        np.save(tmp_path / f"a/live/{number}.npy", points[CORRESPONDING])
    source = read_source(tmp_path / "a")
    results = [
        result
        for job in source.jobs
        for result in prepare_one(job, FakeLandmarker(), QualityGate())
    ]
    assert [getattr(result, "reason", "found") for result in results] == [
        "found",
        "found",
        "too_small",
    ]
    expected = find_face(np.full((100, 100, 3), 9, np.uint8), FakeLandmarker(), _open_gate())
    np.testing.assert_allclose(
        from_crop(results[0].vertices, results[0].box),
        from_crop(expected.vertices, expected.box),
        atol=0.1,
    )


def _open_gate():
    return replace(OPEN_GATE, min_size_px=1, min_inside=0)


def test_bad_landmarks_are_a_reason(tmp_path):
    write_picture(tmp_path / "a/live/1.png", 1, NO_FACE)
    write_picture(tmp_path / "a/live/2.png", 2, NO_FACE)
    write_picture(tmp_path / "a/live/3.png", 3)
    np.save(tmp_path / "a/live/1.npy", np.zeros((5, 2)))
    np.save(tmp_path / "a/live/2.npy", np.outer(np.arange(68), [3, 1]))
    run(tmp_path / "a", tmp_path / "out", max_failures=1)
    rows = rejected(tmp_path / "out")
    assert [row["reason"] for row in rows] == ["unreadable", "unreadable"]
    assert "expected 68 landmarks" in rows[0]["detail"]
    assert "expected a face, got points that are not finite or lie on one line" in rows[1]["detail"]


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_nothing(source, whole, tmp_path, workers):
    run(source, tmp_path, workers=workers)
    assert contents(tmp_path) == contents(whole)


def test_progress_goes_from_nothing_to_everything(source, tmp_path):
    states = []
    report = run(source, tmp_path, progress=states.append)
    assert [state.done for state in states] == [0, 16, 32, 48, 60]
    assert states[-1] == report
    assert report.found + report.rejected["no_face"] == 60
    assert all(sum(s.rejected.values()) + s.found == s.done for s in states)


def test_a_finished_store_is_not_made_twice(source, whole, tmp_path):
    log = tmp_path / "log"
    before = contents(whole)
    report = run(source, whole, FakeLandmarker(log=log))
    assert calls(log) == 0
    assert contents(whole) == before
    assert report.found == len(Store.open(whole))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"every": 2}, r"options\.every was 1, is 2"),
        ({"landmarker": FakeLandmarker(version="2")}, "landmarker_version was 1, is 2"),
        ({"gate": QualityGate(min_size_px=70)}, r"gate\.min_size_px was 64, is 70"),
    ],
)
def test_another_store_is_not_overwritten(source, whole, options, said):
    with pytest.raises(StoreError, match=rf"another store is there \(.*{said}.*\); choose another"):
        run(source, whole, **options)


def fail_after(monkeypatch, count, error):
    """Let the `count` first parts and files be written and none after them."""
    write, written = files.new_path, []

    def new_path(path):
        written.append(path)
        if len(written) > count:
            raise error
        return write(path)

    monkeypatch.setattr(files, "new_path", new_path)


# A run of 60 pictures writes the plan, 4 parts, rejected.csv, a shard and store.json.
@pytest.mark.parametrize("count", range(8))
def test_a_full_disk_loses_nothing(source, whole, tmp_path, monkeypatch, count):
    log = tmp_path / "log"
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        fail_after(patch, count, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(StoreError, match=r"No space left on device.*run the same command") as e:
            run(source, out, FakeLandmarker(log=log))
    assert "\n" not in str(e.value)
    kept = parts_in(out)
    assert len(kept) == min(max(count - 1, 0), 4)
    before = calls(log)
    run(source, out, FakeLandmarker(log=log))
    assert contents(out) == contents(whole)
    # The pictures of the part that could not be written are done again, and no other.
    assert calls(log) - before == 60 - min(16 * len(kept), 60)


@pytest.mark.parametrize("inner", ["", "/deeper"])
def test_out_is_a_file(source, tmp_path, inner):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StoreError, match=r"expected a folder.*found a file; choose another"):
        run(source, f"{tmp_path}/file{inner}")
    with pytest.raises(StoreError, match=r"expected a folder.*found a file; choose another"):
        run(source, f"{tmp_path}/file{inner}", work=tmp_path / "parts")
    with pytest.raises(StoreError, match=r"file: expected a folder.*found a file; choose another"):
        run(source, tmp_path / "out", work=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_what_stops_a_run_is_said_as_it_is(source, tmp_path, monkeypatch):
    fail_after(monkeypatch, 2, PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(
        StoreError, match=r"stopped \(.*Permission denied\).* mend that and run the same command"
    ):
        run(source, tmp_path / "out")


def test_a_full_disk_in_a_worker(source, whole, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(build, "PICTURES_PER_CHUNK", 16)
        patch.setattr(build.parts, "write_part", full)
        with pytest.raises(StoreError, match="make room and run the same command again"):
            run(source, tmp_path)
    run(source, tmp_path)
    assert contents(tmp_path) == contents(whole)


def test_a_run_stopped_while_it_cleaned_up(source, whole, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            Folder, "remove_unfinished", lambda _: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            run(source, tmp_path)
    assert (tmp_path / "store.json").exists()
    assert (tmp_path / "parts").exists()
    run(source, tmp_path)
    assert contents(tmp_path) == contents(whole)


def test_parts_of_another_run_are_not_mixed_in(source, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        fail_after(patch, 2, OSError(errno.ENOSPC, "full"))
        with pytest.raises(StoreError):
            run(source, tmp_path / "out")
    with pytest.raises(
        StoreError, match=r"beginning of another run \(options\.every was 1, is 3\)"
    ):
        run(source, tmp_path / "out", every=3)
    other = write_source(tmp_path / "faces", count=4)
    with pytest.raises(StoreError, match=r"another run \(source_fingerprint was"):
        run(other, tmp_path / "out")
    monkeypatch.setattr(build, "__version__", "99")
    with pytest.raises(StoreError, match=r"package_version was .*, is 99"):
        run(source, tmp_path / "out")


def test_a_damaged_part_is_named(source, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        fail_after(patch, 2, OSError(errno.ENOSPC, "full"))
        with pytest.raises(StoreError):
            run(source, tmp_path)
    (tmp_path / "parts/part-00000000.arrow").write_bytes(b"ARROW1")
    with pytest.raises(StoreError, match=r"part-00000000\.arrow: the part is damaged .* delete it"):
        run(source, tmp_path)


@pytest.mark.parametrize("text", ["3", "[1]", "nonsense", ""])
def test_a_damaged_plan_is_named(source, tmp_path, text):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/plan.json").write_text(text)
    with pytest.raises(StoreError, match=r"plan\.json: cannot be read .* remove"):
        run(source, tmp_path)


def test_a_part_that_is_none(source, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        fail_after(patch, 2, OSError(errno.ENOSPC, "full"))
        with pytest.raises(StoreError):
            run(source, tmp_path)
    with pa.ipc.new_file(tmp_path / "parts/part-00000000.arrow", pa.schema([("a", pa.int8())])):
        pass
    with pytest.raises(StoreError, match=r"part-00000000\.arrow: the part is damaged .* delete it"):
        run(source, tmp_path)


def test_broken_links_are_rejected_and_not_lost(tmp_path):
    write_picture(tmp_path / "a/live/1.png", 1)
    (tmp_path / "a/live/2.png").symlink_to("nowhere.png")
    (tmp_path / "a/live/3.mp4").symlink_to("nowhere.mp4")
    os.mkfifo(tmp_path / "a/live/4.png")
    report = run(tmp_path / "a", tmp_path / "out", max_failures=1)
    assert (report.files, report.found, report.rejected) == (4, 1, {"unreadable": 3})
    assert [row["detail"] for row in rejected(tmp_path / "out")] == [
        "cannot be read (No such file or directory)",
        "no such file",
        "cannot be read (not a regular file)",
    ]


def test_no_face_at_all(tmp_path):
    for number in range(3):
        write_picture(tmp_path / f"a/live/{number}.png", number, NO_FACE)
    with pytest.raises(
        StoreError, match=r"a: none of 3 files gave a face; .*rejected\.csv says why"
    ):
        run(tmp_path / "a", tmp_path / "out")
    assert len(rejected(tmp_path / "out")) == 3
    assert not (tmp_path / "out/parts").exists()


def test_a_worker_that_is_killed(tmp_path):
    root, out = tmp_path / "a", tmp_path / "out"
    for number in range(40):
        write_picture(root / f"live/{number}.png", number, KILLS if number == 20 else (0, 0, 0))
    landmarker = FakeLandmarker(antidote=tmp_path / "antidote")
    with pytest.raises(
        StoreError, match=r"a worker process died near live/\d+\.png.*fewer workers"
    ):
        run(root, out, landmarker, workers=2)
    assert 1 not in parts_in(out)
    (tmp_path / "antidote").touch()
    report = run(root, out, landmarker, workers=2)
    assert report.found == 40
    run(root, tmp_path / "other", landmarker)
    assert contents(out) == contents(tmp_path / "other")


@pytest.fixture
def memory():
    filesystem = fsspec.filesystem("memory")
    yield filesystem
    filesystem.rm("/made", recursive=True)


def contents_at(memory, place):
    paths = memory.ls(place, detail=False)
    return {path.rpartition("/")[2]: memory.cat_file(path) for path in paths}


def test_a_store_at_a_url(source, whole, memory):
    run(source, "memory://made/store")
    assert contents_at(memory, "/made/store") == contents(whole)


def test_parts_may_lie_elsewhere_than_the_store(source, whole, memory, tmp_path):
    (tmp_path / "mine").touch()
    run(source, "memory://made/store", work=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    run(source, tmp_path / "store", work="memory://made/work")
    assert contents(tmp_path / "store") == contents(whole)
    assert not memory.exists("/made/work")


class StoppedAfterTwo(InProcess):
    """Ctrl-C after two chunks."""

    def run(self, make, tasks):
        yield from super().run(make, tasks[:2])
        raise KeyboardInterrupt


def test_a_run_at_a_url_goes_on_where_it_was_stopped(source, whole, memory, tmp_path):
    """The parts that were finished lie at the URL, and are not done again."""
    log, at = tmp_path / "log", "memory://made/store"
    listed, landmarker = read_source(source), FakeLandmarker(log=log)
    with pytest.raises(KeyboardInterrupt):
        prepare(listed, at, landmarker=landmarker, engine=StoppedAfterTwo())
    assert calls(log) == 32
    assert parts.finished(Folder(at).within("parts")) == {0, 1}
    assert not memory.exists("/made/store/store.json")
    prepare(listed, at, landmarker=landmarker)
    assert calls(log) == 60
    assert contents_at(memory, "/made/store") == contents(whole)


def test_a_file_in_the_way_at_a_url(source, memory):
    memory.pipe_file("/made/file", b"mine")
    with pytest.raises(StoreError, match=r"expected a folder, at .*made/file found a file"):
        run(source, "memory://made/file/store")


def test_a_long_list_is_cut_into_chunks(tmp_path):
    (tmp_path / "a/live").mkdir(parents=True)
    for number in range(20):
        (tmp_path / f"a/live/{number:02d}.png").touch()
    (tmp_path / "a/live/05b.mp4").touch()
    chunks = list(build.chunked(read_source(tmp_path / "a").jobs))
    assert [len(chunk) for chunk in chunks] == [6, 1, 14]
    assert json.dumps([job.stated() for chunk in chunks for job in chunk])


def write_broken(root, good, broken):
    for number in range(good):
        write_picture(root / f"live/{number}.png", number)
    for number in range(broken):
        (root / f"live/broken{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")


def test_more_unreadable_files_than_may_be_stop_the_run(tmp_path):
    """Half of four may be unreadable; of what is finished nothing is lost."""
    write_broken(tmp_path / "a", good=2, broken=2)
    assert run(tmp_path / "a", tmp_path / "half").rejected == {"unreadable": 2}
    with pytest.raises(
        StoreError,
        match=r"a: 2 of 4 files cannot be read, more than a share of 0\.25; the first is "
        r"live/broken0\.jpg .*rejected\.csv.*--max-failures",
    ):
        run(tmp_path / "a", tmp_path / "out", max_failures=0.25)
    assert [row["file"] for row in rejected(tmp_path / "out")] == [
        "live/broken0.jpg",
        "live/broken1.jpg",
    ]
    assert not (tmp_path / "out/store.json").exists()
    # Another run may allow more, and goes on with what is there.
    log = tmp_path / "log"
    run(tmp_path / "a", tmp_path / "out", FakeLandmarker(log=log))
    assert calls(log) == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "half")


def test_the_run_stops_as_soon_as_the_share_is_sure_to_be_exceeded(tmp_path):
    """Of 48 files 12 may be unreadable: the first chunk of 16 holds 16, and no other is done."""
    for number in range(16):
        (tmp_path / f"a/live/{number:02d}.png").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"a/live/{number:02d}.png").touch()
    for number in range(16, 48):
        write_picture(tmp_path / f"a/live/{number}.png", number)
    log = tmp_path / "log"
    with pytest.raises(StoreError, match="16 of 48 files cannot be read"):
        run(tmp_path / "a", tmp_path / "out", FakeLandmarker(log=log), max_failures=0.25)
    assert calls(log) == 0


def test_pictures_without_a_face_are_no_failures(tmp_path):
    for number in range(4):
        write_picture(tmp_path / f"a/live/{number}.png", number, NO_FACE if number else (0, 0, 0))
    assert run(tmp_path / "a", tmp_path / "out", max_failures=0.0).found == 1
