"""`results.json` is whole after every record, and stays so on a full disk."""

import errno
import json
import os
from io import FileIO

import pytest
from toy_bundle import write_toy

from spooftrace.detector import results
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.results import Results
from spooftrace.errors import ConfigError


@pytest.fixture
def detector(tmp_path):
    return SpoofDetector.load(write_toy(tmp_path / "toy.onnx"))


def test_it_is_whole_after_every_record(detector, tmp_path):
    path = tmp_path / "results.json"
    path.write_text("x" * 100_000)  # of an earlier call, and longer
    written = Results(path, detector)
    assert json.loads(path.read_text())["files"] == []
    records = [{"file": "a\n]}", "score": 0.5}, {"file": "\udcff"}, {"frames": [{"frame": 0}]}]
    for count, record in enumerate(records, 1):
        written.add(record)
        found = json.loads(path.read_text())
        assert found["files"] == records[:count]
        assert written.count == count
    assert found["model"]["sha256"] == detector.bundle.sha256
    assert list(found) == ["schema_version", "package_version", "model", "doubt", "files"]


@pytest.mark.parametrize("room", [0, 1, 40])
def test_on_a_full_disk_what_was_written_stays_whole(detector, tmp_path, monkeypatch, room):
    path = tmp_path / "results.json"
    written = Results(path, detector)
    written.add({"file": "a"})
    before = path.read_bytes()

    def full(file: FileIO, data: bytes) -> None:
        if file.tell() + len(data) > len(before) + room:
            file.write(data[: len(before) + room - file.tell()])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file.write(data)

    monkeypatch.setattr(results, "_write_all", full)
    with pytest.raises(ConfigError, match=r"No space left on device\); 1 answers are kept"):
        written.add({"file": "b" * 100})
    assert path.read_bytes() == before
    assert json.loads(before)["files"] == [{"file": "a"}]


def test_where_it_cannot_be_written_it_is_said_at_once(detector, tmp_path):
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "folder", tmp_path / "none" / "results.json"):
        with pytest.raises(ConfigError, match="cannot be written"):
            Results(place, detector)
