"""The curve read where a figure looks is the whole curve, to the last bit."""

from functools import partial

import numpy as np
import pytest

from spooftrace.errors import NoSamplesError
from spooftrace.metrics import clustered
from spooftrace.metrics.bands import apcer_within
from spooftrace.metrics.clustered import Reading, ranking_statistics
from spooftrace.metrics.drawn_curves import DrawnCurves
from spooftrace.metrics.hull import eer_on_hull_of
from spooftrace.metrics.operating_points import bpcer_at_apcer_block, bpcer_at_apcer_of
from spooftrace.metrics.ranking import auc_of, eer_of, equal_error_block, tdr_block, tdr_of

READINGS = [
    Reading(eer_of, equal_error_block),
    Reading(eer_on_hull_of),
    Reading(auc_of),
    *(Reading(partial(tdr_of, fdr=f), partial(tdr_block, fdr=f)) for f in (0.0, 0.005, 0.3)),
    *(
        Reading(partial(bpcer_at_apcer_of, budget=b), partial(bpcer_at_apcer_block, budget=b))
        for b in (0.0, 0.01, 0.1)
    ),
    *(
        Reading(partial(apcer_within, budget=b), partial(tdr_block, fdr=b))
        for b in (0.0, 0.02, 0.5, 1.0)
    ),
]


def drawn(rows, clusters, seed, *, is_tied):
    rng = np.random.default_rng(seed)
    spoof = rng.random(rows) < 0.4
    spoof[:2] = [True, False]
    scores = 1.2 * spoof + rng.normal(0, 1, rows)
    codes = rng.integers(0, clusters, rows)
    codes[:clusters] = np.arange(clusters)
    draws = rng.multinomial(clusters, [1 / clusters] * clusters, size=70).astype(float)
    return (scores.round(1) if is_tied else scores), spoof, codes, draws


@pytest.mark.parametrize("is_tied", [False, True])
@pytest.mark.parametrize(
    ("rows", "clusters"), [(30, 4), (60, 60), (400, 40), (3000, 12), (3000, 3000), (25_000, 90)]
)
def test_every_figure_of_every_draw_is_that_of_the_whole_curve(
    rows, clusters, is_tied, monkeypatch
):
    scores, spoof, codes, draws = drawn(rows, clusters, 3, is_tied=is_tied)
    monkeypatch.setattr(clustered, "_MANY_ROWS", 10**9)
    whole = ranking_statistics(scores, spoof, codes, READINGS)(draws)
    monkeypatch.setattr(clustered, "_MANY_ROWS", 0)
    found = ranking_statistics(scores, spoof, codes, READINGS)(draws)
    # The hull's corners may be others where three lie on a line, which rounds differently.
    on_hull = [reading.read is eer_on_hull_of for reading in READINGS]
    exact = ~np.array(on_hull)
    assert np.array_equal(found[:, exact], whole[:, exact], equal_nan=True)
    assert found == pytest.approx(whole, abs=1e-12, nan_ok=True)
    assert np.isfinite(found).any(axis=0).all()


def test_the_wrong_way_round_and_all_alike():
    rng = np.random.default_rng(0)
    codes, spoof = np.arange(200) % 20, np.arange(200) % 2 == 0
    draws = rng.multinomial(20, [1 / 20] * 20, size=5).astype(float)
    for sign, area, on_hull in ((-1.0, 0, 0.5), (0.0, 0.5, 0.5), (1.0, 1, 0)):
        curves = DrawnCurves(sign * spoof, spoof, codes)
        assert curves.has_auc
        assert curves.auc(draws) == pytest.approx([area] * 5)
        assert curves.eer_on_hull(draws, curves.at_bounds(draws)) == pytest.approx([on_hull] * 5)


def test_both_classes_are_needed():
    with pytest.raises(NoSamplesError, match="live scores"):
        DrawnCurves([1.0], np.array([True]), np.array([0]))
