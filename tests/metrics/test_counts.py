"""No answers, the whole system, attack potentials, folds, and what no error tells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.errors import ConfigError, NoSamplesError, ScoreFileError
from spooftrace.metrics.folds import over_folds
from spooftrace.metrics.intervals import clopper_pearson, rule_of_three, upper_bound
from spooftrace.metrics.no_answer import NoAnswer, apnrr_by_species, bpnrr, worst_apnrr
from spooftrace.metrics.rates import apcer_by_potential, worst_apcer
from spooftrace.metrics.system import Presentations, Share, system_rates

ATTACKS = {"print": [1.0, 3.0], "replay": [0.0, 0.0, 3.0, 3.0], "mask": [3.0, 3.0, 3.0, 1.0]}
POTENTIALS = {"print": "basic", "replay": "basic", "mask": "moderate"}


def test_no_answers():
    assert bpnrr(3, 9).rate == 0.25
    assert bpnrr(3, 9).interval() == clopper_pearson(3, 12)
    found = apnrr_by_species({"print": 1, "mask": 2}, {"print": 3, "replay": 5})
    assert {name: (rate.count, rate.presentations) for name, rate in found.items()} == {
        "mask": (2, 2),
        "print": (1, 4),
        "replay": (0, 5),
    }
    assert worst_apnrr({"b": 1, "a": 1}, {"b": 1, "a": 1})[0] == "a"


def test_errors_of_no_answers():
    with pytest.raises(NoSamplesError, match="at least one presentation"):
        bpnrr(0, 0)
    with pytest.raises(NoSamplesError, match="at least one attack species"):
        worst_apnrr({}, {})
    with pytest.raises(ConfigError, match="expected 0 to 3 presentations without answer, got 4"):
        NoAnswer(count=4, presentations=3)


def presentations(passed, matched):
    return Presentations(np.array(passed, dtype=bool), np.array(matched, dtype=bool))


def test_system_rates_worked_by_hand():
    found = system_rates(
        {
            "print": presentations([1, 1, 0, 0], [1, 0, 1, 1]),
            "mask": presentations([1, 1, 1, 0], [1, 1, 0, 0]),
        },
        presentations([1, 1, 1, 0, 1], [1, 1, 0, 1, 1]),
    )
    assert found.iapar == {"print": Share(events=1, trials=4), "mask": Share(events=2, trials=4)}
    assert {name: share.rate for name, share in found.iapmr.items()} == {"print": 0.75, "mask": 0.5}
    assert (found.frr.rate, found.fnmr.rate) == (0.4, 0.2)
    assert found.worst_species == "mask"
    assert found.riapar == pytest.approx(1 + (0.5 - (1 - 0.4)))


def test_refusing_everybody_is_no_better_than_accepting_everybody():
    nobody, all_ = presentations([0, 0], [1, 1]), presentations([1, 1], [1, 1])
    assert system_rates({"print": nobody}, nobody).riapar == 1
    assert system_rates({"print": all_}, all_).riapar == 1
    assert system_rates({"print": nobody}, all_).riapar == 0


def test_errors_of_system_rates():
    one = presentations([1], [1])
    with pytest.raises(NoSamplesError, match="at least one attack species"):
        system_rates({}, one)
    with pytest.raises(NoSamplesError, match=r"\(mask\), got none"):
        system_rates({"mask": presentations([], [])}, one)
    with pytest.raises(ScoreFileError, match=r"got \(2,\) and \(1,\)"):
        presentations([1, 0], [1])


def test_attack_potential_takes_all_species_up_to_it():
    found = apcer_by_potential(ATTACKS, POTENTIALS, 2.0)
    assert found == {"basic": ("print", 0.5), "moderate": ("print", 0.5)}
    assert list(found) == ["basic", "moderate"]
    lower = apcer_by_potential({"mask": ATTACKS["mask"]}, POTENTIALS, 2.0)
    assert lower == {"moderate": ("mask", 0.25)}


@given(st.floats(-1, 5))
def test_the_highest_potential_is_the_worst_of_all(threshold):
    found = apcer_by_potential(ATTACKS, POTENTIALS, threshold)
    assert found["moderate"] == worst_apcer(ATTACKS, threshold)
    assert found["basic"][1] <= found["moderate"][1]


def test_unknown_potentials():
    with pytest.raises(ConfigError, match=r"potential of mask: expected one of low, .*got None"):
        apcer_by_potential({"mask": [1.0]}, {}, 0.0, ["low", "high"])
    with pytest.raises(ConfigError, match="got expert"):
        apcer_by_potential({"mask": [1.0]}, {"mask": "expert"}, 0.0)


def test_folds():
    found = over_folds([0.0, 0.1, 0.2])
    assert (found.mean, found.deviation) == pytest.approx((0.1, 0.1))
    assert (found.folds, found.lowest, found.highest) == (3, 0.0, 0.2)
    assert over_folds([0.5]).deviation is None
    with pytest.raises(NoSamplesError, match="fold scores"):
        over_folds([])
    with pytest.raises(ScoreFileError, match="finite"):
        over_folds([0.1, np.nan])


@pytest.mark.parametrize("trials", [1, 20, 150, 3000])
def test_no_error_seen(trials):
    assert upper_bound(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials))
    assert upper_bound(0, trials) <= 3 / trials
    assert upper_bound(0, trials) == pytest.approx(clopper_pearson(0, trials, 0.9).high)


def test_the_rule_of_three_as_a_sentence():
    assert rule_of_three(150, "missed attack") == (
        "no missed attack in 150 independent trials: a rate of up to 1.98% is compatible with "
        "that (0.95 confidence, one-sided; rule of three)"
    )
    assert upper_bound(3, 3) == 1
    with pytest.raises(NoSamplesError, match="at least one trial"):
        rule_of_three(0)
