import pytest

from spooftrace.data.databases.chooser import detect_layout, read_source
from spooftrace.data.databases.layout import Layout
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
    for path in (root, root / "a.png"):
        with pytest.raises(SourceError, match=r"expected a manifest\.csv, folders live/"):
            read_source(path)
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
