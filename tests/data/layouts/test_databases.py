"""The names of the field's databases are read for what they say, and no others."""

from collections import Counter

import pytest
from database_names import ATTACKS, BY_LAYOUT, lists, small, write_names
from typer.testing import CliRunner

from spooftrace.cli.main import app
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.layouts.databases import DATABASES
from spooftrace.data.layouts.named import columns_of
from spooftrace.data.sources.layout import Layout
from spooftrace.errors import SourceError
from spooftrace.labels import Medium

LAYOUTS = [database.layout.value for database in DATABASES]


@pytest.fixture
def tree(tmp_path):
    return lambda layout: write_names(tmp_path / "given", layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_is_recognised_by_its_names(tree, layout):
    source = read_source(tree(layout))
    assert source.layout == Layout(layout)
    assert source.name == BY_LAYOUT[layout].name
    assert [job.file for job in source.jobs if job.file not in small(layout)] == []
    assert len(source.jobs) == len(small(layout))
    assert read_source(tree(layout), layout=Layout(layout)).fingerprint == source.fingerprint


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_example_says_something(layout):
    database = BY_LAYOUT[layout]
    assert database.stated(database.example.rpartition(".")[0]) is not None


@pytest.mark.parametrize(
    ("layout", "name", "said"),
    [
        ("oulu-npu", "Train_files/1_2_07_1.avi", (Medium.LIVE, "07", "1", "2", "train")),
        ("oulu-npu", "Dev_files/6_3_21_3.avi", (Medium.PRINT, "21", "6", "3", "dev")),
        ("oulu-npu", "Test_files/2_1_55_5.avi", (Medium.REPLAY, "55", "2", "1", "test")),
        ("siw", "Train/live/003/003-1-1-1-2.mov", (Medium.LIVE, "003", "1", "2", "train")),
        ("siw", "Test/spoof/165/165-2-3-4-1.mp4", (Medium.REPLAY, "165", "2", "1", "test")),
        ("siw", "Test/spoof/165/165_2_2_1_1.mov", (Medium.PRINT, "165", "2", "1", "test")),
        ("siw-m", "Spoof/Mask_Mann_12.mov", (Medium.MANNEQUIN, None, None, None, None)),
        ("siw-mv2", "Spoof/Silicone/Mask_Silicone_3.mov", (Medium.SILICONE_MASK, *[None] * 4)),
        ("casia-fasd", "train_release/7/HR_1.avi", (Medium.LIVE, "7", "high", None, "train")),
        ("casia-fasd", "test_release/7/6.avi", (Medium.PRINT, "27", "low", None, "test")),
        ("casia-fasd", "test_release/30/7.avi", (Medium.REPLAY, "50", "normal", None, "test")),
        (
            "replay-attack",
            "devel/attack/hand/attack_print_client003_session01_highdef_photo_adverse.mov",
            (Medium.PRINT, "003", "webcam", "01", "dev"),
        ),
        (
            "replay-attack",
            "test/attack/fixed/attack_mobile_client009_session01_mobile_video_controlled.mov",
            (Medium.REPLAY, "009", "webcam", "01", "test"),
        ),
        (
            "replay-mobile",
            "train/attack/attack_client001_session01_mattescreen_fixed_tablet_photo_lightoff.mov",
            (Medium.REPLAY, "001", "tablet", "01", "train"),
        ),
        (
            "msu-mfsd",
            "scene01/attack/attack_client001_laptop_SD_printed_photo_scene01.mov",
            (Medium.PRINT, "001", "laptop", None, "test"),
        ),
        (
            "msu-mfsd",
            "scene01/real/real_client055_android_SD_scene01.mp4",
            (Medium.LIVE, "055", "android", None, "train"),
        ),
        ("nuaa", "ImposterRaw/0001/0001_00_00_02_9.jpg", (Medium.PRINT, "0001", None, "02", None)),
    ],
)
def test_a_name_says_who_what_and_where(layout, name, said):
    stated = BY_LAYOUT[layout].stated(name.rpartition(".")[0])
    found = (stated.medium, stated.subject, stated.device, stated.session)
    assert (*found, stated.attributes.get("split")) == said


@pytest.mark.parametrize(
    ("layout", "parts"),
    [
        # live and spoof of each part, as published with the databases
        ("oulu-npu", {"train": (360, 1440), "dev": (270, 1080), "test": (360, 1440)}),
        ("casia-fasd", {"train": (60, 180), "test": (90, 270)}),
        ("msu-mfsd", {"train": (30, 90), "test": (40, 120)}),
    ],
)
def test_the_whole_databases_have_as_many_clips_as_published(layout, parts):
    columns = columns_of(BY_LAYOUT[layout], BY_LAYOUT[layout].names())
    counts = Counter(
        (attributes["split"], label)
        for attributes, label in zip(columns["attributes"], columns["label"], strict=True)
    )
    assert counts == {(part, at): n for part, both in parts.items() for at, n in enumerate(both)}


def test_replay_attack_has_as_many_clips_a_person_as_published():
    names = small("replay-attack")  # two people a part
    live = sum("/real/" in name for name in names)
    assert (live, len(names) - live) == (6 * 4, 6 * 20)


@pytest.mark.parametrize("layout", ["siw-m", "siw-mv2"])
def test_lists_tell_the_parts(tree, layout):
    jobs = read_source(tree(layout)).jobs
    part = {job.clip: job.attributes.get("split") for job in jobs}
    assert {part[f"{kind}_{number}"] for kind in ATTACKS for number in (1, 2)} == {"train"}
    assert {part[f"{kind}_3"] for kind in ATTACKS} == {"test"}
    assert [part[f"Live_{number}"] for number in range(1, 7)] == ["train"] * 4 + ["test"] * 2


def test_domains_of_protocol_iii(tree):
    jobs = {job.clip: job.attributes for job in read_source(tree("siw-mv2")).jobs}
    domains = {
        clip: {name: part for name, part in said.items() if name.startswith("domain_")}
        for clip, said in jobs.items()
    }
    assert domains["Live_1"] == {"domain_A": "train"}
    assert domains["Live_5"] == {f"domain_{name}": "test" for name in "ABCDE"}
    assert domains[f"{ATTACKS[3]}_1"] == {"domain_B": "test"}
    assert domains[f"{ATTACKS[-1]}_1"] == {}


def test_a_clip_in_two_lists_is_refused(tree):
    root = tree("siw-m")
    (root / "testlist_all.txt").write_text("Paper_1\n")
    with pytest.raises(SourceError, match="Paper_1 in those of train and test"):
        read_source(root)


def test_nuaa_parts_are_by_its_lists(tree):
    jobs = read_source(tree("nuaa")).jobs
    assert {(job.session, job.attributes["split"]) for job in jobs} == {
        ("01", "train"),
        ("02", "train"),
        ("03", "test"),
    }
    first = jobs[0]
    assert (first.clip, first.frame) == ("Client/0001_00_00_01", 0)


def test_celeba_spoof_labels_tell_the_kind(tree):
    jobs = read_source(tree("celeba-spoof")).jobs
    spoofs = [job for job in jobs if job.medium is not Medium.LIVE]
    assert {job.attributes["species"] for job in spoofs} >= {"print-a4", "replay-phone"}
    assert all(
        job.medium is Medium.REPLAY
        for job in spoofs
        if job.attributes["species"].startswith("replay")
    )


def test_celeba_spoof_labels_that_contradict_the_folder_are_refused(tree):
    root = tree("celeba-spoof")
    path = root / "metas/intra_test/test_label.json"
    path.write_text(path.read_text().replace(", 0, 0, 0, 0]", ", 2, 1, 1, 1]", 1))
    with pytest.raises(SourceError, match="the folder says live, its labels say spoof and print-p"):
        read_source(root)


def test_without_its_labels_a_spoof_of_celeba_is_of_unknown_medium(tree):
    root = tree("celeba-spoof")
    for path in (root / "metas/intra_test").iterdir():
        path.unlink()
    media = Counter(job.medium for job in read_source(root).jobs)
    assert media == {Medium.LIVE: 10, Medium.UNKNOWN: 10}


def test_frames_of_a_clip_lie_in_a_folder_of_its_name(tmp_path):
    for number in (2, 10):
        path = tmp_path / f"Train_files/1_1_01_4/frame_{number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "Train_files/1_1_01_4/frame_0010.npy").touch()
    jobs = read_source(tmp_path).jobs
    assert [(job.clip, job.frame, job.video) for job in jobs] == [
        ("1_1_01_4", 2, False),
        ("1_1_01_4", 10, False),
    ]
    assert [job.landmarks is not None for job in jobs] == [False, True]


def test_a_clip_that_lies_there_twice_is_refused(tree):
    root = tree("oulu-npu")
    (root / "copy").mkdir()
    (root / "copy/1_1_01_1.mp4").touch()
    with pytest.raises(SourceError, match=r"1_1_01_1 as Train_files/1_1_01_1\.avi and copy"):
        read_source(root)


def test_a_wrong_folder_says_what_was_expected_and_found_and_the_nearest_layout(tree):
    with pytest.raises(SourceError) as caught:
        read_source(tree("siw"), layout=Layout.OULU_NPU)
    text = str(caught.value)
    assert "expected pictures or videos of OULU-NPU, named as Train_files/1_1_01_1.avi" in text
    assert "found Test/live/001/001-1-1-1-1.avi" in text
    assert "(70 of 70)" in text
    assert "nearest is --layout siw (70 of 70 fit)" in text


def test_strange_files_are_refused_unless_passed_over(tree):
    root = tree("casia-fasd")
    (root / "train_release/1/9.avi").touch()
    with pytest.raises(SourceError, match=r"found train_release/1/9\.avi; .*--pass-over"):
        read_source(root)
    source = read_source(root, pass_over=True)
    assert source.ignored == {"not named as train_release/1/HR_1.avi": 1}


def test_enrolments_are_passed_over_and_counted(tree):
    root = tree("replay-attack")
    (root / "enroll/train").mkdir(parents=True)
    (root / "enroll/train/client001_session01_webcam_enroll_adverse_1.mov").touch()
    assert read_source(root).ignored == {"enroll/": 1}


def test_what_was_understood_is_told(tree):
    assert read_source(tree("msu-mfsd")).notes == (
        "40 clips, 10 live",
        "5 people",
        "16 test, 24 train",
    )


def test_lists_that_are_no_text_are_refused(tree):
    root = tree("siw-m")
    (root / next(iter(lists("siw-m")))).write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SourceError, match="expected a list of names in UTF-8"):
        read_source(root)


def test_the_command_lists_them():
    everything = CliRunner().invoke(app, ["databases"])
    assert everything.exit_code == 0
    for database in DATABASES:
        for words in (database.name, database.ask, database.licence, database.tree):
            assert words in everything.output
    one = CliRunner().invoke(app, ["databases", "siw"]).output
    assert "SiW: 4478 videos" in one
    assert "serves   siw/1, siw/2, siw/3, cross/" in one
    msu = CliRunner().invoke(app, ["databases", "msu-mfsd"]).output
    assert "serves   mcio, cross/" in msu
    assert "OULU" not in one
