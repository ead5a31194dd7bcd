from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_reports import rich_rows
from made_tables import random_table, table

from spooftrace.errors import NoSamplesError, ScoreFileError
from spooftrace.evaluation.scores.file import read_scores, write_scores
from spooftrace.evaluation.scores.table import ScoreTable, table_of_store
from spooftrace.labels import Label, Medium

WHOLE = """\
id,clip,subject,label,medium,split,score,database,map_score,trace_score
a,c1,p1,live,live,dev,0.25,set1,0.2,0.05
b,c2,,spoof,print,test,0.75,set1,0.5,0.25
"""


def written(folder, content):
    path = folder / "scores.csv"
    path.write_text(content, encoding="utf-8")
    return path


def same(one, other):
    assert one.columns().keys() == other.columns().keys()
    return all((column == other.columns()[name]).all() for name, column in one.columns().items())


def test_a_whole_file(tmp_path):
    found = read_scores(written(tmp_path, WHOLE))
    assert {name: column.tolist() for name, column in found.columns().items()} == {
        "id": ["a", "b"],
        "label": [0, 1],
        "medium": ["live", "print"],
        "split": ["dev", "test"],
        "score": [0.25, 0.75],
        "clip": ["c1", "c2"],
        "subject": ["p1", None],
        "database": ["set1", "set1"],
        "map_score": [0.2, 0.5],
        "trace_score": [0.05, 0.25],
    }
    assert found.score.dtype == np.float64


def test_another_systems_file_needs_two_columns(tmp_path):
    content = "score,label,whatever\n-3.5,0,x\n2,1,y\n1e2,Attack,z\n-1,bonafide,\n"
    found = read_scores(written(tmp_path, content))
    assert found.score.tolist() == [-3.5, 2, 100, -1]
    assert found.label.tolist() == [0, 1, 1, 0]
    assert found.medium.tolist() == ["live", "unknown", "unknown", "live"]
    assert found.split.tolist() == ["test"] * 4
    assert found.id.tolist() == ["0", "1", "2", "3"]
    assert found.clip is None
    assert found.database is None


@pytest.mark.parametrize(
    "content",
    [
        "label;score\nlive;0,25\nspoof;0,75\n",
        "Label\tScore\nbona-fide\t0.25\nAttack\t0.75\n",
        "label, score,,\n0.0, 0.25,,\n1.0, 0.75,,\n,,,\n",
        "label,score\nlive,0.25,\nspoof,0.75,,\n\n,\n",
        'label,score\nlive,"0,25"\nspoof,"0,75"\n',
        "label|score\nreal|25e-2\nfake|.75\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_as_people_have_them(tmp_path, content, encoding):
    path = tmp_path / "scores.csv"
    path.write_bytes(content.encode(encoding))
    found = read_scores(path)
    assert found.label.tolist() == [0, 1]
    assert found.score.tolist() == [0.25, 0.75]
    assert not found.has_ids


def test_how_a_file_was_read_is_kept(tmp_path):
    found = read_scores(written(tmp_path, "label;score\nlive;0,25\nspoof;1\n"))
    assert found.notes == ("separated by semicolons",)
    assert found.rows(np.array([True, False])).notes == found.notes


def test_scores_that_are_higher_for_live_faces(tmp_path):
    path = written(tmp_path, "label,score,answer\nlive,0.9,yes\nspoof,0.2,yes\nspoof,,no\n")
    found = read_scores(path, higher_is=Label.LIVE)
    assert found.score[:2].tolist() == [-0.9, -0.2]
    assert np.isnan(found.score[2])


def test_words_of_the_fields_databases(tmp_path):
    content = "label,score,medium,split\nReal,1,None,Devel\nImposter,2,Mask_HalfMask,eval\n"
    found = read_scores(written(tmp_path, content))
    assert found.label.tolist() == [0, 1]
    assert found.medium.tolist() == ["live", "half_mask"]
    assert found.split.tolist() == ["dev", "test"]


def test_no_answer_is_no_score(tmp_path):
    content = "label,score,answer,matched\nlive,0.5,yes,1\nspoof,,no,0\nspoof,nan,No,true\n"
    found = read_scores(written(tmp_path, content))
    assert found.answered.tolist() == [True, False, False]
    assert found.matched.tolist() == [True, False, True]
    assert np.isnan(found.score[1:]).all()
    assert found.attacks_by_species() == {}
    opposite = read_scores(written(tmp_path, "label,score,no_answer\nlive,1,no\nspoof,,yes\n"))
    assert opposite.answered.tolist() == [True, False]


def test_groups_devices_and_attack_potentials(tmp_path):
    content = "label,score,group_skin type,device,attack_potential,age\n"
    content += "live,0.5,I,phone,,old\nspoof,1,,phone,Enhanced Basic,\n"
    found = read_scores(written(tmp_path, content), ["age"])
    assert {name: column.tolist() for name, column in found.groups.items()} == {
        "skin type": ["I", None],
        "age": ["old", None],
    }
    assert found.device.tolist() == ["phone", "phone"]
    assert found.attack_potential.tolist() == [None, "enhanced-basic"]
    assert list(read_scores(written(tmp_path, content)).groups) == ["skin type"]
    with pytest.raises(ScoreFileError, match="expected a column sex to group by, got label, score"):
        read_scores(written(tmp_path, content), ["sex"])


def test_everything_a_file_can_state_survives_a_round_trip(tmp_path):
    before = rich_rows()
    write_scores(before, tmp_path / "scores.csv")
    after = read_scores(tmp_path / "scores.csv")
    assert np.array_equal(before.score, after.score, equal_nan=True)
    rest = [replace(each, score=np.zeros(len(each))) for each in (before, after)]
    assert same(*rest)
    assert {n: c.tolist() for n, c in after.groups.items()} == {
        n: c.tolist() for n, c in before.groups.items()
    }


def test_words_for_splits_and_media_not_stated(tmp_path):
    content = "label,score,split,medium\nlive,1,Devel,\nspoof,2,eval,\nspoof,3,train,replay\n"
    found = read_scores(written(tmp_path, content))
    assert found.split.tolist() == ["dev", "test", "train"]
    assert found.medium.tolist() == ["live", "unknown", "replay"]


def test_byte_order_marks_and_windows_lines(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_bytes(b"\xef\xbb\xbflabel,score\r\nlive,0.5\r\n\r\nspoof,1\r\n")
    assert read_scores(path).score.tolist() == [0.5, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: expected a header with label and score, got nothing"),
        ("id,score\na,1\n", "got id, score; add label"),
        ("label,score,score\nlive,1,2\n", "expected each column once, got two of score"),
        ("label,score\n", "expected rows below the header, got none"),
        ("label,score\nlive,1\nlive\n", "line 3: expected 2 cells as in the header, got 1"),
        ("label,score\nlive,1,9\n", "line 2: expected 2 cells as in the header, got 3"),
        (
            "label,score\nlive,1\nperson,1\n",
            "line 3, column label: expected live or spoof, got 'person'",
        ),
        ("label,score\nlive,one\n", "line 2, column score: expected a finite number, got 'one'"),
        ("label,score\nlive,nan\n", "line 2, column score: expected a finite number, got 'nan'"),
        ("label,score\nlive,1\nlive,-inf\n", "line 3, column score"),
        ("label,score\nlive,\n", "column score: expected a finite number, got ''"),
        (
            "label,score,medium\nspoof,1,wood\n",
            "line 2, column medium: expected one of live, print",
        ),
        (
            "label,score,medium\nlive,1,print\n",
            "column medium: expected a medium that is live, got 'print'",
        ),
        (
            "label,score,medium\nspoof,1,live\n",
            "column medium: expected a medium that is spoof, got 'live'",
        ),
        ("label,score,split\nlive,1,fold1\n", "line 2, column split: expected train, dev or test"),
        (
            "label,score,split\nlive,1,\n",
            "line 2, column split: expected train, dev or test, got ''",
        ),
        (
            "id,label,score\na,live,1\na,live,2\n",
            "line 3, column id: expected a name of its own, got 'a' of line 2",
        ),
        ("id,label,score\n,live,1\n", "line 2, column id: expected a name, got an empty cell"),
        ("label,score,map_score\nlive,1,x\n", "line 2, column map_score: expected a finite number"),
        ('label,score\n"live,1\n', "line 2: expected a CSV table, got broken quotes"),
        ("label,score\nlive,0,5\n", "a decimal comma, needs quotes"),
        ('label,score\nlive,"0,5"\nspoof,0.7\n', "line 3, column score: expected a decimal comma"),
        ("label;score\nlive;1.234,5\n", "line 2, column score: expected a decimal comma"),
        ("label,score,spilt\nlive,1,dev\n", "unknown column 'spilt'; did you mean 'split'?"),
        ("label,score,subject_id\nlive,1,a\n", "'subject_id'; did you mean 'subject'?"),
        (
            "label,score,answer\nlive,0.1,no\n",
            "column score: expected an empty cell, because",
        ),
        (
            "label,score,answer\nlive,,yes\n",
            "line 2, column score: expected a finite number, got ''",
        ),
        ("label,score,matched\nlive,1,maybe\n", "column matched: expected yes or no, got 'maybe'"),
        ("label,score,answer,no_answer\nlive,1,yes,no\n", "one of answer and no_answer, got both"),
        (
            "label,score,attack_potential\nspoof,1,easy\n",
            "column attack_potential: expected one of basic, enhanced-basic, moderate",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, content, said):
    path = written(tmp_path, content)
    with pytest.raises(ScoreFileError) as caught:
        read_scores(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ScoreFileError, match="expected a table, got: No such file"):
        read_scores(tmp_path / "none.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes(b"label,score\nliv\xe9,1\n")
    with pytest.raises(ScoreFileError, match=r"line 2: expected a table in UTF-8, .* save it as"):
        read_scores(path)


def test_a_round_trip_keeps_everything(tmp_path):
    before = random_table(50)
    write_scores(before, tmp_path / "scores.csv")
    assert same(before, read_scores(tmp_path / "scores.csv"))
    header = (tmp_path / "scores.csv").read_text("utf-8").splitlines()[0]
    assert header == "id,clip,subject,label,medium,split,score,database"


def test_a_name_may_hold_any_line_break(tmp_path):
    names = ["a\rb", "a\nb", "a\r\nb", 'a","b']
    before = replace(random_table(4), id=np.array(names, dtype=object))
    write_scores(before, tmp_path / "scores.csv")
    assert read_scores(tmp_path / "scores.csv").id.tolist() == names


names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1).filter(
    lambda name: name == name.strip()
)


@given(
    rows=st.lists(
        st.tuples(
            names,
            names,
            st.sampled_from(list(Medium)),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        unique_by=lambda row: row[0],
    )
)
def test_round_trips_of_any_names_and_numbers(tmp_path_factory, rows):
    ids, clips, media, scores = zip(*rows, strict=True)
    before = table(
        scores,
        [int(medium.label) for medium in media],
        id=ids,
        clip=clips,
        medium=[medium.value for medium in media],
    )
    path = tmp_path_factory.mktemp("scores") / "scores.csv"
    write_scores(before, path)
    assert same(before, read_scores(path))


def test_a_table_checks_itself():
    with pytest.raises(ScoreFileError, match="finite numbers, got nan at index 1"):
        table([1.0, np.nan], [0, 1])
    with pytest.raises(ScoreFileError, match="columns of one length"):
        table([1.0, 2.0, 3.0], [0, 1], clip=["a", "b"])
    with pytest.raises(NoSamplesError, match="at least one"):
        table([], [])


def test_rows_and_attacks_of_a_table():
    whole = table([1, 2, 3, 4], [0, 1, 1, 1], medium=["live", "replay", "print", "replay"])
    assert len(whole) == 4
    assert whole.is_attack.tolist() == [False, True, True, True]
    by_medium = whole.attacks_by_species()
    assert list(by_medium) == ["print", "replay"]
    assert by_medium["replay"].tolist() == [2, 4]
    part = whole.rows(np.array([False, True, False, True]))
    assert part.score.tolist() == [2, 4]
    assert part.id.tolist() == ["row1", "row3"]


def test_the_table_of_a_stores_rows():
    columns = {
        "id": ["a", "b", "c"],
        "label": [0, 1, 1],
        "medium": ["live", "print", "replay"],
        "clip": [None, "c", "d"],
        "subject": ["p", None, "q"],
        "database": ["x", "x", "y"],
    }
    split = np.array(["train", "dev", "test"], dtype=object)
    scores = {"score": np.array([0.5, 0.9]), "map_score": np.array([0.4, 0.8])}
    found = table_of_store(columns, np.array([1, 2]), split, scores)
    assert isinstance(found, ScoreTable)
    assert found.id.tolist() == ["b", "c"]
    assert found.split.tolist() == ["dev", "test"]
    assert found.database.tolist() == ["x", "y"]
    assert found.map_score.tolist() == [0.4, 0.8]
    assert found.trace_score is None
