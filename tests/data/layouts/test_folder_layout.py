import os
import pickle

import pytest

from spooftrace.data.layouts import folder
from spooftrace.data.layouts.chooser import read_source
from spooftrace.errors import SourceError
from spooftrace.labels import Label, Medium


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x" * 7)
    return root


def listed(root, **options):
    return {job.file: job for job in folder.read(root, **options).jobs}


def test_labels_media_clips_and_frames(tmp_path):
    root = touch(
        tmp_path / "mine",
        "live/a.png",
        "live/anna/frame_0007.jpg",
        "live/b.mp4",
        "spoof/c.png",
        "spoof/print/d.png",
        "spoof/Half-Mask/bert/1/12.webp",
        "spoof/bert/3.png",
        "spoof/replay/e.mov",
    )
    jobs = listed(root)
    assert {file: (job.medium, job.clip, job.frame) for file, job in jobs.items()} == {
        "live/a.png": (Medium.LIVE, None, None),
        "live/anna/frame_0007.jpg": (Medium.LIVE, "live/anna", 7),
        "live/b.mp4": (Medium.LIVE, "live/b.mp4", None),
        "spoof/c.png": (Medium.UNKNOWN, None, None),
        "spoof/print/d.png": (Medium.PRINT, None, None),
        "spoof/Half-Mask/bert/1/12.webp": (Medium.HALF_MASK, "spoof/Half-Mask/bert/1", 12),
        "spoof/bert/3.png": (Medium.UNKNOWN, "spoof/bert", 3),
        "spoof/replay/e.mov": (Medium.REPLAY, "spoof/replay/e.mov", None),
    }
    assert {job.database for job in jobs.values()} == {"mine"}
    assert [file for file, job in jobs.items() if job.video] == ["live/b.mp4", "spoof/replay/e.mov"]
    assert jobs["live/a.png"].label is Label.LIVE
    assert jobs["live/a.png"].size == 7
    assert jobs["live/a.png"].id(None) == "mine/live/a.png"
    assert jobs["live/b.mp4"].id(30) == "mine/live/b.mp4#30"
    assert all(pickle.loads(pickle.dumps(job)) == job for job in jobs.values())


@pytest.mark.parametrize("split", ["train", "dev", "val", "devel", "test", "validation", "eval"])
def test_a_split_becomes_an_attribute(tmp_path, split):
    [job] = listed(touch(tmp_path, f"{split}/spoof/print/x/1.png")).values()
    assert job.attributes == {"split": split}
    assert (job.medium, job.clip) == (Medium.PRINT, f"{split}/spoof/print/x")


def test_large_and_small_letters_are_the_same(tmp_path):
    jobs = listed(touch(tmp_path, "Test/Live/a.png", "Test/SPOOF/print/b.png", "Live/c.png"))
    assert {file: (job.medium, job.attributes) for file, job in jobs.items()} == {
        "Live/c.png": (Medium.LIVE, {}),
        "Test/Live/a.png": (Medium.LIVE, {"split": "test"}),
        "Test/SPOOF/print/b.png": (Medium.PRINT, {"split": "test"}),
    }


def test_the_words_of_the_fields_databases(tmp_path):
    jobs = listed(
        touch(
            tmp_path,
            "Train_files/Real/a.png",
            "Devel/Attack/Mask_HalfMask/b.png",
            "eval/imposter/Printed Photo/bert/7.png",
            "bona-fide/c.png",
            "Fake/Mask/Paper/d.png",
            "Fake/Makeup/Co/anna/1.png",
            "Fake/partial/Eye/e.png",
            "Fake/masks/anna/2.png",
        )
    )
    assert {file: (job.medium.value, job.clip, job.attributes) for file, job in jobs.items()} == {
        "Train_files/Real/a.png": ("live", None, {"split": "train_files"}),
        "Devel/Attack/Mask_HalfMask/b.png": ("half_mask", None, {"split": "devel"}),
        "eval/imposter/Printed Photo/bert/7.png": (
            "print",
            "eval/imposter/Printed Photo/bert",
            {"split": "eval"},
        ),
        "bona-fide/c.png": ("live", None, {}),
        "Fake/Mask/Paper/d.png": ("paper_mask", None, {}),
        "Fake/Makeup/Co/anna/1.png": ("cosmetic", "Fake/Makeup/Co/anna", {}),
        "Fake/partial/Eye/e.png": ("partial_eye", None, {}),
        "Fake/masks/anna/2.png": ("unknown", "Fake/masks/anna", {}),
    }


def test_a_folder_that_is_called_by_a_number_is_no_label(tmp_path):
    touch(tmp_path, "live/a.png", "0/b.png")
    with pytest.raises(SourceError, match="/0: 1 pictures or videos in a folder that is neither"):
        folder.read(tmp_path)


STRAYS = ["live/a.png", "people/b.png", "people/c/d.mp4", "e.png", "docs/readme.txt"]
STRAYS += ["train/spoof/f.png", "train/h.png", "test/i.png"]


def test_pictures_in_a_folder_that_is_not_understood_are_refused(tmp_path):
    touch(tmp_path, *STRAYS)
    with pytest.raises(
        SourceError,
        match=r"/people: 2 pictures or videos in a folder that is neither live/ nor spoof/; rename"
        r" it, move it below one of them, or have such folders passed over with --pass-over",
    ):
        folder.read(tmp_path)
    touch(tmp_path / "other", "live/a.png", "train/spoof/f.png", "train/extra/g.png")
    with pytest.raises(SourceError, match=r"/train/extra: 1 pictures"):
        folder.read(tmp_path / "other")


def test_pictures_elsewhere_are_counted_by_folder(tmp_path):
    touch(tmp_path, *STRAYS, "train/extra/g.png")
    source = folder.read(tmp_path, pass_over=True)
    assert [job.file for job in source.jobs] == ["live/a.png", "train/spoof/f.png"]
    assert source.ignored == {"./": 1, "people/": 2, "test/": 1, "train/": 1, "train/extra/": 1}


@pytest.mark.parametrize(
    ("name", "meant"), [("live2", "live"), ("spoofs", "spoof"), ("Tset", "test"), ("tests", "test")]
)
def test_a_folder_that_is_nearly_read(tmp_path, name, meant):
    touch(tmp_path, "live/a.png", f"{name}/b/c.png")
    with pytest.raises(SourceError, match=rf"{name}: 1 pictures or .* did you mean '{meant}'"):
        folder.read(tmp_path)


GENERATED = [".thumbnails", "@eaDir", "$RECYCLE.BIN", "lost+found", "System Volume Information"]
GENERATED += ["#recycle", "__MACOSX", "Thumbnails", ".Trash-1000"]


@pytest.mark.parametrize("name", GENERATED)
def test_folders_that_systems_make_are_passed_over_and_counted(tmp_path, name):
    touch(tmp_path, "live/a.png", f"live/{name}/b.png", f"{name}/c/d.jpg", f"{name}/live/e.png")
    touch(tmp_path, f"{name}/index.db", f"train/{name}/f.png", "train/spoof/g.png")
    source = folder.read(tmp_path)
    assert [job.file for job in source.jobs] == ["live/a.png", "train/spoof/g.png"]
    assert source.ignored == {f"{name}/": 4}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder nobody may read")
def test_a_folder_of_the_system_that_nobody_may_read(tmp_path):
    touch(tmp_path, "live/a.png", "lost+found/b.png")
    (tmp_path / "lost+found").chmod(0)
    assert folder.read(tmp_path).ignored == {}
    (tmp_path / "lost+found").chmod(0o700)


def test_the_order_is_natural_and_lasting(tmp_path):
    touch(tmp_path, *(f"live/{number}.png" for number in (10, 9, 1, 100)), "spoof/2.png")
    names = ["live/1.png", "live/9.png", "live/10.png", "live/100.png", "spoof/2.png"]
    assert list(listed(tmp_path)) == names


def test_other_files_are_counted_and_hidden_pictures_too(tmp_path):
    touch(tmp_path, "live/a.png", "live/a.txt", "live/b.TXT", "live/README", "live/.DS_Store")
    touch(tmp_path, "live/._a.png")
    source = folder.read(tmp_path)
    assert [job.file for job in source.jobs] == ["live/a.png"]
    assert source.ignored == {".txt": 2, "README": 1, "hidden files": 1}


def test_links_are_followed_once(tmp_path):
    touch(tmp_path, "elsewhere/a.png", "source/live/b.png")
    (tmp_path / "source/live/anna").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "source/live/round").symlink_to(tmp_path / "source/live")
    assert list(listed(tmp_path / "source")) == ["live/anna/a.png", "live/b.png"]


@pytest.mark.parametrize("name", ["prints", "Repaly", "papermaks"])
def test_a_medium_that_is_nearly_one(tmp_path, name):
    touch(tmp_path, f"spoof/{name}/a.png")
    with pytest.raises(SourceError, match=rf"spoof/{name}: unknown medium '{name}'; did you mean"):
        folder.read(tmp_path)


def test_neither_live_nor_spoof(tmp_path):
    touch(tmp_path, "a.png", "sub/7.png")
    with pytest.raises(SourceError, match=r"expected folders live/ and spoof/.*--medium"):
        folder.read(tmp_path)
    jobs = listed(tmp_path, medium=Medium.PAPER_MASK)
    assert {job.medium for job in jobs.values()} == {Medium.PAPER_MASK}
    assert (jobs["sub/7.png"].clip, jobs["sub/7.png"].frame) == ("sub", 7)


def test_a_caller_tells_what_unknown_spoofs_are(tmp_path):
    touch(tmp_path, "live/a.png", "spoof/b.png", "spoof/print/c.png")
    media = [job.medium for job in folder.read(tmp_path, medium=Medium.REPLAY).jobs]
    assert media == [Medium.LIVE, Medium.REPLAY, Medium.PRINT]
    media = [job.medium for job in folder.read(tmp_path, medium=Medium.LIVE).jobs]
    assert media == [Medium.LIVE, Medium.UNKNOWN, Medium.PRINT]


def test_nothing_in_it(tmp_path):
    touch(tmp_path, "live/notes.txt")
    with pytest.raises(SourceError, match="holds no picture and no video"):
        folder.read(tmp_path)


def test_the_fingerprint_tells_sources_apart(tmp_path):
    touch(tmp_path, "live/a.png", "spoof/b.png")
    first = folder.read(tmp_path).fingerprint
    assert folder.read(tmp_path).fingerprint == first
    assert folder.read(tmp_path, medium=Medium.PRINT).fingerprint != first
    (tmp_path / "live/a.png").write_bytes(b"longer than before")
    second = folder.read(tmp_path).fingerprint
    touch(tmp_path, "live/c.png")
    assert len({first, second, folder.read(tmp_path).fingerprint}) == 3
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert folder.read(moved, database=tmp_path.name).fingerprint not in (first, second)


def test_the_fingerprint_does_not_depend_on_the_place(tmp_path):
    prints = [
        folder.read(touch(tmp_path / place / "faces", "live/a.png")).fingerprint
        for place in ("here", "there")
    ]
    assert prints[0] == prints[1]


def test_folders_0_and_1_side_by_side_are_labels_and_it_is_said(tmp_path):
    touch(tmp_path, "train/0/a.png", "train/1/print/b.png", "test/0/c.png", "test/1/d.png")
    source = read_source(tmp_path)
    assert [(job.file, job.medium.value) for job in source.jobs] == [
        ("train/0/a.png", "live"),
        ("train/1/print/b.png", "print"),
        ("test/0/c.png", "live"),
        ("test/1/d.png", "unknown"),
    ]
    assert source.notes == (
        "train/0/ as live", "train/1/ as spoof", "test/0/ as live", "test/1/ as spoof",
    )  # fmt: skip


def test_numbers_are_no_labels_where_more_is_said(tmp_path):
    """Three numbers are people or clips; so are two where the caller says what the faces are."""
    touch(tmp_path / "three", "0/a.png", "1/b.png", "2/c.png")
    with pytest.raises(SourceError):
        read_source(tmp_path / "three")
    touch(tmp_path / "two", "0/a.png", "1/b.png")
    source = read_source(tmp_path / "two", medium=Medium.LIVE)
    assert [job.medium for job in source.jobs] == [Medium.LIVE] * 2
    assert source.notes == ()
    touch(tmp_path / "named", "live/a.png", "0/b.png", "1/c.png")
    with pytest.raises(SourceError, match="neither live/ nor"):
        read_source(tmp_path / "named")
