import os
import sys

import pytest

from spooftrace.data.layouts.chooser import detect_layout, read_source
from spooftrace.data.sources.layout import Layout
from spooftrace.errors import SourceError
from spooftrace.labels import Medium

MANIFEST = "file,label\nlive/a.png,live\n"


@pytest.fixture
def touch(tmp_path):
    def touch(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(MANIFEST)
        return tmp_path

    return touch


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (["manifest.csv", "live/a.png", "live/a.npy"], Layout.MANIFEST),
        (["live/a.png", "live/a.npy", "a_live.mp4"], Layout.RELEASE),
        (["live/a.png", "a_live.mp4"], Layout.FOLDER),
        (["spoof/a.mp4"], Layout.FOLDER),
        (["a_live.mp4", "b.png"], Layout.VIDEO),
    ],
)
def test_detection(touch, names, layout):
    root = touch(*names)
    assert detect_layout(root) is layout
    assert read_source(root).layout == layout


def test_single_files(touch):
    root = touch("other.csv", "a_live.mp4", "live/a.png")
    assert read_source(root / "other.csv").layout == Layout.MANIFEST
    assert read_source(root / "a_live.mp4").layout == Layout.VIDEO


def test_nothing_fits(touch):
    root = touch("a.png")
    with pytest.raises(SourceError, match=r"expected a manifest\.csv, folders live/"):
        read_source(root)
    for medium in (None, Medium.LIVE):
        with pytest.raises(
            SourceError, match=r"a\.png: expected a folder, a table \(.*\) or a video"
        ):
            read_source(root / "a.png", medium=medium)
    with pytest.raises(SourceError, match="no such file or folder"):
        read_source(root / "none")
    with pytest.raises(SourceError, match="no such file or folder"):
        read_source(root / "none", layout=Layout.FOLDER)


def test_a_layout_may_be_forced(touch):
    root = touch("manifest.csv", "live/a.png", "live/b.png")
    assert len(read_source(root).jobs) == 1
    assert len(read_source(root, layout=Layout.FOLDER).jobs) == 2


def test_unsorted_pictures_of_one_medium(touch):
    root = touch("a.png", "b.mp4")
    source = read_source(root, medium=Medium.LIVE, database="mine")
    assert [(job.file, job.medium) for job in source.jobs] == [
        ("a.png", Medium.LIVE),
        ("b.mp4", Medium.LIVE),
    ]
    assert source.name == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
@pytest.mark.parametrize("name", [b"live/caf\xe9.png", b"live/caf\xe9/1.png", b"live/caf\xe9.txt"])
def test_a_name_that_is_not_utf_8(touch, name):
    root = touch("live/a.png")
    path = root / os.fsdecode(name)
    path.parent.mkdir(exist_ok=True)
    path.touch()
    with pytest.raises(SourceError, match=r"the name b'caf\\xe9.* is not UTF-8; rename it"):
        read_source(root)
    with pytest.raises(SourceError, match=r"the name .*caf\\xe9.* is not UTF-8; rename it"):
        read_source(path.with_name(os.fsdecode(b"caf\xe9.mp4")))


def test_digits_that_are_no_numbers(touch):
    root = touch("live/a10.png", "live/a2.png", "live/a².png", "live/²")
    assert [job.file for job in read_source(root).jobs] == [
        "live/a2.png",
        "live/a10.png",
        "live/a².png",
    ]


@pytest.mark.parametrize("name", ["live/b.png", "live/b.mp4"])
def test_a_broken_link_is_listed_for_its_reader_to_refuse(touch, name):
    root = touch("live/a.png")
    (root / name).symlink_to("nowhere")
    (root / "live/loop.png").symlink_to("loop.png")
    assert [(job.file, job.size > 0) for job in read_source(root).jobs] == [
        ("live/a.png", True),
        (name, False),
        ("live/loop.png", False),
    ]


def test_a_broken_link_beside_videos(touch):
    root = touch("a_live.mp4")
    (root / "b_live.mp4").symlink_to("nowhere")
    assert [job.size > 0 for job in read_source(root).jobs] == [True, False]
