from dataclasses import replace

import numpy as np
import pytest
import slow_rates
from made_tables import random_table, table

from spooftrace.evaluation.estimates.clusters import choose_clusters
from spooftrace.evaluation.estimates.estimate import Estimate, Resampling, estimates_of
from spooftrace.evaluation.estimates.rate import BPCER
from spooftrace.evaluation.estimates.rates import rates_of
from spooftrace.evaluation.tables.naming import interval_origin
from spooftrace.metrics import ranking
from spooftrace.metrics.bootstrap import ClusterInterval
from spooftrace.metrics.curve import error_curve
from spooftrace.metrics.hull import eer_on_hull_of
from spooftrace.metrics.intervals import Interval, clopper_pearson
from spooftrace.metrics.operating_points import BPCER_POINTS, bpcer_at_apcer

QUICK = Resampling(rounds=200)


def found_in(rows, threshold, resampling=QUICK, seed=0, cluster=None):
    clusters = choose_clusters(rows, cluster)
    rates = rates_of(rows, threshold, clusters, fdrs=(resampling.fdr,), is_brief=True)
    estimates = estimates_of(rates, np.random.default_rng(seed), resampling)
    return {str(each.rate): each for each in estimates}


def test_rates_worked_by_hand():
    rows = table(
        [0.1, 0.2, 0.6, 0.3, 0.7, 0.8, 0.9],
        [0, 0, 0, 1, 1, 1, 1],
        medium=["live"] * 3 + ["print", "print", "replay", "replay"],
    )
    found = found_in(rows, 0.5)
    assert {key: estimate.value for key, estimate in found.items()} == pytest.approx(
        {
            "eer": (1 / 4 + 1 / 3) / 2,
            "auc": 11 / 12,
            "tdr@fdr=0.005": 3 / 4,
            "apcer/print": 1 / 2,
            "apcer/replay": 0,
            "apcer/pooled": 1 / 4,
            "bpcer": 1 / 3,
            "apcer/worst": 1 / 2,
            "acer": (1 / 2 + 1 / 3) / 2,
            "hter": (1 / 4 + 1 / 3) / 2,
        }
    )
    counts = {key: (estimate.events, estimate.trials) for key, estimate in found.items()}
    assert counts["apcer/print"] == counts["apcer/worst"] == (1, 2)
    assert counts["apcer/replay"] == (0, 2)
    assert counts["apcer/pooled"] == (1, 4)
    assert counts["bpcer"] == (1, 3)
    assert counts["tdr@fdr=0.005"] == (3, 4)
    assert counts["eer"] == counts["acer"] == (None, None)
    assert found["bpcer"].exact == clopper_pearson(1, 3)
    assert found["eer"].exact is None


def test_rates_are_those_of_loops():
    rows = random_table(300, seed=4)
    found = found_in(rows, 0.5)
    attacks, live = rows.score[rows.is_attack], rows.score[~rows.is_attack]
    species, worst = slow_rates.worst_apcer(rows.attacks_by_species(), 0.5)
    apcer, bpcer = slow_rates.apcer(attacks, 0.5), slow_rates.bpcer(live, 0.5)
    assert {key: estimate.value for key, estimate in found.items()} == pytest.approx(
        {
            "eer": ranking.equal_error_rate(attacks, live).rate,
            "auc": ranking.auc(attacks, live),
            "tdr@fdr=0.005": slow_rates.tdr(attacks, live, 0.005),
            **{
                f"apcer/{medium}": slow_rates.apcer(scores, 0.5)
                for medium, scores in rows.attacks_by_species().items()
            },
            "apcer/pooled": apcer,
            "bpcer": bpcer,
            "apcer/worst": worst,
            "acer": (worst + bpcer) / 2,
            "hter": (apcer + bpcer) / 2,
        }
    )
    assert found["apcer/worst"].worst == species


def whole_of(rows, threshold, **more):
    """Every estimate, those that summaries leave out as well."""
    rates = rates_of(rows, threshold, choose_clusters(rows), **more)
    estimates = estimates_of(rates, np.random.default_rng(0), QUICK)
    return {str(each.rate): each for each in estimates}


def test_both_readings_of_the_eer_and_bpcer_at_apcer_are_those_of_the_metrics():
    rows = random_table(300, seed=4)
    found = whole_of(rows, 0.5)
    live, attacks = rows.live_scores(), rows.score[rows.is_attack]
    assert found["eer-on-hull"].value == pytest.approx(
        float(eer_on_hull_of(error_curve(attacks, live)))
    )
    assert found["eer-on-hull"].value <= found["eer"].value
    for budget in BPCER_POINTS.values():
        expected = bpcer_at_apcer(rows.attacks_by_species(), live, budget)
        estimate = found[f"bpcer@apcer={budget:g}"]
        assert (estimate.value, estimate.worst) == (pytest.approx(expected.bpcer), expected.species)
        assert estimate.events / estimate.trials == pytest.approx(expected.bpcer)


def test_no_answer_is_no_error_but_a_rate_of_its_own():
    rows = random_table(300, seed=4)
    has = np.arange(300) % 7 != 0
    silent = replace(rows, answered=has, score=np.where(has, rows.score, np.nan))
    found, rest = whole_of(silent, 0.5), whole_of(rows.rows(has), 0.5)
    assert {key: found[key].value for key in rest} == {
        key: estimate.value for key, estimate in rest.items()
    }
    assert found["bpnrr"].value == pytest.approx(np.mean(~has[~rows.is_attack]))
    rest_of = {m: ~has[rows.medium == m] for m in ("print", "replay")}
    species = max(rest_of, key=lambda name: rest_of[name].mean())
    worst = found["apnrr/worst"]
    assert (worst.worst, worst.value) == (species, pytest.approx(rest_of[species].mean()))
    assert (worst.events, worst.trials) == (rest_of[species].sum(), rest_of[species].size)


def test_detection_and_matcher_together():
    rows = random_table(300, seed=4)
    matched = np.random.default_rng(1).random(300) < 0.8
    found = whole_of(replace(rows, matched=matched), 0.5)
    accepted = (rows.score < 0.5) & matched
    by_medium = {m: accepted[rows.medium == m].mean() for m in ("live", "print", "replay")}
    worst = max(("print", "replay"), key=by_medium.get)
    assert found["frr"].value == pytest.approx(1 - by_medium["live"])
    assert found["iapar/worst"].worst == worst
    assert found["iapar/print"].value == pytest.approx(by_medium["print"])
    assert found["riapar"].value == pytest.approx(by_medium[worst] + 1 - by_medium["live"])


def test_a_stronger_attacker_can_do_what_a_weaker_one_can():
    rows = table(
        [0.1, 0.2, 0.8, 0.9, 0.4, 0.9, 0.9, 0.1],
        [0, 0, 1, 1, 1, 1, 1, 1],
        medium=["live"] * 2 + ["print"] * 4 + ["replay"] * 2,
        attack_potential=[None] * 2 + ["basic"] * 3 + ["moderate", "high", "high"],
    )
    found = whole_of(rows, 0.5)
    at = {key: (f.value, f.worst) for key, f in found.items() if key.startswith("apcer@")}
    assert at == {
        "apcer@potential=basic": (pytest.approx(1 / 3), "print"),
        "apcer@potential=moderate": (pytest.approx(1 / 3), "print"),
        "apcer@potential=high": (1 / 2, "replay"),
    }
    assert not any(f.rate.species and f.rate.potential for f in found.values())


def test_the_calibration_error_is_that_of_the_metrics():
    rows = random_table(300, seed=4)
    stated = np.clip(rows.score, 0, 1)
    found = whole_of(rows, None, probabilities=stated)
    assert found["ece"].value == pytest.approx(slow_rates.ece(stated, rows.is_attack))


def test_every_estimate_has_an_interval_around_it():
    for estimate in found_in(random_table(300), 0.5).values():
        clustered = estimate.clustered
        assert clustered.reason is None, estimate.key
        assert clustered.interval.low <= estimate.value <= clustered.interval.high, estimate.key
        assert clustered.interval.high - clustered.interval.low < 0.35, estimate.key
        assert estimate.interval is clustered.interval


def test_without_a_threshold_only_what_needs_none():
    assert list(found_in(random_table(200), None)) == ["eer", "auc", "tdr@fdr=0.005"]


def test_the_fdr_can_be_chosen():
    found = found_in(random_table(200), None, Resampling(rounds=50, fdr=0.1))
    rows = random_table(200)
    expected = slow_rates.tdr(rows.score[rows.is_attack], rows.score[~rows.is_attack], 0.1)
    assert found["tdr@fdr=0.1"].value == pytest.approx(expected)


def test_one_class_alone():
    rows = random_table(200)
    attacks = found_in(rows.rows(rows.is_attack), 0.5)
    assert list(attacks) == ["apcer/print", "apcer/replay", "apcer/pooled", "apcer/worst"]
    live = found_in(rows.rows(~rows.is_attack), 0.5)
    assert list(live) == ["bpcer"]
    assert found_in(rows.rows(~rows.is_attack), None) == {}


def test_a_estimate_is_carried_by_the_clusters_of_its_rarest_rows():
    # Ten clips hold live and printed faces, two of them replays as well.
    label, media, clips, scores = [], [], [], []
    for clip in range(10):
        for medium in ("live", "live", "print", "print", *(["replay"] if clip < 2 else [])):
            label.append(int(medium != "live"))
            media.append(medium)
            clips.append(f"c{clip}")
            scores.append((len(scores) * 7) % 10 / 10)
    found = found_in(table(scores, label, medium=media, clip=clips), 0.45)
    carried = {key: estimate.clustered.clusters for key, estimate in found.items()}
    assert carried == {
        **dict.fromkeys(("eer", "auc", "tdr@fdr=0.005", "hter", "bpcer"), 10),
        **dict.fromkeys(("apcer/print", "apcer/pooled"), 10),
        **dict.fromkeys(("apcer/replay", "apcer/worst", "acer"), 2),
    }
    assert found["apcer/replay"].clustered.interval is None
    assert set(found["apcer/replay"].clustered.by_cluster) == {"c0", "c1"}
    assert found["apcer/replay"].interval == found["apcer/replay"].exact


def test_two_sources_carry_no_interval_but_each_its_estimate():
    rows = random_table(200)
    found = found_in(rows, 0.5, cluster="database")
    for key, estimate in found.items():
        assert estimate.clustered.interval is None
        assert estimate.clustered.clusters in (1, 2), key
    for source in ("set0", "set1"):
        part = rows.rows(rows.database == source)
        expected = ranking.auc(part.score[part.is_attack], part.score[~part.is_attack])
        assert found["auc"].clustered.by_cluster[source] == pytest.approx(expected)


def test_perfect_scores_have_no_interval_by_cluster_but_one_from_counts():
    rows = table([0.1] * 20 + [0.9] * 20, [0] * 20 + [1] * 20)
    found = found_in(rows, 0.5)
    assert found["auc"].value == 1
    assert found["auc"].interval is None
    assert "never seen" in found["auc"].clustered.reason
    assert found["bpcer"].interval == clopper_pearson(0, 20)
    assert found["bpcer"].interval.high == pytest.approx(0.1684, abs=1e-4)


def test_an_interval_without_width_says_nothing_and_gives_way_to_the_counts():
    drawn = Interval(low=0.0, high=0.0, level=0.95, method="cluster bootstrap, BCa")
    estimate = Estimate(
        rate=BPCER,
        value=0.0,
        events=0,
        trials=5,
        exact=clopper_pearson(0, 5),
        clustered=ClusterInterval(interval=drawn, clusters=5),
    )
    assert estimate.interval == clopper_pearson(0, 5)
    assert interval_origin(estimate, "clip") == "counts"
    wide = replace(
        estimate, clustered=ClusterInterval(interval=replace(drawn, high=0.2), clusters=5)
    )
    assert wide.interval.high == 0.2
    assert interval_origin(wide, "clip") == "5 x clip"


def test_equal_seeds_give_equal_intervals():
    rows = random_table(200)
    assert found_in(rows, 0.5) == found_in(rows, 0.5)
    assert found_in(rows, 0.5, seed=1) != found_in(rows, 0.5)
