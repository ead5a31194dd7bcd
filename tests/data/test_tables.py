"""Tables as people write them: understood as what is meant, or refused with the place."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.data import tables
from spooftrace.data.tables import read_table
from spooftrace.errors import SourceError
from spooftrace.labels import Label, Medium

KNOWN = ("name", "label", "medium", "split", "score")


@pytest.fixture
def read(tmp_path):
    def read(content, *, needed=("name",), encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_table(path, KNOWN, needed, SourceError)

    return read


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le+bom"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_dialect_holds_the_same(read, separator, encoding, ending):
    rows = [["Name", "LABEL", "what else"], ["Zo\u00eb, 1", "live", "a;b|c"], ["b", "spoof", ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=ending).writerows(rows)
    content = text.getvalue()
    if encoding == "utf-16-le+bom":
        content, encoding = "\ufeff" + content, "utf-16-le"
    table = read(content, encoding=encoding)
    assert list(table.columns) == ["name", "label", "what else"]
    assert table.texts("name") == ["Zo\u00eb, 1", "b"]
    assert table.values("label", tables.LABELS) == [Label.LIVE, Label.SPOOF]
    assert table.texts("what else") == ["a;b|c", None]
    assert list(table.lines) == [2, 3]


def test_what_was_understood_is_noted(read):
    assert read("name,score\na,1\n").notes == ()
    assert read("name;score\na;1\n").notes == ("separated by semicolons",)
    assert read("name\tscore\na\t1\n", encoding="utf-16").notes == (
        "in UTF-16",
        "separated by tabs",
    )


def test_the_line_that_spreadsheets_write_above(read):
    table = read("sep=;\nname;score\na;1\nb;x\n")
    assert table.texts("name") == ["a", "b"]
    with pytest.raises(SourceError, match=r"line 4, column score: expected a finite number, got"):
        table.numbers("score")


def test_strays_are_left_out_where_they_are_empty(read):
    table = read("name,,score, ,\na,,1,,\n\n , ,,,\nb,,2,,,,\n,,,,\n")
    assert dict(table.columns) == {"name": ("a", "b"), "score": ("1", "2")}
    assert list(table.lines) == [2, 5]
    assert len(table) == 2
    with pytest.raises(
        SourceError, match=r"line 2: expected 2 cells as in the header, got 3; a ce"
    ):
        read("name,score\na,0,5\n")
    with pytest.raises(SourceError, match=r"line 3: expected 2 cells as in the header, got 1$"):
        read("name,score\na,1\nb\n")


def test_numbers_with_points_and_with_commas(read):
    assert read("name,score\na, 1e-3 \nb,-.5\nc,2\n").numbers("score") == [0.001, -0.5, 2.0]
    assert read("name;score\na;0,25\nb;1\nc;-2,5e1\n").numbers("score") == [0.25, 1.0, -25.0]
    assert read('name,score\na,"0,25"\n').numbers("score") == [0.25]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("0,5 0.7", "line 3, column score: expected a decimal comma as in other numbers"),
        ("1.234,5", "line 2, column score: expected a decimal comma"),
        ("1,234,567", "line 2, column score: expected a finite number, got '1.234.567'"),
        ("1 nan", "line 3, column score: expected a finite number, got 'nan'"),
        ("1 -inf", "line 3, column score: expected a finite number, got '-inf'"),
        ("1 one", "line 3, column score: expected a finite number, got 'one'"),
        ("1 0x10", "line 3, column score: expected a finite number"),
    ],
)
def test_numbers_that_are_none(read, cells, message):
    content = "name;score\n" + "".join(f"a;{cell}\n" for cell in cells.split())
    with pytest.raises(SourceError, match=message):
        read(content).numbers("score")


def test_words(read):
    table = read("name,medium,split\na,Print,Devel\nb,none,eval\nc, ,TRAIN\n")
    assert table.values("medium", tables.MEDIA) == [Medium.PRINT, Medium.LIVE, None]
    assert table.values("split", tables.SPLITS) == ["dev", "test", "train"]
    with pytest.raises(SourceError, match=r"line 2, column medium: .*'prnt'; did you mean 'print'"):
        read("name,medium\na,prnt\n").values("medium", tables.MEDIA)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04rest", "table.csv: expected a table in CSV, got a workbook; save it as CSV"),
        (b"name\nJos\xe9\n", r"line 2: expected a table in UTF-8, got the byte 0xe9; save it as"),
        (b"\xff\xfea", "expected a table in UTF-8, got broken UTF-16"),
        (b"n\0a\0m\0e\0", "expected a table in CSV, got a binary file"),
        (b"", "line 1: expected a header with name, got nothing; add name"),
        (b"\n\n", "line 1: expected a header with name, got nothing"),
        (b"name\n", "expected rows below the header, got none"),
        (b"name,Name\n", "line 1: expected each column once, got two of name"),
        (b"name,lable\na,live\n", "line 1: unknown column 'lable'; did you mean 'label'?"),
        (b'name\n"a\n', "line 2: expected a CSV table, got broken quotes"),
    ],
)
def test_what_is_no_table(read, content, message):
    with pytest.raises(SourceError, match=message) as caught:
        read(content)
    assert "\n" not in str(caught.value)


def test_no_such_file(tmp_path):
    with pytest.raises(SourceError, match=r"none\.csv: expected a table, got: No such file"):
        read_table(tmp_path / "none.csv", KNOWN, ("name",), SourceError)
    with pytest.raises(SourceError, match="expected a table, got: Is a directory"):
        read_table(tmp_path, KNOWN, ("name",), SourceError)


def test_a_column_like_a_known_one_that_is_there_is_another(read):
    assert read("name,label,labels\na,live,x\n").texts("labels") == ["x"]


@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=("Cs", "Cc"))),
            st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n")),
        ),
        min_size=1,
    ),
    separator=st.sampled_from(",;\t|"),
)
def test_any_text_comes_back(tmp_path_factory, rows, separator):
    """Whatever cells hold - quotes, separators, other scripts - but for spaces around it."""
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerows([("name", "other"), *((f"x{name}", other) for name, other in rows)])
    table = read_table(path, KNOWN, ("name",), SourceError)
    assert table.texts("name") == [f"x{name}".strip() for name, _ in rows]
    assert table.texts("other") == [other.strip() or None for _, other in rows]
