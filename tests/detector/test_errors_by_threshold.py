"""What other thresholds mean: the table that travels in a bundle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_bundle import toy_info

from spooftrace.detector.bundle_info import BundleInfo
from spooftrace.detector.development import ENTRIES, errors_by_threshold

SCORES = st.lists(st.floats(-5, 5, width=16), min_size=1, max_size=300)


def test_by_hand():
    seen = errors_by_threshold(
        {"print": [0.2, 0.6], "replay": [0.5, 0.7, 0.8]}, [0.1, 0.3, 0.4, 0.6], 0.55,
        presentations="clips",
    )  # fmt: skip
    assert (seen.live, seen.attacks, seen.presentations) == (4, 5, "clips")
    top = np.nextafter(0.8, 1)
    assert seen.thresholds == (0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, top)
    assert seen.bpcer == (1, 0.75, 0.75, 0.5, 0.25, 0.25, 0.25, 0, 0, 0)
    # Below 0.6 a print passes, of two; at 0.7 both do; the highest attack passes above itself.
    assert seen.apcer == pytest.approx((0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1))


@given(
    live=SCORES,
    attacks=st.lists(SCORES, max_size=3),
    threshold=st.floats(-5, 5),
    at=st.floats(-6, 6),
)
def test_neighbours_bound_the_rates_in_between(live, attacks, threshold, at):  # fmt: skip
    species = {str(i): scores for i, scores in enumerate(attacks)}
    seen = errors_by_threshold(species, live, threshold, presentations="faces")
    values = np.array(seen.thresholds)
    assert threshold in seen.thresholds
    assert len(values) <= ENTRIES + 2
    assert (np.diff(values) > 0).all()
    after = min(int(np.searchsorted(values, at)), len(values) - 1)
    before = after if values[after] == at else max(0, after - 1)
    refused = np.mean(np.array(live) >= at)
    assert refused <= seen.bpcer[before] + 1e-12
    if at <= values[-1] and attacks:
        passed = max(np.mean(np.array(scores) < at) for scores in attacks)
        assert passed <= seen.apcer[after] + 1e-12
    assert (seen.apcer is None) == (not attacks)


def test_it_travels_in_a_bundle():
    seen = errors_by_threshold({}, [0.1, 0.2], 0.15, presentations="faces")
    info = toy_info(development=seen)
    assert BundleInfo.from_json(info.to_json(), where="here").development == seen
