"""Where the work of a build is done: in this process, in a pool of processes, or on other machines.

An engine maps a function over tasks that do not know of each other. What a task leaves behind, it
writes itself (`building.parts`), so an engine hands over small results only, and may be stopped, or
lose workers, at any time.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from typing import Any, Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class WorkerDiedError(Exception):
    """A worker ended without an answer: killed, most often for want of memory."""

    def __init__(self, first_unfinished: int) -> None:
        super().__init__("a worker died")
        self.first_unfinished = first_unfinished
        """Index of the first task without a result, which is near the one that was lost."""


class Engine(Protocol):
    """Maps a function over tasks, somewhere."""

    def run(
        self, make: Callable[[], Callable[[Task], Result]], tasks: Sequence[Task]
    ) -> Iterator[Result]:
        """Results of `make()(task)` for every task, as they come, in no order.

        `make` is called at least once wherever tasks are done; it, tasks and results can be
        pickled. Leaving the iterator, or Ctrl-C, drops what has not begun. Raises
        `WorkerDiedError`, and whatever the function raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class InProcess:
    """One task after the other, here."""

    def run(
        self, make: Callable[[], Callable[[Task], Result]], tasks: Sequence[Task]
    ) -> Iterator[Result]:
        """As `Engine.run`, in the order of the tasks."""
        function = make()
        yield from map(function, tasks)


@dataclass(frozen=True, slots=True)
class Processes:
    """A pool of processes on this machine, which may be stopped or die at any time.

    They are spawned, not forked: OpenCV and face detectors hold threads that a fork would break. A
    program that starts them needs the usual `if __name__ == "__main__":`.
    """

    workers: int

    def run(
        self, make: Callable[[], Callable[[Task], Result]], tasks: Sequence[Task]
    ) -> Iterator[Result]:
        """As `Engine.run`; `make` is called once in each process."""
        pool = ProcessPoolExecutor(
            min(self.workers, len(tasks)) or 1,
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(make,),
        )
        try:
            futures = [pool.submit(_call, task) for task in tasks]
            for future in as_completed(futures):
                try:
                    yield future.result()
                except BrokenProcessPool as error:
                    unfinished = (
                        number
                        for number, each in enumerate(futures)
                        if not each.done() or each.cancelled() or each.exception() is not None
                    )
                    raise WorkerDiedError(next(unfinished, len(futures) - 1)) from error
        finally:
            pool.shutdown(cancel_futures=True)


def on_this_machine(workers: int) -> Engine:
    """The engine of so many processes; one is this process."""
    return InProcess() if workers == 1 else Processes(workers)


# The function of a worker process: the pool gives a task no other way to what was made before it.
_function: Callable[[Any], Any] | None = None


def _begin(make: Callable[[], Callable[[Any], Any]]) -> None:
    # Ctrl-C reaches the whole process group; a worker goes at once and without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _function
    _function = make()


def _end_with_parent() -> None:
    """Do not outlive a parent that was killed: nobody else would end this process."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)


def _call(task: Any) -> Any:
    assert _function is not None
    return _function(task)
