import hashlib
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from spooftrace.cli.compare import compare
from spooftrace.errors import ConfigError, ScoreFileError, SplitError

app = typer.Typer()
app.command()(compare)
runner = CliRunner()
HEADER = "id,label,score,split"
ROWS = [("a", "live", "dev"), ("b", "spoof", "dev"), ("c", "live", "test"), ("d", "live", "test")]
ROWS += [("e", "spoof", "test"), ("f", "spoof", "test")]


@pytest.fixture
def files(tmp_path):
    """A is right about every row, B takes one live face for an attack."""

    def write(name, scores):
        lines = [
            f"{row},{label},{score},{split}"
            for (row, label, split), score in zip(ROWS, scores, strict=True)
        ]
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *lines]))
        return str(path)

    return write("a.csv", (0, 1, 0.1, 0.2, 0.8, 0.9)), write("b.csv", (2, 8, 3, 9, 8, 7))


def call(*arguments, code=0):
    result = runner.invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def difference(found, kind, over=None):
    return next(
        each["between"]["value"]
        for each in found["differences"]
        if each["rate"]["kind"] == kind and over in (None, each["rate"]["over"])
    )


def test_each_at_the_threshold_of_its_own_development_rows(files):
    found = json.loads(call(*files, "--json").stdout)
    assert found["first"]["threshold"]["value"] == 0.5
    assert found["second"]["threshold"]["value"] == 5
    assert difference(found, "bpcer") == -0.5
    live = found["decisions"][0]["counts"]
    assert live == {"both": 0, "only_a": 0, "only_b": 1, "neither": 1}
    assert found["auc"]["difference"] == pytest.approx(0.5)
    assert not found["is_oracle"]


def test_on_the_terminal_and_in_files(files, tmp_path):
    shown = call(*files, "--out", tmp_path / "out").stdout
    for words in ("BPCER", "McNemar", "DeLong", "A - B", "judged on the same 2 live faces and 2"):
        assert words in shown
    assert (tmp_path / "out" / "comparison.html").is_file()
    assert (tmp_path / "out" / "tables" / "differences.tex").is_file()


def test_thresholds_of_ones_own(files):
    arguments = ("--threshold-a", 0.15, "--threshold-b", 10, "--json")
    found = json.loads(call(*files, *arguments).stdout)
    assert difference(found, "bpcer") == 0.5
    assert difference(found, "apcer", "pooled") == -1
    with pytest.raises(SplitError, match="for both systems or for neither"):
        call(*files, "--split", "dev", "--threshold-a", 0.1)


def test_scores_that_are_higher_for_the_living_are_turned(files, tmp_path):
    first, second = files
    lines = Path(first).read_text().splitlines()
    turned = tmp_path / "turned.csv"
    cells = [line.split(",") for line in lines[1:]]
    rows = [f"{row},{label},{-float(score)},{split}" for row, label, score, split in cells]
    turned.write_text("\n".join([HEADER, *rows]))
    same = json.loads(
        call(turned, second, "--higher-is-a", "live", "--threshold-a", -0.15, "--threshold-b", 5,
             "--title-a", "theirs", "--json").stdout
    )  # fmt: skip
    plain = call(first, second, "--threshold-a", 0.15, "--threshold-b", 5, "--json")
    plain = json.loads(plain.stdout)
    assert same["first"]["system"] == "theirs"
    assert same["first"]["threshold"]["value"] == plain["first"]["threshold"]["value"] == 0.15
    assert same["differences"] == plain["differences"]
    assert any(note.startswith("A: scores negated") for note in same["notes"])
    assert not any("negated" in note for note in plain["notes"])


def test_the_page_names_the_files_by_their_hashes(files, tmp_path):
    call(*files, "--out", tmp_path / "out", "--title-b", "the other")
    page = (tmp_path / "out" / "comparison.html").read_text()
    for file in files:
        assert hashlib.sha256(Path(file).read_bytes()).hexdigest() in page
    assert "the other" in page


def test_an_oracle_is_marked(files):
    shown = call(*files, "--oracle", "--rule", "eer").stdout
    assert "ORACLE" in shown
    assert "(oracle)" in shown
    assert json.loads(call(*files, "--oracle", "--json").stdout)["is_oracle"]
    assert "(oracle)" not in call(*files).stdout


def test_errors_of_input(files, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(f"{HEADER}\nz,live,1,test\n")
    with pytest.raises(ScoreFileError, match="6 in the first that the second lacks: a, b, c, d, e"):
        call(files[0], other)
    with pytest.raises(ConfigError, match=r"--out .*expected a folder to write into"):
        call(*files, "--out", other)


@pytest.fixture
def without_ids(files):
    for path in map(Path, files):
        lines = [line.partition(",")[2] for line in path.read_text("utf-8").splitlines()]
        path.write_text("\n".join(lines), "utf-8")
    return files


def test_files_without_ids_are_refused(without_ids):
    with pytest.raises(
        ScoreFileError,
        match=r"expected a column id in both files, got none in the first and the second; add ids,"
        r" or say with --by-line",
    ):
        call(*without_ids)


def test_lines_are_joined_where_asked_and_the_page_says_so(without_ids, tmp_path):
    found = json.loads(call(*without_ids, "--by-line", "--json", "--out", tmp_path / "out").stdout)
    assert found["auc"]["difference"] == pytest.approx(0.5)
    assert found["notes"][-1].startswith("rows joined by line, as asked")
    assert "rows joined by line, as asked" in (tmp_path / "out/comparison.html").read_text("utf-8")


def test_lines_that_cannot_be_the_same_rows(without_ids):
    second = Path(without_ids[1])
    lines = second.read_text("utf-8").splitlines()
    second.write_text("\n".join([lines[0], *reversed(lines[1:])]), "utf-8")
    with pytest.raises(ScoreFileError, match="expected the same label for every id"):
        call(*without_ids, "--by-line")
    second.write_text("\n".join(lines[:-1]), "utf-8")
    with pytest.raises(ScoreFileError, match="as many rows in both files, got 6 and 5"):
        call(*without_ids, "--by-line")
