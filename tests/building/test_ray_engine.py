"""Ray Data gives the same store as any other engine, and loses nothing with a worker.

One small cluster is started for all of these; they skip where Ray is not installed.
"""

import hashlib
import json
import os
import signal
import sys
from functools import partial

import pytest
from fake_landmarker import FakeLandmarker, write_source

from spooftrace.building.attacking import Programme, simulate
from spooftrace.building.engines import InProcess, Processes
from spooftrace.building.portraits import Modelled, people_of_model
from spooftrace.building.preparation import prepare
from spooftrace.data.layouts.chooser import read_source
from spooftrace.labels import Medium

ray = pytest.importorskip("ray")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals"),
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]


@pytest.fixture(scope="module")
def cluster():
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        patched.setenv("RAY_worker_niceness", "0")  # its workers would wait for everybody else
        ray.init(
            address="local",
            num_cpus=2,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            object_store_memory=100 << 20,
        )
        from spooftrace.building.ray_engine import RayData

        yield RayData
        ray.shutdown()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return read_source(write_source(tmp_path_factory.mktemp("pictures") / "faces", count=100))


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    prepare(source, out, landmarker=FakeLandmarker())
    return hashes(out)


class Refusing:
    def __call__(self, number):
        if number == 3:
            raise KeyError(f"refused {number}")
        return number, "of" * number


class Doubled:
    """Tuples of one kind, which could be taken for arrays."""

    def __call__(self, pair):
        assert type(pair) is tuple
        return (2 * pair[0], 2 * pair[1])


def test_every_task_has_its_result_and_what_is_raised_is_raised(cluster, monkeypatch):
    monkeypatch.setattr("spooftrace.building.ray_engine.BLOCKS", 2)
    assert sorted(cluster().run(Doubled, [(n, n) for n in range(5)])) == [
        (2 * n, 2 * n) for n in range(5)
    ]
    results = sorted(cluster().run(Refusing, [0, 1, 2, 4, 5]))
    assert results == [(n, "of" * n) for n in (0, 1, 2, 4, 5)]
    assert list(cluster().run(Refusing, [])) == []
    with pytest.raises(KeyError, match="refused 3"):
        list(cluster().run(Refusing, [2, 3, 4]))


def test_the_store_is_the_same_whatever_the_engine_and_the_workers(
    cluster, source, whole, tmp_path
):
    engines = {"processes": Processes(2), "ray": cluster(workers=1), "rays": cluster(workers=2)}
    for name, engine in engines.items():
        prepare(source, tmp_path / name, landmarker=FakeLandmarker(), engine=engine)
        assert hashes(tmp_path / name) == whole, name


def test_a_worker_that_is_killed_costs_nothing(cluster, source, whole, tmp_path):
    log, killed = tmp_path / "log", []

    def kill_one(state):
        if state.done and not killed:
            pid = json.loads(log.read_text().splitlines()[-1])[1]
            assert pid != os.getpid()
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    landmarker = FakeLandmarker(log=log, delay_s=0.05)
    out = tmp_path / "out"
    prepare(source, out, landmarker=landmarker, engine=cluster(workers=2), progress=kill_one)
    assert hashes(out) == whole
    pids = {json.loads(line)[1] for line in log.read_text().splitlines()}
    assert killed
    assert len(pids) >= 3 or pids - set(killed)  # somebody else did the rest


def test_simulated_attacks_are_the_same_too(cluster, tmp_path):
    people = people_of_model(2, seed=1)
    make = partial(Programme, attacks=(Medium.PRINT,), live_per_face=1)
    for name, engine in {"here": InProcess(), "ray": cluster()}.items():
        simulate(people, tmp_path / name, make(seed=5), portraits=Modelled, engine=engine)
    assert hashes(tmp_path / "here") == hashes(tmp_path / "ray")
