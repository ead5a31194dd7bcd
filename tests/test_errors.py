"""The ends of messages: what was meant, or what is known."""

import pytest

from spooftrace.errors import did_you_mean, first_line, nearest

MEDIA = ["print", "replay", "half_mask", "paper-mask"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("prnt", "print"),
        ("Replya", "replay"),
        ("Half-Mask", "half_mask"),
        ("half mask ", "half_mask"),
        ("paper_mask", "paper-mask"),
        ("hologram", None),
        ("", None),
    ],
)
def test_the_nearest_word_whatever_its_case_and_hyphens(word, meant):
    assert nearest(word, MEDIA) == meant


def test_without_a_near_word_all_are_listed():
    assert did_you_mean("prnt", MEDIA) == "did you mean 'print'?"
    assert did_you_mean("hologram", MEDIA) == "known are print, replay, half_mask, paper-mask"


def test_messages_have_one_line():
    assert first_line(OSError("one\ntwo")) == "one"
    assert first_line(OSError()) == "OSError"
