import numpy as np
import pytest
import slow_rates
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.curve import error_curve
from spooftrace.metrics.operating_points import (
    BPCER_POINTS,
    bpcer_at_apcer,
    bpcer_at_apcer_of,
    threshold_at_apcer,
)
from spooftrace.metrics.thresholds import apcer_threshold, fit_threshold

tied = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=20)
species = st.dictionaries(st.sampled_from(["a", "b", "c"]), tied, min_size=1)
budgets = st.floats(0, 0.999) | st.sampled_from([0.1, 0.05, 0.01, 0.29, 1 / 3])


def test_points_of_the_standard():
    assert BPCER_POINTS == {10: 0.1, 20: 0.05, 100: 0.01}


def test_bpcer_at_apcer_worked_by_hand():
    attacks = {"print": np.arange(10.0), "replay": np.arange(5.0, 15.0)}
    # One print of ten may pass: the second lowest, 1.0, is the highest threshold that allows it.
    found = bpcer_at_apcer(attacks, [0.0, 0.5, 1.0, 2.0], 0.1)
    assert found == (0.5, 1.0, "print")
    # 5 % of ten is less than one: none may pass.
    assert bpcer_at_apcer(attacks, [0.0, -1.0], 0.05) == (0.5, 0.0, "print")


@given(attacks=tied, budget=budgets)
def test_the_threshold_holds_and_is_the_highest(attacks, budget):
    threshold = threshold_at_apcer(attacks, budget)
    assert slow_rates.apcer(attacks, threshold) <= budget
    assert slow_rates.apcer(attacks, np.nextafter(threshold, np.inf)) > budget


@given(attacks=species, live=tied, budget=budgets)
def test_the_budget_holds_for_every_species_and_the_curve_agrees(attacks, live, budget):
    found = bpcer_at_apcer(attacks, live, budget)
    assert slow_rates.worst_apcer(attacks, found.threshold)[1] <= budget
    each = [float(bpcer_at_apcer_of(error_curve(a, live), budget)) for a in attacks.values()]
    assert found.bpcer == pytest.approx(max(each))


@given(attacks=species, live=tied)
def test_more_security_never_costs_less(attacks, live):
    costs = [bpcer_at_apcer(attacks, live, budget).bpcer for budget in BPCER_POINTS.values()]
    assert costs == sorted(costs)


def test_apcer_rule_says_what_it_did():
    attacks = {"print": [1.0, 2.0, 3.0, 4.0], "replay": [5.0, 6.0]}
    found = apcer_threshold(attacks, [0.0, 2.5], 0.25, split="dev")
    assert (found.value, found.rule, found.split) == (2.0, "apcer@0.25", "dev")
    assert found.description == (
        "highest threshold with APCER <= 0.25 of each of 2 species: 1 of 4 attacks of print pass, "
        "BPCER 50.00% of dev"
    )
    assert fit_threshold("apcer@0.25", attacks, [0.0, 2.5], split="dev") == found
    short = apcer_threshold(attacks, [0.0], 0.01, split="dev")
    assert "0 of 4 attacks of print pass (the budget is less than one sample" in short.description


def test_errors():
    with pytest.raises(NoSamplesError, match="at least one attack species"):
        bpcer_at_apcer({}, [0.0], 0.1)
    with pytest.raises(NoSamplesError, match=r"attack \(print\) scores"):
        bpcer_at_apcer({"print": []}, [0.0], 0.1)
    with pytest.raises(NoSamplesError, match="live scores"):
        bpcer_at_apcer({"print": [1.0]}, [], 0.1)
    with pytest.raises(ConfigError, match="error budget"):
        threshold_at_apcer([1.0], 1.0)
