import os

import pytest

from spooftrace.data.files import Folder, new_file, write_whole
from spooftrace.errors import StoreError


def test_a_failed_write_leaves_the_old_file(tmp_path):
    file = tmp_path / "file"
    write_whole(file, b"old")

    def fail_midway():
        with new_file(file) as handle:
            handle.write(b"half of the n")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fail_midway()
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208


def test_the_file_is_flushed_before_it_takes_its_name(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", lambda _: calls.append((tmp_path / "file").exists()))
    write_whole(tmp_path / "file", b"new")
    assert calls == [False, True]


@pytest.mark.parametrize("url", ["memory://place/folder", "{tmp}/folder"])
def test_a_folder_reads_what_it_wrote(url, tmp_path):
    folder = Folder(url.format(tmp=tmp_path))
    assert folder.names() == []
    assert not folder.exists("a")
    folder.write("a", b"123")
    assert folder.exists("a")
    assert folder.size("a") == 3
    assert folder.read("a") == b"123"
    assert folder.names() == ["a"]
    folder.remove("a")
    assert folder.names() == []


@pytest.mark.parametrize(
    "url", ["", "gopher://x", "ftp://127.0.0.1:9/x", "zip://x", "reference://x", "a\0b"]
)
def test_a_place_that_cannot_be_reached(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="expected a path or an fsspec URL") as caught:
        Folder(url).exists("a")
    assert "\n" not in str(caught.value)
