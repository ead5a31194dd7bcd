import os

import pytest

from spooftrace.data.files import new_file, new_path, write_whole


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


def test_what_writes_to_a_path_of_its_own_is_moved_when_whole(tmp_path):
    file = tmp_path / "deeper" / "model.onnx"
    with new_path(file) as unfinished:
        assert unfinished.suffix == ".onnx"
        unfinished.write_bytes(b"all of it")
        assert not file.exists()
    assert file.read_bytes() == b"all of it"
    assert os.listdir(file.parent) == ["model.onnx"]  # noqa: PTH208


def test_text_is_utf8(tmp_path):
    write_whole(tmp_path / "file", "größer als 😀\n")
    assert (tmp_path / "file").read_bytes() == "größer als 😀\n".encode()
