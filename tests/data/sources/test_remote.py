"""Sources behind a URL are listed and read as those on the disk are."""

import fsspec
import numpy as np
import pytest
from database_trees import write_tree
from PIL import Image

from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.sources.remote import fetched, is_url
from spooftrace.errors import PictureError, SourceError

URL = "memory://bucket/given"


@pytest.fixture
def memory():
    filesystem = fsspec.filesystem("memory")
    yield filesystem
    filesystem.rm("/bucket", recursive=True)


def uploaded(folder, memory):
    memory.put(str(folder), "/bucket/given", recursive=True)
    return folder


@pytest.mark.parametrize("layout", ["celeba-spoof", "nuaa", "oulu-npu", "siw-mv2"])
def test_a_database_is_listed_as_on_the_disk_and_its_files_are_the_same(layout, tmp_path, memory):
    here = read_source(uploaded(write_tree(tmp_path / "given", layout), memory))
    there = read_source(URL)
    assert there.layout == here.layout
    assert [job.stated() for job in there.jobs] == [job.stated() for job in here.jobs]
    assert there.fingerprint == here.fingerprint
    assert {job.origin for job in there.jobs} == {URL}
    with fetched(there.jobs[-1]) as job:
        assert job.path.read_bytes() == here.jobs[-1].path.read_bytes()
        assert job.path.suffix == here.jobs[-1].path.suffix
    assert not job.path.exists()


def test_landmarks_come_with_their_picture(tmp_path, memory):
    given = tmp_path / "given"
    for label in ("live", "spoof"):
        (given / label).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(given / label / "1.png")
        np.save(given / label / "1.npy", np.zeros((68, 2)))
    here, there = read_source(uploaded(given, memory)), read_source(URL)
    assert [job.landmarks is not None for job in there.jobs] == [True, True]
    with fetched(there.jobs[0]) as job:
        assert job.landmarks.read_bytes() == here.jobs[0].landmarks.read_bytes()


def test_a_job_of_this_disk_stays_as_it_is(tmp_path):
    (tmp_path / "live").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "live/1.png")
    (job,) = read_source(tmp_path).jobs
    with fetched(job) as same:
        assert same is job


def test_a_file_that_has_gone_is_said(tmp_path, memory):
    (tmp_path / "live").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "live/1.png")
    uploaded(tmp_path, memory)
    (job,) = read_source(URL).jobs
    memory.rm("/bucket/given/live/1.png")
    with pytest.raises(PictureError, match=r"live/1\.png: cannot be fetched"), fetched(job):
        pass


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("memory://bucket/absent", "absent: no such folder, or nothing in it"),
        ("memory://bucket/file.txt", "expected a folder of files, found /bucket/file.txt"),
        ("memory://bucket/strange", r"memory://bucket/strange: expected a manifest\.csv, folders"),
        ("nosuch://bucket", "nosuch"),
    ],
)
def test_what_is_no_source_is_refused_under_its_url(url, said, memory):
    memory.pipe_file("/bucket/file.txt", b"")
    memory.pipe_file("/bucket/strange/notes.txt", b"")
    with pytest.raises(SourceError, match=said):
        read_source(url)


def test_whatever_a_driver_raises_is_said(tmp_path, memory, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("Unable to locate credentials")  # botocore's is no OSError either

    (tmp_path / "live").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "live/1.png")
    uploaded(tmp_path, memory)
    (job,) = read_source(URL).jobs
    monkeypatch.setattr(type(memory), "get_file", fail)
    with pytest.raises(PictureError, match=r"fetched .*credentials"), fetched(job):
        pass
    monkeypatch.setattr(type(memory), "find", fail)
    with pytest.raises(SourceError, match=r"given: cannot be listed .*credentials"):
        read_source(URL)


def test_a_url_is_no_path():
    assert is_url("s3://bucket/faces")
    assert not is_url("faces/live")
