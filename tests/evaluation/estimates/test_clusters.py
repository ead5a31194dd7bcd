import pytest
from made_tables import table

from spooftrace.errors import ScoreFileError
from spooftrace.evaluation.estimates.clusters import choose_clusters


def made(**columns):
    """Forty rows, live and spoof by turns."""
    return table(range(40), [number % 2 for number in range(40)], **columns)


def test_sources_where_there_are_enough():
    found = choose_clusters(made(database=[f"d{n // 8}" for n in range(40)], clip=["c"] * 40))
    assert (found.unit, len(found.names)) == ("database", 5)
    assert found.notes == (
        "fewer than 20 to resample by database of one class: the intervals are somewhat too narrow",
    )
    many = choose_clusters(made(database=[f"d{n // 2}" for n in range(40)]))
    assert (many.unit, len(many.names), many.notes) == ("database", 20, ())


def test_one_source_is_passed_over_in_silence():
    found = choose_clusters(
        made(database=["d"] * 40, subject=[f"p{n // 4}" for n in range(40)], clip=["c"] * 40)
    )
    assert (found.unit, len(found.names)) == ("subject", 10)
    assert not any("by database" in note for note in found.notes)


def test_too_few_sources_are_passed_over_with_a_note():
    found = choose_clusters(
        made(database=[f"d{n % 2}" for n in range(40)], clip=[f"c{n // 8}" for n in range(40)])
    )
    assert (found.unit, len(found.names)) == ("clip", 10)  # a clip's name is its database's
    assert found.notes[:1] == (
        "too few to resample (2 by database; 5 of each class are needed), so the intervals "
        "resample by clip and hold for these sources only",
    )


def test_each_class_needs_enough_of_them():
    # Ten people, but all live rows are of four.
    people = [f"p{(n // 2) % 4}" if n % 2 == 0 else f"p{n % 10}" for n in range(40)]
    found = choose_clusters(made(subject=people, clip=[f"c{n // 2}" for n in range(40)]))
    assert found.unit == "clip"
    assert "by subject" in found.notes[0]


def test_unknown_people_are_not_resampled():
    found = choose_clusters(
        made(subject=[None, *(f"p{n}" for n in range(39))], clip=["a", "b"] * 20)
    )
    assert found.unit == "clip"


def test_rows_of_no_known_clip_stand_for_themselves():
    found = choose_clusters(made())
    assert (found.unit, len(found.names)) == ("row", 40)
    assert found.notes[0].startswith(
        "every clip is a single row: the intervals take rows as independent"
    )


def test_a_wanted_unit_is_taken_however_few_there_are():
    rows = made(database=[f"d{n % 2}" for n in range(40)])
    found = choose_clusters(rows, "database")
    assert (found.unit, found.names) == ("database", ["d0", "d1"])
    assert found.carrying(rows.is_attack) == 1


def test_a_wanted_unit_that_is_none_or_not_known():
    with pytest.raises(ScoreFileError, match="one of database, subject, clip, got 'frame'"):
        choose_clusters(made(), "frame")
    with pytest.raises(ScoreFileError, match="without empty cells, got no such column"):
        choose_clusters(made(), "subject")
    with pytest.raises(ScoreFileError, match="without empty cells, got some"):
        choose_clusters(made(subject=[None, *["p"] * 39]), "subject")
