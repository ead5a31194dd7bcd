"""Real processes, really killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_landmarker import FakeLandmarker, write_source

from spooftrace.building import parts
from spooftrace.building.engines import Processes
from spooftrace.building.preparation import prepare
from spooftrace.data.folder import Folder
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.store.store import Store

SCRIPT = Path(__file__).with_name("prepare_fake.py")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")


def start(source, out, log, *, delay_s=0.03, workers=2):
    command = [sys.executable, SCRIPT, source, out, log, str(delay_s), str(workers)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(SCRIPT.parent)])}
    return subprocess.Popen(
        list(map(str, command)),
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A test run in the background may ignore Ctrl-C, and its children with it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(condition, timeout_s=60):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


def calls(log):
    lines = log.read_text().splitlines() if log.exists() else []
    return [tuple(json.loads(line)) for line in lines]


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_source(tmp_path_factory.mktemp("pictures") / "faces", count=100)


@pytest.fixture(scope="module")
def whole(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    prepare(read_source(source), out, landmarker=FakeLandmarker())
    return out


def parts_in(out):
    return parts.finished(Folder(out / "parts"))


def pictures_of(numbers, source):
    """The marks by which the log knows the pictures of these chunks."""
    from spooftrace.building.build import chunked
    from spooftrace.data.sources.pictures import read_picture

    chunks = list(chunked(read_source(source).jobs))
    return {int(read_picture(job.path).sum()) for number in numbers for job in chunks[number]}


@pytest.mark.slow
@pytest.mark.parametrize(("least", "workers"), [(1, 2), (3, 1), (4, 2)])
def test_a_killed_run_goes_on_and_ends_the_same(source, whole, tmp_path, least, workers):
    out, log = tmp_path / "out", tmp_path / "log"
    process = start(source, out, log, workers=workers)
    wait_for(lambda: len(parts_in(out)) >= least)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    # Nobody is left behind.
    pids = {pid for _, pid in calls(log)}
    wait_for(lambda: not any(map(is_running, pids)), timeout_s=10)
    recorded = parts_in(out)
    assert least <= len(recorded) < 7
    assert not (out / "store.json").exists()

    again = tmp_path / "again"
    prepare(read_source(source), out, landmarker=FakeLandmarker(log=again))
    assert contents(out) == contents(whole)
    done_again = [mark for mark, _ in calls(again)]
    assert len(done_again) == len(set(done_again))
    assert not set(done_again) & pictures_of(recorded, source)
    assert set(done_again) | pictures_of(recorded, source) == pictures_of(range(7), source)


@pytest.mark.slow
def test_killed_again_and_again(source, whole, tmp_path):
    out = tmp_path / "out"
    for least in (1, 2, 4):
        process = start(source, out, tmp_path / "log", delay_s=0.02)
        wait_for(lambda n=least: len(parts_in(out)) >= n)
        process.kill()
        process.stderr.close()
        assert process.wait() == -signal.SIGKILL
    prepare(read_source(source), out, landmarker=FakeLandmarker())
    assert contents(out) == contents(whole)


@pytest.mark.slow
def test_interrupted_by_hand(source, whole, tmp_path):
    out = tmp_path / "out"
    process = start(source, out, tmp_path / "log")
    wait_for(lambda: len(parts_in(out)) >= 2)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode != 0
    assert said.count("Traceback") == said.count("KeyboardInterrupt") == 1
    prepare(read_source(source), out, landmarker=FakeLandmarker(), engine=Processes(2))
    assert contents(out) == contents(whole)
    assert len(Store.open(out)) == sum(number % 7 != 3 for number in range(100))
