"""Early ends by real processes: Ctrl-C, closed pipes and streams, full disks, narrow encodings."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from toy_bundle import write_toy
from toy_faces import write_toy_store

from spooftrace.judging.report import KEPT_FILE
from spooftrace.run_folder import RunFolder

SCORES = "label,score,split\nlive,0.1,dev\nspoof,0.9,dev\nlive,0.2,test\nspoof,0.4,test\n"
MAIN = [sys.executable, "-m", "spooftrace"]
SMALL = [
    part
    for setting in (
        "generator.image_size=32",
        "generator.width=0.125",
        "discriminators.width=0.125",
        "batches.pairs=2",
        "training.precision='fp32'",
        "training.log_every=1",
        "training.evaluate_every=1000",
        "training.checkpoint_every=1000",
        "training.images_every=1000",
    )
    for part in ("--set", setting)
]


def shell(words, redirect="", **environment):
    """As a user's shell would run it, with its streams redirected."""
    line = f'exec "$@" {redirect}'
    return subprocess.run(
        ["sh", "-c", line, "sh", *MAIN, *map(str, words)],
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def scores(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES)
    return path


@pytest.fixture
def pictures(tmp_path):
    """Six pictures without a face, one of them of a name that is neither ASCII nor UTF-8."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(6):
        Image.fromarray(np.full((64, 64, 3), 40 * number, np.uint8)).save(folder / f"{number}.png")
    (folder / "0.png").rename(folder / os.fsdecode(b"0 \xc3\xa4 \xff.png"))
    return folder


@pytest.fixture
def model(tmp_path):
    return write_toy(tmp_path / "toy.onnx")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "utf-8"])
def test_what_an_encoding_lacks_is_escaped(pictures, model, encoding, tmp_path):
    words = ["analyze", pictures, "--model", model, "--out", tmp_path / "ö"]
    done = shell(words, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    shown = done.stdout.decode(encoding)
    assert r"\xff.png" in shown
    assert ("ä" if encoding != "ascii" else r"\xe4") in shown
    assert len(json.loads((tmp_path / "ö" / "results.json").read_text("ascii"))["files"]) == 6


def test_a_name_that_no_encoding_takes_is_escaped_in_every_file_of_a_report(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.csv"
    Path(os.fsdecode(path)).write_text(SCORES)
    done = shell(["evaluate", os.fsdecode(path), "--out", tmp_path / "out"])
    assert done.returncode == 0, done.stderr
    assert b"\\udcff.csv" in done.stdout.replace(b"\n", b"")
    for name in ("report.html", "report.md", "report.json"):
        assert ".csv" in (tmp_path / "out" / name).read_text("utf-8")


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_streams_cost_nothing(scores, tmp_path, closed):
    done = shell(["evaluate", scores, "--out", tmp_path / "out"], closed)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["threshold"]["value"] == 0.5
    assert ("ACER" in done.stdout.decode()) == ("1>&-" not in closed)


def test_a_message_without_stderr_is_lost_and_the_code_is_not(tmp_path):
    assert shell(["evaluate", tmp_path / "none"], "2>&-").returncode == 1
    assert shell(["evaluate", tmp_path / "none"], "2>/dev/full").returncode == 1
    assert shell(["evaluate"], "2>&-").returncode == 2


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["evaluate", "--help"]])
def test_help_into_a_full_disk(words):
    done = shell(words, ">/dev/full")
    assert done.returncode == 1
    assert done.stderr == b"error: standard output: No space left on device\n"


def test_results_into_a_full_disk(scores, tmp_path):
    done = shell(["evaluate", scores, "--out", tmp_path / "out"], ">/dev/full")
    assert done.returncode == 1
    assert done.stderr == b"error: standard output: No space left on device\n"
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert shell(["evaluate", scores], "2>/dev/full").returncode == 0


def closed_pipe(words):
    """Standard output is a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            [*MAIN, *map(str, words)], stdout=writer, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writer)


@pytest.mark.parametrize("words", [["--help"], ["compare", "--help"], ["--version"]])
def test_who_reads_help_may_leave_early(words):
    done = closed_pipe(words)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_pipe_ends_in_one_line_and_code_1(scores, pictures, model, tmp_path):
    for words in (["evaluate", scores], ["evaluate", scores, "--json"]):
        done = closed_pipe(words)
        assert done.returncode == 1
        assert done.stderr == b"error: standard output: Broken pipe\n"
    done = closed_pipe(["analyze", pictures, "--model", model, "--json", "--out", tmp_path / "out"])
    assert done.returncode == 1
    said = done.stderr.decode()
    assert said.startswith("error: standard output: Broken pipe; the answers to 1 of 6 files are")
    assert said.count("\n") == 1
    assert len(json.loads((tmp_path / "out" / "results.json").read_text())["files"]) == 1


def started(words):
    return subprocess.Popen(
        [*MAIN, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_for(is_there, process):
    deadline = time.monotonic() + 120
    while not is_there():
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_ctrl_c_keeps_every_answer_given(pictures, model, tmp_path):
    for number in range(6, 400):
        (pictures / f"{number}.png").symlink_to(pictures / "1.png")
    results = tmp_path / "out" / "results.json"
    process = started(["analyze", pictures, "--model", model, "--out", tmp_path / "out", "--json"])
    wait_for(lambda: results.exists() and results.stat().st_size > 4000, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    kept = json.loads(results.read_text())["files"]
    assert 1 < len(kept) < 400
    assert len(kept) - len(out.splitlines()) in (0, 1)
    assert f"stopped; the answers to {len(kept)} of 400 files are in" in err.decode()
    assert "the same command with --resume goes on with" in err.decode()
    assert err.count(b"\n") == 1


@pytest.mark.slow
def test_ctrl_c_keeps_the_scores_of_a_store(model, tmp_path):
    write_toy_store(tmp_path / "store", per_class=500)
    words = ["evaluate", model, "--store", tmp_path / "store", "--all-rows"]
    words += ["--out", tmp_path / "out"]
    kept = tmp_path / "out" / KEPT_FILE
    process = started(words)
    wait_for(lambda: kept.exists() and kept.read_bytes().count(b"\n") >= 2, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert err == b"stopped; what is scored is kept: the same command continues\n"
    assert b'"of": [' in kept.read_bytes()
    done = shell(words)
    assert done.returncode == 0, done.stderr
    assert not kept.exists()
    assert (tmp_path / "out" / "scores.csv").read_text().count("\n") == 1001


@pytest.mark.slow
def test_ctrl_c_costs_a_training_nothing(tmp_path):
    write_toy_store(tmp_path / "store")
    words = ["train", "--store", tmp_path / "store", "--workers", "1", *SMALL]
    words += ["--set", "training.iterations=400"]
    run = RunFolder(tmp_path / "run")
    process = started([*words, "--out", run.path])
    wait_for(lambda: run.journal.exists() and run.journal.read_text().count("\n") >= 3, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    said = err.decode().splitlines()
    assert said[-2:] == [
        "stopping after this iteration; Ctrl-C again stops at once",
        f"stopped; the same command with --resume goes on from the last checkpoint in {run.path}",
    ]
    reached = json.loads(run.journal.read_text().splitlines()[-1])["step"]
    assert run.newest() == run.checkpoint(reached)
    more = ["--resume", "--set", f"training.iterations={reached + 1}"]
    done = shell([*words, "--out", run.path, *more])
    assert done.returncode == 0, done.stderr
    assert json.loads(run.journal.read_text().splitlines()[-1])["step"] == reached + 1


@pytest.mark.slow
def test_ctrl_c_and_the_same_command_continues_a_store(tmp_path):
    words = ["simulate", "--people", "20", "--attacks", "print", "--workers", "1"]
    words += ["--out", tmp_path / "store"]
    process = started(words)
    parts = tmp_path / "store" / "parts"
    wait_for(lambda: parts.exists() and any(parts.rglob("*")), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert b"stopped; what is finished is kept: the same command continues" in err
    assert b"Traceback" not in err
    done = shell(words)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "store" / "store.json").is_file()
