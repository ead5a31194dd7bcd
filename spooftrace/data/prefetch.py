"""Work done by threads a little ahead of its use, in order and in bounded memory.

Decoding, OpenCV and NumPy let go of the interpreter, so threads share the processors.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import numpy as np

from spooftrace.faces.picture import Picture

Task = TypeVar("Task")
Result = TypeVar("Result")


def prefetched(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    ahead: int,
    workers: int | None = None,
) -> Iterator[Result]:
    """`function(task)` of every task, in the order of the tasks.

    At most `ahead` results are made before they are asked for. The tasks are taken one by one in
    the caller's thread, so they may themselves be made as they are needed. Leaving the iterator
    drops what has not begun. What the function raises comes at its place in the order.

    Args:
        function: called from several threads at once.
        tasks: as many as there are; endless ones too.
        ahead: 1 or more.
        workers: threads, by default one a processor.
    """
    pool = ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="prefetch")
    left = iter(tasks)
    begun: deque[Future[Result]] = deque()
    try:
        begun.extend(pool.submit(function, task) for task in islice(left, ahead))
        while begun:
            yield begun.popleft().result()
            begun.extend(pool.submit(function, task) for task in islice(left, 1))
    finally:
        pool.shutdown(cancel_futures=True)


def stacked(pictures: Iterable[Picture], size: int) -> Iterator[Picture]:
    """Pictures (n, n, 3) in batches [b, n, n, 3] of `size`, the last of which may be smaller."""
    left = iter(pictures)
    while batch := list(islice(left, size)):
        yield np.stack(batch)
