import pytest

from spooftrace.data.layouts import manifest
from spooftrace.errors import SourceError
from spooftrace.labels import Medium

FULL = """\
file,label,medium,source,split,clip,frame,subject,device,session,lamp
a/1.png,live,none,set1,train,a,1,anna,phone,2,neon
a/2.png,spoof,replay,set1,test,,,,,,
b.mp4,spoof,,set2,,,,bert,,,
"""


@pytest.fixture
def write(tmp_path):
    def write(text, files=("a/1.png", "a/2.png", "b.mp4")):
        for file in files:
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).touch()
        (tmp_path / "manifest.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_every_column(write, tmp_path):
    first, second, third = manifest.read(write(FULL), database="mine").jobs
    assert (first.path, first.file) == (tmp_path / "a/1.png", "a/1.png")
    assert (first.medium, first.database, first.clip, first.frame) == (Medium.LIVE, "set1", "a", 1)
    assert (first.subject, first.device, first.session) == ("anna", "phone", "2")
    assert first.attributes == {"split": "train", "lamp": "neon"}
    assert (second.medium, second.clip, second.frame) == (Medium.REPLAY, None, None)
    assert (second.subject, second.attributes) == (None, {"split": "test"})
    assert (third.medium, third.video, third.clip) == (Medium.UNKNOWN, True, "b.mp4")


def test_the_file_itself_may_be_given(write):
    folder = write(FULL)
    assert manifest.read(folder / "manifest.csv").jobs == manifest.read(folder).jobs


def test_few_columns_are_enough(write, tmp_path):
    jobs = manifest.read(write("label,file\nspoof,a/1.png\nlive,a/2.png\n")).jobs
    assert [job.medium for job in jobs] == [Medium.UNKNOWN, Medium.LIVE]
    assert {job.database for job in jobs} == {tmp_path.name}


def test_a_table_without_labels_needs_to_be_told(write):
    folder = write("file,person\na/1.png,anna\n")
    with pytest.raises(
        SourceError,
        match="line 1: expected a header with file and label, got file, person; add label",
    ):
        manifest.read(folder)
    [job] = manifest.read(folder, medium=Medium.LIVE).jobs
    assert (job.medium, job.subject, job.attributes) == (Medium.LIVE, "anna", {})


def test_a_person_is_the_subject_unless_subjects_are_stated(write):
    rows = "a/1.png,live,anna,\na/2.png,live,,x\n"
    jobs = manifest.read(write(f"file,label,person,lamp\n{rows}")).jobs
    assert [(job.subject, job.attributes) for job in jobs] == [("anna", {}), (None, {"lamp": "x"})]
    jobs = manifest.read(write(f"file,label,person,subject\n{rows}")).jobs
    assert [(job.subject, job.attributes) for job in jobs] == [
        (None, {"person": "anna"}),
        ("x", {}),
    ]


def test_tables_as_spreadsheets_and_pandas_write_them(write):
    written = write(",file,label,,\n0,a/1.png,live,,\n1,a/2.png,spoof,,\n")
    assert [(job.file, job.attributes) for job in manifest.read(written).jobs] == [
        ("a/1.png", {}),
        ("a/2.png", {}),
    ]


def test_spaces_after_commas_and_backslashes(write):
    [job] = manifest.read(write('file, label, lamp\na\\1.png, live, "neon, red"\n')).jobs
    assert (job.file, job.path.is_file(), job.medium) == ("a/1.png", True, Medium.LIVE)
    assert job.attributes == {"lamp": "neon, red"}


def test_a_byte_order_mark_and_a_quoted_name(write):
    text = '\ufefffile,label\n"a/1,5.png",live\n'
    [job] = manifest.read(write(text, files=["a/1,5.png"])).jobs
    assert job.file == "a/1,5.png"


@pytest.mark.parametrize(
    "text",
    [
        "File;Label;Medium\na/1.png;Bona-Fide;none\na/2.png;Attack;Print\n",
        "file\tlabel\tMEDIUM\r\na/1.png\treal\t\r\na/2.png\tfake\tprinted photo\r\n",
        "file, label , medium,,\na/1.png, 0.0, none,,\na/2.png, 1.0, print,,\n,,,,\n,,,,\n",
        "sep=;\nfile;label;medium\na/1.png;live;\na/2.png;spoof;print\n",
    ],
)
def test_tables_as_people_have_them(write, text):
    source = manifest.read(write(text))
    assert [(job.file, job.medium) for job in source.jobs] == [
        ("a/1.png", Medium.LIVE),
        ("a/2.png", Medium.PRINT),
    ]
    assert [job.attributes for job in source.jobs] == [{}, {}]


def test_how_a_table_was_read_is_kept(write):
    assert manifest.read(write("file;label\na/1.png;live\n")).notes == ("separated by semicolons",)
    assert manifest.read(write("file,label\na/1.png,live\n")).notes == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label\nlive\n", r", line 1: expected a header with file and label, got label; add file"),
        ("", r", line 1: expected a header with file and label, got nothing"),
        ("file,label\n", ": expected rows below the header, got none"),
        ("file,label,file\n", ", line 1: expected each column once, got two of file"),
        ("file,label,medum\n", ", line 1: unknown column 'medum'; did you mean 'medium'?"),
        ("file,label\na/1.png,person\n", ", line 2, column label: .* live or spoof, got 'person'"),
        (
            "file,label\na/1.png,spof\n",
            ", line 2, column label: .*got 'spof'; did you mean 'spoof'",
        ),
        (
            "file,label,medium\na/1.png,live,\na/2.png,spoof,replya\n",
            ", line 3, column medium: .*got 'replya'; did you mean 'replay'?",
        ),
        (
            "file,label,medium\na/1.png,spoof,xyz\n",
            ", line 2, column medium: expected one of live,",
        ),
        (
            "file,label,medium\na/1.png,live,print\n",
            ", line 2, column medium: .* that is live, got",
        ),
        ("file,label,medium\na/1.png,spoof,live\n", ", line 2, column medium: .* that is spoof"),
        ("file,label,medium\na/1.png,spoof,none\n", ", line 2, column medium: .* that is spoof"),
        ("file,label\n,live\n", ", line 2, column file: expected a file, got an empty cell"),
        ("file,label\na/9.png,live\n", r", line 2, column file: no such file 'a/9\.png'$"),
        ("file,label\n" + "a" * 5000 + ",live\n", ", line 2, column file: no such file 'aaa"),
        ("file,label,frame\na/1.png,live,2147483648\n", ", line 2, column frame: .* whole number"),
        ("file,label,frame\na/1.png,live," + "9" * 5000 + "\n", ", line 2, column frame: .* whole"),
        ("file,label\na/8.png,live\na/9.png,live\n", r", line 2, .* \(and 1 more are missing\)"),
        (
            "file,label\na/1.png,live\n./a/1.png,spoof\n",
            ", line 3, .*'a/1.png' is on line 2 already",
        ),
        ("file,label\na/1.png\n", ", line 2: expected 2 cells as in the header, got 1"),
        ("file,label\na/1.png,live,9\n", ", line 2: expected 2 cells as in the header, got 3"),
        ("file,label,frame\na/1.png,live,1.5\n", ", line 2, column frame: .* whole number"),
        (
            "file,label,frame\nb.mp4,live,3\n",
            ", line 2, column frame: a frame is stated for a video",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(write, text, message):
    with pytest.raises(SourceError, match=rf"manifest\.csv{message}"):
        manifest.read(write(text))


def test_not_a_table(tmp_path):
    (tmp_path / "manifest.csv").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(SourceError, match=r"line 1: expected a table in UTF-8, got the byte 0x89"):
        manifest.read(tmp_path)
