"""One session for threads and forks; each claim by real processes."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from spooftrace.errors import ConfigError
from spooftrace.faces.networks import face_networks
from spooftrace.onnx_session import OnnxSession

FILE = Path(face_networks.__file__).with_name("detect_near.onnx")
MODEL = FILE.read_bytes()
INPUT = {"pictures": np.random.default_rng(0).integers(0, 256, (1, 128, 128, 3), dtype=np.uint8)}


def scores(session):
    return session.run(["scores"], INPUT)[0]


def in_child(function, *, seconds=60):
    """Exit status of a forked child that runs the function and ends as programs do."""
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)  # A hang ends with SIGALRM, and the test with its number.
        try:
            fine = function()
        except BaseException:
            fine = False
        os._exit(0 if fine else 1)
    return os.waitpid(child, 0)[1]


@pytest.mark.parametrize("threads", [1, 2, None])
def test_a_session_goes_on_in_a_forked_child(threads):
    session = OnnxSession(MODEL, threads=threads)
    before = scores(session)
    assert in_child(lambda: np.array_equal(scores(session), before)) == 0
    assert np.array_equal(scores(session), before)


def test_forks_of_forks_while_threads_run():
    session = OnnxSession(MODEL, threads=2)
    before, stop = scores(session), threading.Event()

    def work():
        while not stop.is_set():
            scores(session)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()

    def grandchild():
        return np.array_equal(scores(session), before)

    try:
        statuses = [
            in_child(lambda: np.array_equal(scores(session), before) and not in_child(grandchild))
            for _ in range(10)
        ]
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    assert statuses == [0] * 10


def run(program):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )


BEGIN = f"""
import os, signal, sys
import numpy as np
from pathlib import Path
from spooftrace.onnx_session import OnnxSession
session = OnnxSession(Path({str(FILE)!r}).read_bytes(), threads=THREADS)
pictures = np.zeros((1, 128, 128, 3), np.uint8)
session.run(["scores"], {{"pictures": pictures}})
"""


@pytest.mark.parametrize("threads", [1, 2])
def test_a_forked_child_ends_as_any_program(threads):
    # Not by os._exit: the runtime's own exit handlers run, as in a worker of a web server.
    ended = run(
        BEGIN.replace("THREADS", str(threads))
        + "child = os.fork()\n"
        + "if child == 0:\n"
        + "    signal.alarm(60)\n"
        + "    session.run(['scores'], {'pictures': pictures})\n"
        + "    sys.exit(7)\n"
        + "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("7\n", "", 0)


def test_one_thread_means_no_thread_but_the_callers():
    ended = run(
        BEGIN.replace("THREADS", "1") + "print(len(os.listdir('/proc/self/task')))\n"
        if sys.platform == "linux"
        else "print(1)"
    )
    assert ended.stdout == "1\n"


def test_nothing_is_reported_to_the_runtimes_makers():
    ended = run(BEGIN.replace("THREADS", "1") + "print(os.environ['ORT_DISABLE_TELEMETRY'])\n")
    assert ended.stdout == "1\n"


def test_many_threads_may_open_it_at_once():
    session, start = OnnxSession(MODEL), threading.Barrier(8)
    found, opened = [], []

    def work():
        start.wait()
        found.append(scores(session))
        opened.append(session.open())

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 8
    assert all(np.array_equal(one, found[0]) for one in found)
    assert len(set(map(id, opened))) == 1


def test_closed_means_closed():
    session = OnnxSession(MODEL)
    scores(session)
    session.close()
    session.close()
    with pytest.raises(ConfigError, match="got one that was closed; make or load it anew"):
        scores(session)


def test_threads_are_counted_from_one():
    with pytest.raises(ConfigError, match="threads: expected at least 1, got 0"):
        OnnxSession(MODEL, threads=0)


def test_a_session_itself_does_not_travel():
    # Who owns it says how it is made anew: by a path, or by the package.
    with pytest.raises(TypeError):
        pickle.dumps(OnnxSession(MODEL))
