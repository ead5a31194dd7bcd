import io

import pytest

from spooftrace.cli import progress
from spooftrace.cli.progress import Pace, duration


def told(seconds_each, *, iterations=1000, first=1, steps=50):
    """What is said of a training, with the iteration after which it is said."""
    now = 60.0

    def clock():
        return now

    pace, said = Pace(iterations, clock), []
    for step in range(first, first + steps):
        said.append(pace.after(step))
        now += seconds_each
    return [(first + at, sentence) for at, sentence in enumerate(said) if sentence]


def test_the_time_left_is_told_once_from_the_iterations_behind_the_first():
    assert told(2.0) == [
        (4, "2 s an iteration: about 33 min for the 996 left (Ctrl-C stops, --resume goes on)")
    ]


def test_quick_iterations_are_watched_for_five_seconds():
    ((step, sentence),) = told(0.25, iterations=150_000)
    assert step == 21
    assert sentence.startswith("0.25 s an iteration: about 10.4 h for the 149979 left")


def test_a_resumed_training_is_measured_from_where_it_goes_on():
    ((step, sentence),) = told(10.0, first=700)
    assert step == 701
    assert "about 50 min for the 299 left" in sentence


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(4, "4 s"), (89, "89 s"), (91, "2 min"), (7200, "2.0 h"), (12 * 86400, "12 days")],
)
def test_durations_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said


def test_away_from_a_terminal_there_is_no_bar_and_a_line_a_minute(monkeypatch):
    errors = io.StringIO()
    monkeypatch.setattr("sys.stderr", errors)
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    with progress.training(100) as watch:
        for step in range(1, 5):
            watch(step, {"generator/esr": 0.5})
            now += 40
    assert errors.getvalue().splitlines() == [
        "40 s an iteration: about 65 min for the 98 left (Ctrl-C stops, --resume goes on)",
        "3 of 100 iterations  esr 0.500",
    ]
