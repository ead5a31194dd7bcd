"""One folder for local disks and URLs."""

import pickle

import fsspec
import pytest

from spooftrace.data.folder import Folder
from spooftrace.errors import StoreError


@pytest.fixture(params=["memory://place/folder", "{tmp}/folder"])
def folder(request, tmp_path):
    yield Folder(request.param.format(tmp=tmp_path))
    memory = fsspec.filesystem("memory")
    if memory.exists("/place"):
        memory.rm("/place", recursive=True)


def test_a_folder_reads_what_it_wrote(folder):
    assert folder.names() == []
    assert not folder.exists("a")
    folder.write("a", b"123")
    assert folder.exists("a")
    assert folder.size("a") == 3
    assert folder.read("a") == b"123"
    with folder.open("a") as file:
        file.seek(1)
        assert file.read() == b"23"
    folder.write("a", b"4")
    assert folder.read("a") == b"4"
    assert folder.names() == ["a"]
    folder.remove("a")
    assert folder.names() == []
    with pytest.raises(FileNotFoundError):
        folder.read("a")


def test_a_folder_within_another(folder):
    inner = folder.within("inner")
    inner.write("b", b"1")
    assert folder.names() == ["inner"]
    assert folder.read("inner/b") == b"1"
    inner.remove_if_empty()
    assert inner.exists("b")
    inner.remove("b")
    inner.remove_if_empty()
    inner.remove_if_empty()
    assert folder.names() == []


def test_what_was_not_finished_goes(folder):
    folder.write("a", b"1")
    folder.write(".unfinished-7-b", b"2")
    folder.remove_unfinished()
    assert folder.names() == ["a"]


def test_a_file_in_the_way_is_named(folder):
    folder.check_way()
    folder.write("a", b"1")
    folder.check_way()
    for deeper in ("a", "a/b/c"):
        with pytest.raises(StoreError, match=r"expected a folder, at .*/a found a file"):
            folder.within(deeper).check_way()


def test_a_worker_gets_the_same_folder(folder):
    folder.write("a", b"123")
    there = pickle.loads(pickle.dumps(folder))
    assert there.read("a") == b"123"
    assert there.shown == folder.shown


@pytest.mark.parametrize(
    "url", ["", "gopher://x", "ftp://127.0.0.1:9/x", "zip://x", "reference://x", "a\0b"]
)
def test_a_place_that_cannot_be_reached(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="expected a path or an fsspec URL") as caught:
        Folder(url).exists("a")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", ["{tmp}/there", "memory://growing/there"])
def test_a_file_that_grows_is_there_at_the_end_and_not_after_a_failure(place, tmp_path):
    def write_and_fail():
        with folder.new_file("b.bin") as file:
            file.write(b"one ")
            raise KeyError

    folder = Folder(place.format(tmp=tmp_path))
    with folder.new_file("a.bin") as file:
        file.write(b"one ")
        file.write(b"two")
    assert folder.read("a.bin") == b"one two"
    with pytest.raises(KeyError):
        write_and_fail()
    assert folder.names() == ["a.bin"]
    folder.remove("a.bin")
