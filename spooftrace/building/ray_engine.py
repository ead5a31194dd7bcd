"""The engine of a cluster: Ray Data hands the tasks to actors on all of its machines.

Where an actor is killed, or its machine goes, Ray starts another one and gives it what was not
finished. Its machines need this package, and reach the source and the parts under the same names.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from spooftrace.building.engines import Result, Task, WorkerDiedError
from spooftrace.errors import MissingExtraError, StoreError, first_line

BLOCKS: Final = 4096
"""At most so many units of scheduling: Ray's own work grows with them."""
OBJECT_STORE_BYTES: Final = 256 << 20
"""Of a cluster started here: tasks and results are small, faces are written to parts."""


@dataclass(frozen=True, slots=True)
class RayData:
    """As many actors as a cluster has CPUs, or fewer.

    Raises `MissingExtraError` where Ray is not installed.
    """

    address: str | None = None
    """Of a running cluster, as `auto` or `host:6379`; None starts one on this machine."""
    workers: int | None = None
    """Actors, of one CPU each; None is one for every CPU."""

    def __post_init__(self) -> None:
        _ray()

    def run(
        self, make: Callable[[], Callable[[Task], Result]], tasks: Sequence[Task]
    ) -> Iterator[Result]:
        """As `Engine.run`; `make` is called once in each actor."""
        if not tasks:
            return
        from ray.exceptions import RayError

        with _connected(self):
            waiting = set(range(len(tasks)))
            try:
                for number, outcome in self._outcomes(make, tasks):
                    waiting.discard(number)
                    if isinstance(outcome, Exception):
                        raise outcome
                    yield outcome
            except RayError as error:
                raise WorkerDiedError(min(waiting, default=len(tasks) - 1)) from error

    def _outcomes(
        self, make: Callable[[], Callable[[Any], Any]], tasks: Sequence[Any]
    ) -> Iterator[tuple[int, Any]]:
        """Numbers of tasks with what came of them, an exception where one was raised."""
        ray = _ray()
        cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))
        # Items that lie in memory need no task of reading, which would wait for a CPU for ever
        # where the actors have them all.
        numbered = ray.data.from_items(
            [{"number": number, "task": _Held(task)} for number, task in enumerate(tasks)],
            override_num_blocks=min(len(tasks), BLOCKS),
        )
        mapped = numbered.map_batches(
            _Actor,
            fn_constructor_args=(make,),
            batch_size=1,
            num_cpus=1,
            compute=ray.data.ActorPoolStrategy(size=min(self.workers or cpus, cpus, len(tasks))),
        )
        for row in mapped.iter_rows():
            yield int(row["number"]), row["outcome"].what


@dataclass(frozen=True, slots=True)
class _Held:
    """Keeps Ray from making arrays of tuples and lists."""

    what: Any


class _Actor:
    """Lives in a worker of Ray's."""

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        self._function = make()

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        try:
            outcome = self._function(batch["task"][0].what)
        except Exception as error:  # Ray would wrap it in one of its own, and try it again.
            outcome = error
        return {"number": [int(batch["number"][0])], "outcome": [_Held(outcome)]}


def _ray() -> Any:
    """Ray, which takes a second to import."""
    # It tells its makers of every cluster that is started, unless it is told not to; and it would
    # install the driver's working folder anew for every worker of what `uv run` started.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "the engine ray needs the extra 'cluster', of which ray is not installed; in the "
            "checkout: pip install '.[cluster]'"
        ) from error
    return ray


@contextmanager
def _connected(engine: RayData) -> Iterator[None]:
    """A connection to the cluster, left alone where the program has one already."""
    ray = _ray()
    if ray.is_initialized():
        yield
        return
    own = {"object_store_memory": OBJECT_STORE_BYTES, "include_dashboard": False}
    try:
        ray.init(
            address=engine.address or "local",
            num_cpus=None if engine.address else engine.workers,
            log_to_driver=False,
            logging_level="ERROR",
            **({} if engine.address else own),
        )
    except (ConnectionError, OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        raise StoreError(
            f"--address {engine.address}: expected a Ray cluster that answers ({first_line(error)})"
            "; start it with `ray start --head`, or leave the address out"
        ) from error
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        yield
    finally:
        ray.shutdown()
