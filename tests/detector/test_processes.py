"""A detector among threads and processes; each claim by real ones."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut
from toy_bundle import toy_info, write_toy

from spooftrace.detector.detector import SpoofDetector
from spooftrace.errors import BundleError, ConfigError

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.fixture
def bundle(tmp_path):
    return write_toy(tmp_path / "toy.onnx", toy_info())


@pytest.fixture
def detector(bundle):
    return SpoofDetector.load(bundle)


def judged(detector):
    """What must be the same everywhere, to the last bit."""
    answer = detector.predict(astronaut())
    return answer.score, answer.box, answer.evidence.trace.tobytes()


def run(program, **options):
    """A program of its own; what it needs to say it writes to stdout."""
    return subprocess.run(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
        **options,
    )


def begin(bundle):
    return f"""
import os, signal, sys, threading, time
from skimage.data import astronaut
from spooftrace.detector.detector import SpoofDetector
detector = SpoofDetector.load({str(bundle)!r})
score = detector.predict(astronaut()).score
"""


@forks
def test_a_detector_that_has_judged_may_be_forked(detector):
    before = judged(detector)
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # A hang ends with SIGALRM, and the test with its number.
        os._exit(0 if judged(detector) == before else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert judged(detector) == before


_shared: SpoofDetector | None = None


def judge_shared(_: int) -> object:
    assert _shared is not None
    return judged(_shared)


@forks
def test_a_pool_of_forked_workers_shares_a_detector_that_has_judged(detector):
    global _shared
    _shared, before = detector, judged(detector)
    try:
        with multiprocessing.get_context("fork").Pool(2) as pool:
            answers = pool.map_async(judge_shared, range(6)).get(timeout=120)
    finally:
        _shared = None
    assert answers == [before] * 6


@forks
@pytest.mark.slow
def test_workers_of_a_server_judge_and_end(bundle):
    # As gunicorn --preload: judged before the fork, workers that judge and leave by sys.exit.
    ended = run(
        begin(bundle)
        + """
workers = []
for number in range(2):
    worker = os.fork()
    if worker == 0:
        signal.alarm(120)
        same = all(detector.predict(astronaut()).score == score for _ in range(5))
        sys.exit(10 + number if same else 1)
    workers.append(worker)
print([os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers])
""",
        stderr=subprocess.PIPE,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("[10, 11]\n", "", 0)


@pytest.mark.slow
def test_a_detector_is_sent_to_spawned_processes(detector):
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(judged, [detector] * 2)) == [judged(detector)] * 2


def test_a_bundle_travels_as_its_path(detector, bundle):
    sent = pickle.dumps(detector)
    assert len(sent) < 1000
    assert judged(pickle.loads(sent)) == judged(detector)
    write_toy(bundle, toy_info(alpha_0=3.0))
    with pytest.raises(BundleError, match="the file was replaced meanwhile; load the detector"):
        pickle.loads(sent)
    bundle.unlink()
    with pytest.raises(BundleError, match="no such file"):
        pickle.loads(sent)


def test_many_threads_give_the_answer_of_one(detector):
    alone, found = judged(detector), []
    threads = [threading.Thread(target=lambda: found.append(judged(detector))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 8


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_thread_for_every_request_costs_no_memory(bundle):
    ended = run(
        begin(bundle)
        + """
def memory():
    return int(open("/proc/self/statm").read().split()[1])

def threads():
    return len(os.listdir("/proc/self/task"))

picture, seen = astronaut(), []
for request in range(1, 1001):
    thread = threading.Thread(target=detector.predict, args=(picture,))
    thread.start()
    thread.join()
    if request in (40, 1000):
        time.sleep(0.5)  # a thread that was joined leaves the system's list a moment later
        seen.append((memory(), threads()))
print(seen[1][0] / seen[0][0], seen[1][1] - seen[0][1])
""",
    )
    grown, more_threads = ended.stdout.split()
    assert float(grown) < 1.05
    assert more_threads == "0"


def test_nothing_is_said_and_others_may_speak(bundle):
    # Another thread writes to stderr all the while; not a line may be lost.
    ended = run(
        begin(bundle)
        + """
import numpy as np
done = threading.Event()
lines = 0

def speak():
    global lines
    while not done.is_set():
        os.write(2, b"heard\\n")
        lines += 1

speaker = threading.Thread(target=speak)
speaker.start()
for picture in (astronaut(), np.zeros((300, 200, 3), np.uint8), astronaut()[:, ::-1]) * 3:
    detector.predict(picture)
done.set()
speaker.join()
print(lines)
""",
        stderr=subprocess.PIPE,
    )
    said = ended.stderr.splitlines()
    assert set(said) == {"heard"}
    assert ended.stdout == f"{len(said)}\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a shell closes the descriptors")
@pytest.mark.parametrize("closed", ["2>&-", "1>&- 2>&-", "0<&- 2>&-"])
def test_a_program_without_stderr_judges(bundle, tmp_path, closed):
    program = tmp_path / "judge.py"
    answer = tmp_path / "answer"
    program.write_text(begin(bundle) + f"open({str(answer)!r}, 'w').write(repr(score))\n")
    status = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" "{program}" {closed}'], check=False, timeout=120
    )
    assert status.returncode == 0
    assert float(answer.read_text()) == SpoofDetector.load(bundle).predict(astronaut()).score


def test_a_detector_is_closed_by_its_block(bundle):
    with SpoofDetector.load(bundle) as detector:
        assert detector.predict(astronaut()).score is not None
    with pytest.raises(ConfigError, match="got one that was closed"):
        detector.predict(astronaut())
    with pytest.raises(ConfigError, match="got one that was closed"):
        detector.score_faces(np.zeros((1, 32, 32, 3), np.uint8))
