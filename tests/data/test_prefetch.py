"""Results come in order, a bounded number ahead, and errors at their place."""

import threading
import time
from itertools import count, islice

import numpy as np
import pytest

from spooftrace.data.prefetch import prefetched, stacked


@pytest.mark.parametrize("workers", [1, 3, None])
@pytest.mark.parametrize("ahead", [1, 2, 7])
def test_results_are_in_the_order_of_the_tasks(workers, ahead):
    def slow_when_even(number):
        time.sleep(0.002 * (number % 2 == 0))
        return number * number

    found = list(prefetched(slow_when_even, range(20), ahead=ahead, workers=workers))
    assert found == [number * number for number in range(20)]


def test_tasks_are_taken_as_they_are_needed():
    """At most so many ahead of what was asked for, even of an endless row of tasks."""
    taken = []

    def tasks():
        for number in count():
            taken.append(number)
            yield number

    results = prefetched(lambda number: number, tasks(), ahead=4, workers=2)
    assert list(islice(results, 6)) == [0, 1, 2, 3, 4, 5]
    assert taken == list(range(4 + 5))
    results.close()


def test_work_is_done_while_the_last_result_is_used():
    """With two ahead, the second result is made before anybody asks for it."""
    made = threading.Event()

    def work(number):
        if number == 1:
            made.set()
        return number

    results = prefetched(work, range(5), ahead=2, workers=1)
    assert next(results) == 0
    assert made.wait(5)


def test_an_error_comes_at_its_place():
    def refuse_three(number):
        if number == 3:
            raise KeyError("three")
        return number

    results = prefetched(refuse_three, range(9), ahead=5, workers=2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError, match="three"):
        next(results)


def test_leaving_early_drops_what_has_not_begun():
    begun = []

    def work(number):
        begun.append(number)
        time.sleep(0.01)
        return number

    results = prefetched(work, range(1000), ahead=50, workers=1)
    next(results)
    results.close()
    assert len(begun) < 10
    assert not [t for t in threading.enumerate() if t.name.startswith("prefetch")]


def test_pictures_are_stacked_and_the_last_batch_may_be_smaller():
    pictures = [np.full((4, 4, 3), number, np.uint8) for number in range(5)]
    batches = list(stacked(iter(pictures), 2))
    assert [batch.shape for batch in batches] == [(2, 4, 4, 3), (2, 4, 4, 3), (1, 4, 4, 3)]
    assert [int(batch[-1, 0, 0, 0]) for batch in batches] == [1, 3, 4]
    assert list(stacked(iter([]), 2)) == []
