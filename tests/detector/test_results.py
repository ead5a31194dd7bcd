"""`results.json` is whole after every record, and stays so on a full disk."""

import errno
import json
import os
from io import FileIO

import pytest
from toy_bundle import toy_info, write_toy

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
    assert list(found) == [
        "schema_version",
        "package_version",
        "model",
        "doubt",
        "asked",
        "files",
    ]


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


ASKED = {"every": 10, "threshold": None}


class TestResume:
    @pytest.fixture
    def path(self, detector, tmp_path):
        """Of a call that was stopped after two files."""
        written = Results(tmp_path / "results.json", detector, ASKED)
        for name in "ab":
            written.add({"file": name, "score": 0.5})
        return written.path

    def test_what_is_there_stays_and_the_rest_follows(self, detector, path):
        before = path.read_bytes()
        resumed = Results(path, detector, ASKED, resume=True)
        assert path.read_bytes() == before
        assert ([record["file"] for record in resumed.kept], resumed.count) == (["a", "b"], 2)
        resumed.add({"file": "c"})
        assert [record["file"] for record in json.loads(path.read_text())["files"]] == list("abc")

    def test_it_is_as_if_it_had_not_been_stopped(self, detector, path, tmp_path):
        Results(path, detector, ASKED, resume=True).add({"file": "c"})
        whole = Results(tmp_path / "whole.json", detector, ASKED)
        for record in ({"file": "a", "score": 0.5}, {"file": "b", "score": 0.5}, {"file": "c"}):
            whole.add(record)
        assert path.read_bytes() == whole.path.read_bytes()

    def test_where_nothing_was_begun_it_begins(self, detector, tmp_path):
        begun = Results(tmp_path / "new.json", detector, ASKED, resume=True)
        assert (begun.kept, json.loads(begun.path.read_text())["files"]) == ([], [])

    def test_another_question_or_model_is_refused_and_nothing_is_lost(
        self, detector, path, tmp_path
    ):
        before = path.read_bytes()
        with pytest.raises(ConfigError, match="began with another question"):
            Results(path, detector, ASKED | {"every": 5}, resume=True)
        other = SpoofDetector.load(write_toy(tmp_path / "other.onnx", toy_info(licence="other")))
        with pytest.raises(ConfigError, match="began with another model"):
            Results(path, other, ASKED, resume=True)
        assert path.read_bytes() == before
        path.write_text("{}")
        with pytest.raises(ConfigError, match="leave --resume out"):
            Results(path, detector, ASKED, resume=True)

    @pytest.mark.parametrize("change", ["rewritten", "no list", "no name"])
    def test_a_file_of_another_form_is_refused_and_stays(self, detector, path, change):
        data = json.loads(path.read_text())
        if change == "rewritten":
            path.write_text(json.dumps(data))
        else:
            data["files"] = 5 if change == "no list" else [{"score": 0.5}]
            path.write_text(json.dumps(data, indent=1) + "\n")
        before = path.read_bytes()
        with pytest.raises(ConfigError, match="leave --resume out"):
            Results(path, detector, ASKED, resume=True)
        assert path.read_bytes() == before
