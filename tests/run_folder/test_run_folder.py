import json
import subprocess
import sys

import pytest

from spooftrace.errors import ConfigError
from spooftrace.run_folder import RunFolder, RunRecord, StoreRecord

RECORD = RunRecord(
    config={"split": {"group": "subject"}, "training": {"iterations": 3}},
    config_hash="c0ffee",
    store=StoreRecord(
        source="faces",
        fingerprint="abc",
        landmarker="mesh 1",
        media=("live", "print"),
        split="train: 2 live",
        rows={"train": 4, "dev": 2, "test": 2},
    ),
    versions={"spooftrace": "0", "torch": "2", "python": "3"},
)


def test_a_record_is_read_back(tmp_path):
    run = RunFolder(tmp_path)
    assert run.record() is None
    run.config.write_text(RECORD.to_json(), encoding="utf-8")
    assert run.record() == RECORD


def test_where_there_is_no_folder_there_is_no_record(tmp_path):
    (tmp_path / "file").write_text("")
    assert RunFolder(tmp_path / "none").record() is None
    assert RunFolder(tmp_path / "file").record() is None


def changed(**fields):
    return json.dumps(json.loads(RECORD.to_json()) | fields)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "as a whole: Invalid JSON"),
        ("[]", "as a whole: "),
        (changed(store={"fingerprint": "abc"}), "store.source: Field required"),
        (changed(config=3), "config: "),
        ("\udc80", "as a whole: Invalid JSON"),
    ],
)
def test_a_damaged_record_is_an_error_of_one_line(tmp_path, content, said):
    RunFolder(tmp_path).config.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError) as caught:
        RunFolder(tmp_path).record()
    assert str(caught.value).startswith(f"{tmp_path / 'config.json'}: expected the record of a run")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_latest_checkpoint_is_that_of_the_greatest_step(tmp_path):
    run = RunFolder(tmp_path)
    assert run.newest() is None
    run.checkpoints.mkdir()
    for step in (20, 3, 100_000_000, 100):  # the longest name is not the last by the alphabet
        run.checkpoint(step).touch()
    run.best.touch()
    (run.checkpoints / "step-9.safetensors.tmp").touch()
    (run.checkpoints / "step-late.safetensors").touch()
    assert run.newest() == run.checkpoint(100_000_000)
    assert [path.name for path in run.numbered()][:2] == [
        "step-00000003.safetensors",
        "step-00000020.safetensors",
    ]


def test_finding_things_needs_no_torch():
    code = "import sys, spooftrace.run_folder; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
