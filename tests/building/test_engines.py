"""Every engine gives the same results; a pool may lose its workers."""

import os
import signal
from functools import partial

import pytest

from spooftrace.building.engines import (
    InProcess,
    Processes,
    WorkerDiedError,
    on_this_machine,
)


class Power:
    def __init__(self, exponent):
        self.exponent = exponent

    def __call__(self, number):
        return number**self.exponent


class Fragile:
    def __call__(self, number):
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number


class Refusing:
    def __call__(self, number):
        raise KeyError(f"refused {number}")


class Noting:
    """Leaves a line where it is made."""

    def __init__(self, log):
        with log.open("a") as file:
            file.write("made\n")

    def __call__(self, number):
        return number


ENGINES = [InProcess(), Processes(1), Processes(3)]


@pytest.mark.parametrize("engine", ENGINES, ids=repr)
def test_every_task_has_its_result(engine):
    assert sorted(engine.run(partial(Power, 3), range(7))) == [n**3 for n in range(7)]
    assert list(engine.run(partial(Power, 3), [])) == []


@pytest.mark.parametrize("engine", ENGINES, ids=repr)
def test_what_the_function_raises_is_raised(engine):
    with pytest.raises(KeyError, match="refused 4"):
        list(engine.run(Refusing, [4]))


@pytest.mark.parametrize(("engine", "times"), [(InProcess(), 1), (Processes(2), 2)], ids=repr)
def test_the_function_is_made_once_in_each_process(engine, times, tmp_path):
    log = tmp_path / "log"
    assert len(list(engine.run(partial(Noting, log), range(40)))) == 40
    assert 1 <= len(log.read_text().splitlines()) <= times


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_dead_worker_is_said_with_the_first_task_without_a_result():
    with pytest.raises(WorkerDiedError) as died:
        list(Processes(1).run(Fragile, range(6)))
    assert died.value.first_unfinished == 3


def test_one_worker_is_this_process():
    assert on_this_machine(1) == InProcess()
    assert on_this_machine(2) == Processes(2)


def test_leaving_early_drops_the_rest(tmp_path):
    results = InProcess().run(partial(Noting, tmp_path / "log"), range(10**9))
    assert next(results) == 0
    results.close()
