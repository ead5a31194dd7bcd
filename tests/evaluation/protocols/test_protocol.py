from dataclasses import asdict

import numpy as np
import pytest

from spooftrace.errors import SplitError
from spooftrace.evaluation.protocols.average import average
from spooftrace.evaluation.protocols.protocol import (
    all_rows_test,
    default_split,
    leave_one_attack_out,
)
from spooftrace.evaluation.protocols.splits import SplitConfig, split_rows

MEDIA = ("live", "print", "replay")


def columns(people=20):
    """Every person in every medium once."""
    count = people * len(MEDIA)
    media = [MEDIA[n % 3] for n in range(count)]
    return {
        "id": [f"r{n}" for n in range(count)],
        "label": [int(medium != "live") for medium in media],
        "medium": media,
        "subject": [f"p{n // 3}" for n in range(count)],
        "clip": [None] * count,
        "database": ["SiW-M"] * count,
        "attributes": [{}] * count,
    }


def people_of(rows, data):
    return {data["subject"][row] for row in rows}


def test_the_default_is_the_split_as_configured():
    data, config = columns(), SplitConfig(group="subject")
    (fold,) = default_split(config).folds
    found, expected = fold.divide(data), split_rows(data, config)
    for part in ("train", "dev", "test", "unused"):
        assert (getattr(found, part) == getattr(expected, part)).all()


def test_all_rows_are_test():
    (fold,) = all_rows_test().folds
    found = fold.divide(columns())
    assert found.test.tolist() == list(range(60))
    assert found.train.size == found.dev.size == found.unused.size == 0
    assert set(found.names()) == {"test"}


def test_each_attack_is_unknown_once():
    data = columns()
    protocol = leave_one_attack_out(["print", "replay"])
    assert (protocol.over, [fold.name for fold in protocol.folds]) == (
        "attacks",
        ["without print", "without replay"],
    )
    people = []
    for held_out, fold in zip(("print", "replay"), protocol.folds, strict=True):
        parts = fold.divide(data)
        media = {name: {data["medium"][row] for row in getattr(parts, name)} for name in PARTS}
        assert held_out not in media["train"] | media["dev"]
        assert media["test"] == {"live", held_out}
        seen = [people_of(getattr(parts, name), data) for name in PARTS]
        assert sum(map(len, seen)) == len(set().union(*seen)) == 20
        people.append(seen)
        rows = np.concatenate([getattr(parts, name) for name in (*PARTS, "unused")])
        assert sorted(rows) == list(range(60))
    assert people[0] == people[1]  # the same people in the same parts


PARTS = ("train", "dev", "test")


def test_an_attack_that_no_test_person_shows_is_refused():
    data = columns()
    people = {"dev": [f"p{n}" for n in range(5)], "test": [f"p{n}" for n in range(5, 10)]}
    stated = SplitConfig(dev={"subject": people["dev"]}, test={"subject": people["test"]})
    (fold,) = leave_one_attack_out(["replay"], stated).folds
    assert {data["medium"][row] for row in fold.divide(data).test} == {"live", "replay"}
    rows = zip(data["medium"], data["subject"], strict=True)
    lacks = [medium == "replay" and who in people["test"] for medium, who in rows]
    kept = np.flatnonzero(~np.array(lacks)).tolist()
    fewer = {name: [values[n] for n in kept] for name, values in data.items()}
    with pytest.raises(SplitError, match=r"without replay: expected test rows with medium replay"):
        fold.divide(fewer)


def test_a_protocol_is_data():
    protocol = leave_one_attack_out(["print"], SplitConfig(dev_share=0.3))
    assert asdict(protocol)["folds"][0]["split"]["unseen"] == {"medium": ["print"]}
    assert asdict(protocol)["folds"][0]["split"]["dev_share"] == 0.3


def test_rows_of_another_database_are_not_the_protocols():
    protocol = leave_one_attack_out(["print"], database="SiW-M")
    assert protocol.is_of(["SiW-M", "SiW-M"])
    assert not protocol.is_of(["SiW-M", "mine"])
    assert not protocol.is_of([None])
    assert not protocol.is_of([])
    assert not default_split().is_of(["SiW-M"])


def test_an_average_counts_each_fold_once():
    found = average([0.0, 0.1, 0.2])
    assert (found.mean, found.deviation) == (pytest.approx(0.1), pytest.approx(0.1))
    assert average([0.5]).deviation is None
