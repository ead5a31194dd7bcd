"""Charts at the edges of what they are drawn from."""

from spooftrace.evaluation.estimates.curves import ReliabilityPoint
from spooftrace.evaluation.render.charts import _reliability


def test_a_reliability_of_one_bin_is_drawn():
    """Of a system that always states the same; one number as an array made matplotlib warn."""
    point = ReliabilityPoint(stated=0.8, observed=0.5, low=0.3, high=0.7, rows=20)
    assert _reliability((point,)).count("<svg") == 1
