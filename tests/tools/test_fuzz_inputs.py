"""The fuzz of the doors: a small run of it, and that it sees what it looks for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("av")
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_damaged_files_are_read_or_refused():
    command = [sys.executable, "tools/fuzz_inputs.py", "--videos", "60", "--pictures", "300"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--seed", "1"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for said in ("60 damaged videos", "300 damaged pictures"):
        assert said in done.stdout


def fails_in_every_way(name, data):
    if name == "dies":
        os._exit(3)
    if name == "raises":
        raise KeyError("lost")


@pytest.mark.slow
def test_deaths_and_exceptions_are_seen_and_the_rest_goes_on(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import fuzz_inputs

    whole = [("good", b"x"), ("dies", b"x"), ("raises", b"x")]
    refused, failures = fuzz_inputs.tried(whole, fails_in_every_way, 6, seed=0, workers=2)
    assert refused == 0
    died, raised = "the process died (exit code 3)", "KeyError: 'lost'"
    assert [(failure.number, failure.what) for failure in failures] == [
        (1, died), (2, raised), (4, died), (5, raised),
    ]  # fmt: skip
