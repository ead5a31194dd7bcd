"""Properties are judged by their values, in every folder of tests."""

from hypothesis import settings


def test_no_property_has_a_deadline():
    assert settings.default.deadline is None
