"""Each system at a threshold of its own; what the command does is in `tests/cli`."""

from dataclasses import replace

import numpy as np
import pytest

from spooftrace.errors import SplitError
from spooftrace.evaluation.estimates.rate import BPCER
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.judging.comparison import compare_scored
from spooftrace.judging.report import Scored


def table(scores, parts="ddtttt"):
    return ScoreTable(
        id=np.array(list("abcdef"), dtype=object),
        label=np.array([0, 1, 0, 0, 1, 1], np.int8),
        medium=np.array(["live", "print", "live", "live", "print", "print"], dtype=object),
        split=np.array([{"d": "dev", "t": "test"}[part] for part in parts], dtype=object),
        score=np.array(scores, np.float64),
    )


RIGHT = Scored(table=table([0, 1, 0.1, 0.2, 0.8, 0.9]), system="a")
WRONG = Scored(table=table([2, 8, 3, 9, 8, 7]), system="b")


def bpcer(found):
    return next(each.between.value for each in found.differences if each.rate == BPCER)


def test_thresholds_are_chosen_on_each_ones_development_rows():
    found = compare_scored(RIGHT, WRONG)
    assert [side.threshold.value for side in (found.first, found.second)] == [0.5, 5]
    assert [side.threshold.split for side in (found.first, found.second)] == ["dev", "dev"]
    assert bpcer(found) == -0.5


def test_without_development_rows_there_is_none():
    split = table([0] * 6, "tttttt").split
    systems = [replace(each, table=replace(each.table, split=split)) for each in (RIGHT, WRONG)]
    found = compare_scored(*systems)
    assert found.first.threshold is None
    assert found.differences
    assert compare_scored(*systems, oracle=True).is_oracle


def test_stated_for_one_alone_is_an_error():
    with pytest.raises(SplitError, match="for both systems or for neither"):
        compare_scored(RIGHT, WRONG, split="dev", thresholds=(0.5, None))
