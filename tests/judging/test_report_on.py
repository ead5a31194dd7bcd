"""The threshold: stated, an oracle's, by a rule, the bundle's, the development rows'."""

import numpy as np
import pytest

from spooftrace.errors import SplitError
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.judging.report import Scored, choose_threshold
from spooftrace.metrics.thresholds import Threshold

BUNDLE = Threshold(value=0.9, rule="eer", split="dev", description="at export")


def scored(parts="dtdt", threshold=BUNDLE):
    """Live, live, spoof, spoof; d is development, t is test."""
    names = {"d": "dev", "t": "test"}
    return Scored(
        table=ScoreTable(
            id=np.array(list("abcd"), dtype=object),
            label=np.array([0, 0, 1, 1], np.int8),
            medium=np.array(["live", "live", "print", "print"], dtype=object),
            split=np.array([names[part] for part in parts], dtype=object),
            score=np.array([0.1, 0.2, 0.5, 0.4]),
        ),
        system="toy",
        threshold=threshold,
        threshold_caveat=", chosen elsewhere",
    )


def test_what_is_stated_comes_first():
    chosen, said = choose_threshold(scored(), "test", 0.7, "eer", oracle=True)
    assert (chosen.value, chosen.rule, chosen.split, said) == (0.7, "fixed", None, [])


def test_an_oracle_looks_at_the_rows_reported_on():
    chosen, _ = choose_threshold(scored(), "test", None, None, oracle=True)
    assert (chosen.split, round(chosen.value, 9)) == ("test", 0.3)


def test_a_rule_looks_at_the_development_rows_and_not_at_the_bundle():
    chosen, said = choose_threshold(scored(), "test", None, "eer")
    assert (chosen.split, round(chosen.value, 9), said) == ("dev", 0.3, [])


def test_then_the_bundle():
    chosen, said = choose_threshold(scored(), "test", None, None)
    assert chosen is BUNDLE
    assert said == ["the threshold is the bundle's, chosen elsewhere"]


def test_then_the_development_rows():
    chosen, said = choose_threshold(scored(threshold=None), "test", None, None)
    assert chosen.split == "dev"
    assert said == ["the threshold was chosen on the development rows of these scores"]


def test_none_is_chosen_on_the_rows_reported_on():
    chosen, said = choose_threshold(scored(), "dev", None, None)
    assert chosen is None
    assert said == ["figures at a threshold are left out: it was chosen on these rows (dev)"]
    chosen, said = choose_threshold(scored("tttt", threshold=None), "test", None, None)
    assert chosen is None
    assert "no development rows" in said[0]


def test_a_bundle_chosen_on_a_split_of_another_name_is_seen_through():
    named = Threshold(value=0.9, rule="eer", split="validation", description="")
    assert choose_threshold(scored(threshold=named), "dev", None, None)[0] is None


def test_a_rule_without_development_rows_is_an_error():
    with pytest.raises(SplitError, match="state a threshold"):
        choose_threshold(scored("tttt"), "test", None, "eer")
