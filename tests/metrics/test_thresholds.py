from dataclasses import asdict

import numpy as np
import pytest
import slow_rates
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics import rates
from spooftrace.metrics.curve import error_curve
from spooftrace.metrics.thresholds import (
    Threshold,
    bpcer_threshold,
    eer_threshold,
    fit_threshold,
    fixed_threshold,
    is_expressible,
    min_acer_threshold,
    tdr_threshold,
)

LIVE = [0.0, 1.0, 2.0, 4.0]
ATTACKS = {"print": [3.0, 5.0], "replay": [6.0, 7.0]}
tied = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=15)


def test_eer_rule():
    found = eer_threshold([3.0, 5.0, 6.0, 7.0], LIVE, split="dev")
    assert asdict(found) == {
        "value": 3.5,
        "rule": "eer",
        "split": "dev",
        "description": (
            "APCER and BPCER are closest here: EER 25.00% on 4 attacks and 4 live samples of dev"
        ),
    }


def test_min_acer_rule_weighs_the_worst_species():
    # Pooled, 4.5 (one missed attack of four) and 2.5 (one refused live face of four) are equals; by
    # species the miss is 1/2 of print, so that ACER is 1/4 at 4.5 and 1/8 at 2.5.
    found = min_acer_threshold(ATTACKS, LIVE, split="dev")
    assert found.value == 2.5
    assert "smallest ACER, 12.50%, worst of 2 species" in found.description
    assert found.rule == "min_acer"


def test_bpcer_rule():
    found = bpcer_threshold(LIVE, 0.25, split="devel")
    assert found.value == np.nextafter(2.0, np.inf)
    assert (found.rule, found.split) == ("bpcer@0.25", "devel")
    assert found.description == (
        "lowest threshold with BPCER <= 0.25: 1 of 4 live samples refused of devel"
    )


def test_tdr_rule_says_where_the_budget_cannot_be_expressed():
    found = tdr_threshold([5.0, 3.0], LIVE, split="dev")
    assert found.value == np.nextafter(4.0, np.inf)
    assert found.rule == "tdr@fdr=0.005"
    assert found.description == (
        "detects 50.00% of 2 attacks at FDR <= 0.005: 0 of 4 live samples refused "
        "(the budget is less than one sample, so none may be) of dev"
    )


@pytest.mark.parametrize("rule", ["eer", "min_acer", "bpcer@0.25", "tdr@fdr=0.25"])
def test_rules_by_name_keep_their_name(rule):
    found = fit_threshold(rule, ATTACKS, LIVE, split="dev")
    assert found.rule == rule
    again = fit_threshold(found.rule, ATTACKS, LIVE, split="dev")
    assert again == found


def test_rules_by_name_do_what_they_say():
    pooled = [3.0, 5.0, 6.0, 7.0]
    expected = {
        "eer": eer_threshold(pooled, LIVE, split="dev"),
        "min_acer": min_acer_threshold(ATTACKS, LIVE, split="dev"),
        "bpcer@0.3": bpcer_threshold(LIVE, 0.3, split="dev"),
        "tdr@fdr=0.3": tdr_threshold(pooled, LIVE, 0.3, split="dev"),
    }
    found = {rule: fit_threshold(rule, ATTACKS, LIVE, split="dev") for rule in expected}
    assert found == expected


@pytest.mark.parametrize("rule", ["", "best", "eer@0.1", "bpcer", "bpcer@", "tdr@0.1", "acer"])
def test_unknown_rules(rule):
    with pytest.raises(ConfigError, match="expected one of eer, min_acer, bpcer@BUDGET"):
        fit_threshold(rule, ATTACKS, LIVE, split="dev")


def test_budgets_that_are_none():
    with pytest.raises(ConfigError, match="a fraction for BUDGET, got 'bpcer@one'"):
        fit_threshold("bpcer@one", ATTACKS, LIVE, split="dev")
    with pytest.raises(ConfigError, match=r"fraction in \[0, 1\), got 5"):
        fit_threshold("tdr@fdr=5", ATTACKS, LIVE, split="dev")


def test_empty_classes():
    with pytest.raises(NoSamplesError, match="at least one species"):
        fit_threshold("eer", {}, LIVE, split="dev")
    with pytest.raises(NoSamplesError, match=r"attack \(print\) scores"):
        fit_threshold("min_acer", {"print": []}, LIVE, split="dev")
    with pytest.raises(NoSamplesError, match="live scores"):
        fit_threshold("bpcer@0.1", ATTACKS, [], split="dev")


def test_a_stated_threshold_has_no_split():
    found = fixed_threshold(0.25, "the user")
    assert (found.rule, found.split, found.description) == ("fixed", None, "stated by the user")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_threshold_is_finite(value):
    with pytest.raises(ConfigError, match=r"threshold\.value: expected a finite number"):
        Threshold(value=value, rule="eer", split="dev", description="")


@pytest.mark.parametrize(
    ("budget", "samples", "expressible"),
    [
        (0.005, 100, False),
        (0.005, 199, False),
        (0.005, 200, True),
        (0.1, 10, True),
        (0.0, 9, False),
    ],
)
def test_what_a_sample_count_can_express(budget, samples, expressible):
    assert is_expressible(budget, samples) is expressible


@given(attacks=st.dictionaries(st.sampled_from(["a", "b", "c"]), tied, min_size=1), live=tied)
def test_min_acer_is_that_of_an_exhaustive_search(attacks, live):
    found = min_acer_threshold(attacks, live, split="dev")
    expected, number = slow_rates.min_acer(attacks, live)
    _, worst = slow_rates.worst_apcer(attacks, found.value)
    assert rates.acer(worst, slow_rates.bpcer(live, found.value)) == pytest.approx(expected)
    pooled = np.concatenate([np.array(scores) for scores in attacks.values()])
    assert found.value == error_curve(pooled, live).thresholds[number]


@given(live=tied, budget=st.floats(0, 0.99))
def test_the_bpcer_rule_holds_on_its_own_rows(live, budget):
    assert slow_rates.bpcer(live, bpcer_threshold(live, budget, split="dev").value) <= budget
