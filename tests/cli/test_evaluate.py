import hashlib
import json
import re
import subprocess
import sys

import pytest
import typer
from toy_sources import score, write_bundle, write_run, write_sources
from typer.testing import CliRunner

from spooftrace.cli.evaluate import evaluate
from spooftrace.errors import ConfigError, ScoreFileError, SplitError
from spooftrace.evaluation.scores import file as score_file
from spooftrace.run_folder import RunFolder

app = typer.Typer()
app.command()(evaluate)
runner = CliRunner()


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """The store that the run's detector learnt from."""
    return write_sources(tmp_path_factory.mktemp("stores") / "own").path


@pytest.fixture(scope="session")
def other(tmp_path_factory):
    """A store that it never saw."""
    return write_sources(tmp_path_factory.mktemp("stores") / "other", fingerprint="other" * 8).path


@pytest.fixture
def run(tmp_path):
    """A run folder."""
    write_run(tmp_path / "run")
    return tmp_path / "run"


def call(*arguments, code=0):
    result = runner.invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def report_of(*arguments):
    return json.loads(call(*arguments, "--json").stdout)


def estimate(report, kind, section=0, **more):
    """The first estimate of this kind, or of a species."""
    return next(
        each
        for each in report["sections"][section]["estimates"]
        if each["rate"]["kind"] == kind and more.items() <= each["rate"].items()
    )


def test_a_run_on_its_store(run, store):
    report = report_of(run, "--store", store)
    assert re.fullmatch(
        rf"{run}/model\.onnx \(sha256 [0-9a-f]{{12}}, configuration 0{{12}}\)", report["system"]
    )
    assert report["threshold"]["value"] == 0.175
    assert [section["name"] for section in report["sections"]] == ["pooled", "set2", "set3"]
    refused = [n for n in range(20, 40, 2) if score(n) >= 0.175]
    assert 0 < len(refused) < 10
    found = estimate(report, "bpcer")
    assert (found["events"], found["trials"]) == (len(refused), 10)
    assert "the threshold is the bundle's" in report["notes"]
    assert any("dev: 5 live, 5 spoof (as configured)" in note for note in report["notes"])


def test_what_is_written_can_be_judged_again(run, store):
    call(run, "--store", store)
    folder = run / "evaluation"
    table = score_file.read_scores(folder / "scores.csv")
    assert sorted(set(table.split)) == ["dev", "test"]
    assert len(table) == 30  # training rows are not scored
    assert table.trace_score.max() > 0
    first = json.loads((folder / "report.json").read_text("utf-8"))
    assert "| EER " in (folder / "report.md").read_text("utf-8")
    again = report_of(folder / "scores.csv", "--threshold", 0.175)
    assert again["sections"] == first["sections"]
    assert again["threshold"]["rule"] == "fixed"


def test_tables_on_the_terminal(run, store):
    shown = call(run, "--store", store).stdout
    for word in (
        "EER",
        "APCER replay",
        "APCER, worst (replay)",
        "BPCER",
        "ACER",
        "By source",
        "set3",
    ):
        assert word in shown
    assert "chosen on dev by eer" in shown
    assert f"written: {run / 'evaluation'}" in shown.replace("\n", "")


def test_a_bundle_without_threshold_takes_one_from_the_development_rows(tmp_path, store):
    write_run(tmp_path / "run", threshold=None)
    report = report_of(tmp_path / "run", "--store", store)
    assert (report["threshold"]["rule"], report["threshold"]["split"]) == ("eer", "dev")
    assert "5 attacks and 5 live samples of dev" in report["threshold"]["description"]
    assert any("chosen on the development rows" in note for note in report["notes"])


def test_a_rule_chooses_anew_on_the_development_rows(run, store):
    report = report_of(run, "--store", store, "--rule", "bpcer@0.2")
    assert report["threshold"]["rule"] == "bpcer@0.2"
    assert report["threshold"]["split"] == "dev"


def test_the_development_rows_are_never_judged_by_their_own_threshold(run, store):
    report = report_of(run, "--store", store, "--split", "dev")
    assert report["threshold"] is None
    rates = [each["rate"] for each in report["sections"][0]["estimates"]]
    assert [(rate["kind"], rate["level"]) for rate in rates] == [
        ("eer", None),
        ("eer-on-hull", None),
        ("auc", None),
        *(("tdr-at-fdr", fdr) for fdr in (0.001, 0.002, 0.005, 0.01)),
        *(("bpcer-at-apcer", budget) for budget in (0.1, 0.05, 0.01)),
        ("ece", None),
    ]
    assert any("it was chosen on these rows (dev)" in note for note in report["notes"])
    with pytest.raises(SplitError, match="chosen on dev by eer for a report on dev"):
        call(run, "--store", store, "--split", "dev", "--rule", "eer")


def test_faces_are_equalised_before_they_are_judged(run, store):
    plain = call(run, "--store", store)
    assert "faces:" not in plain.stdout
    report = report_of(run, "--store", store, "--equalise", 8, "--grey-world")
    assert "faces: equalised-8px-grey-world, both classes alike" in report["notes"]
    assert any("chosen on faces as they are; --rule eer" in note for note in report["notes"])
    assert (run / "evaluation-equalised-8px-grey-world" / "scores.csv").is_file()
    with pytest.raises(ConfigError, match="equalise: expected 8 to 256 pixels a side, got 7"):
        call(run, "--store", store, "--equalise", 7)


def test_a_bundle_by_itself_writes_only_where_told(tmp_path, other):
    alone = write_bundle(tmp_path / "elsewhere" / "bundle.onnx").path
    before = set(tmp_path.rglob("*"))
    report = report_of(alone, "--store", other)
    assert any("whole by database" in note for note in report["notes"])
    assert "no record beside the bundle: default split" in report["notes"]
    assert set(tmp_path.rglob("*")) == before
    call(alone, "--store", other, "--out", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "scores.csv",
        "report.html",
        "report.json",
        "report.md",
        "tables",
    }


def test_all_rows_of_a_store_never_seen(run, other):
    report = report_of(run, "--store", other, "--all-rows")
    assert sum(report["sections"][0]["attacks"].values()) == 20
    assert any("test: every row (40)" in note for note in report["notes"])


def test_all_rows_of_the_training_store_are_refused(run, store):
    with pytest.raises(SplitError, match="this is the store it was trained on"):
        call(run, "--store", store, "--all-rows")


def test_no_report_replaces_that_of_another_question(run, store, other):
    call(run, "--store", store)
    call(run, "--store", store, "--split", "dev")
    call(run, "--store", f"{other}/")
    call(run, "--store", other, "--all-rows")
    assert {child.name for child in run.iterdir() if child.is_dir()} == {
        "evaluation",
        "evaluation-dev",
        "evaluation-other-otheroth",
        "evaluation-other-otheroth-all_rows",
    }


def test_nothing_on_stderr_without_a_terminal(run, store):
    assert call(run, "--store", store).stderr == ""


SCORES = "label,score,split\nlive,0.1,dev\nspoof,0.9,dev\nlive,0.2,test\nspoof,0.4,test\n"


def test_anybodys_scores(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES)
    report = report_of(path)
    assert report["system"] == str(path)
    assert report["threshold"]["value"] == 0.5
    assert estimate(report, "apcer", species="unknown")["value"] == 1
    assert estimate(report, "bpcer")["value"] == 0
    assert {child.name for child in tmp_path.iterdir()} == {"scores.csv"}


def test_scores_without_development_rows(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("label,score\nlive,0.2\nspoof,0.4\n")
    report = report_of(path)
    assert report["threshold"] is None
    assert estimate(report, "auc")["value"] == 1
    assert any("no development rows" in note for note in report["notes"])
    with pytest.raises(SplitError, match="state a threshold"):
        call(path, "--rule", "eer")
    assert estimate(report_of(path, "--threshold", 0.3), "acer")["value"] == 0


def test_a_report_of_scores_can_be_written_and_the_scores_are_left_alone(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES)
    call(path, "--out", tmp_path)
    assert path.read_text() == SCORES
    assert (tmp_path / "report.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x.csv", "--store", "s"], "a score file needs no --store"),
        (["x.csv", "--equalise", "64"], "a score file needs no --store"),
        (["."], "--store is needed"),
        ([".", "--store", "s", "--grey-world"], "--grey-world goes with"),
        ([".", "--store", "s", "--higher-is", "live"], "--higher-is is for score files"),
        (["x.csv", "--rule", "eer", "--threshold", "1"], "not both"),
        (["x.csv", "--split", "train"], "'train' is not one of 'test', 'dev'"),
    ],
)
def test_wrong_usage(arguments, said):
    shown = " ".join(call(*arguments, code=2).output.replace("│", " ").split())
    assert said in shown


def test_errors_of_input(run, store, tmp_path):
    with pytest.raises(ScoreFileError, match="expected a table, got: No such file"):
        call(tmp_path / "none.csv")
    with pytest.raises(ScoreFileError, match="one of database, subject, clip, got 'frame'"):
        call(run, "--store", store, "--cluster", "frame")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"--out .*expected a folder to write into"):
        call(run, "--store", store, "--out", tmp_path / "file")


@pytest.mark.parametrize("more", [[], ["--store", "s"]])
def test_what_is_not_there_is_said_before_anything_else(tmp_path, more):
    with pytest.raises(ConfigError, match=r"nowhere: expected a run folder.*got no such file"):
        call(tmp_path / "nowhere", *more)


def test_a_damaged_record_of_a_run(run, store):
    RunFolder(run).config.write_text("{")
    with pytest.raises(ConfigError, match=r"config\.json: expected the record of a run"):
        call(run, "--store", store)


def test_no_torch_is_loaded_for_a_score_file(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES)
    code = (
        "import sys\n"
        "import typer; from spooftrace.cli.evaluate import evaluate\n"
        "app = typer.Typer(); app.command()(evaluate)\n"
        f"app([{str(path)!r}], standalone_mode=False)\n"
        "assert not {'torch', 'onnxruntime', 'mediapipe', 'cv2', 'pyarrow'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ACER" in done.stdout


def test_a_whole_report(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES)
    shown = call(path, "--out", tmp_path / "report").stdout
    assert f"written: {tmp_path / 'report'}" in shown.replace("\n", "")
    folder = tmp_path / "report"
    assert {child.name for child in folder.iterdir()} == {
        "report.html",
        "report.json",
        "report.md",
        "tables",
    }
    tables = {child.name for child in (folder / "tables").iterdir()}
    for key in ("rates", "species", "provenance", "worst-faces"):
        assert {f"{key}.csv", f"{key}.json", f"{key}.tex"} <= tables
    stated = dict(json.loads((folder / "report.json").read_text("utf-8"))["provenance"])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert stated["score file, sha256"] == digest
    assert digest in (folder / "report.html").read_text("utf-8")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"--out .*expected a folder to write into"):
        call(path, "--out", tmp_path / "file")


def test_an_oracle_has_to_be_asked_for_and_is_marked_everywhere(tmp_path):
    path, folder = tmp_path / "scores.csv", tmp_path / "report"
    path.write_text(SCORES)
    with pytest.raises(SplitError):
        call(path, "--split", "dev", "--rule", "eer")
    shown = call(path, "--oracle", "--out", folder).stdout
    assert "ORACLE" in shown
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["is_oracle"]
    assert report["threshold"]["split"] == "test"
    assert all(f["is_oracle"] for section in report["sections"] for f in section["estimates"])
    for name in ("report.md", "report.html"):
        assert "ORACLE" in (folder / name).read_text("utf-8")
    assert "oracle" in (folder / "tables" / "species.tex").read_text("utf-8")
    rows = (folder / "tables" / "rates.csv").read_text("utf-8").splitlines()[1:]
    assert rows
    assert all(",yes," in row for row in rows)


def test_groups_by_name(run, store, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(
        "label,score,room\nlive,0.1,hall\nspoof,0.9,hall\nlive,0.3,yard\nspoof,0.7,yard\n"
    )
    report = report_of(path, "--threshold", 0.5, "--group", "room")
    assert [section["name"] for section in report["sections"]] == ["pooled", "hall", "yard"]
    shown = call(path, "--threshold", 0.5, "--group", "room").stdout
    assert "By room" in shown
    by_store = report_of(run, "--store", store, "--group", "attributes.split")
    assert [section["grouping"] for section in by_store["sections"]] == [None, *["database"] * 2]
    with pytest.raises(SplitError, match="--group: expected a column"):
        call(run, "--store", store, "--group", "weather")


def test_panels_of_the_worst_faces_stand_in_the_page(run, store, tmp_path):
    call(run, "--store", store, "--out", tmp_path / "report")
    html = (tmp_path / "report" / "report.html").read_text("utf-8")
    faces = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))["faces"]
    assert len(faces) == 12
    assert html.count('<article class="panel">') == 12
    # Of the toy's faces, one grey each, many squares are alike.
    assert len(re.findall(r'src="data:image/webp;base64,([^"]+)"', html)) == 12 * 8
    assert (tmp_path / "report" / "scores.csv").is_file()


def test_scores_that_are_higher_for_live_faces(tmp_path):
    """The same report as of the negated file, the threshold being on the file's scale."""
    rows = [("live", 0.9), ("live", 0.3), ("spoof", 0.2), ("spoof", 0.6)]
    files = {}
    for name, sign in (("live", 1), ("spoof", -1)):
        files[name] = tmp_path / f"{name}.csv"
        lines = [f"{label},{sign * score}" for label, score in rows]
        files[name].write_text("\n".join(["label,score", *lines]))
    flipped = report_of(files["live"], "--higher-is", "live", "--threshold", 0.5)
    plain = report_of(files["spoof"], "--threshold", -0.5)
    assert flipped["sections"] == plain["sections"]
    assert any(note.startswith("scores negated") for note in flipped["notes"])
    assert not any(note.startswith("scores negated") for note in plain["notes"])


@pytest.fixture
def clips(tmp_path):
    """Two clips of OULU-NPU of each class, two frames each, whose means are 0.2, 0.4, 0.4, 0.9."""
    means = (
        ("live", "live", 0.2),
        ("live", "live", 0.4),
        *(("spoof", "print", s) for s in (0.4, 0.9)),
    )
    lines = ["clip,database,label,medium,score"]
    for number, (label, medium, mean) in enumerate(means):
        lines += [f"c{number},OULU-NPU,{label},{medium},{mean + off}" for off in (-0.1, 0.1)]
    path = tmp_path / "clips.csv"
    path.write_text("\n".join(lines))
    return path


def test_published_figures_stand_beside_those_of_clips_when_asked(clips, tmp_path):
    plain = report_of(clips, "--threshold", 0.45)
    assert plain["protocol"] is None
    assert estimate(plain, "bpcer")["trials"] == 4
    asked = (clips, "--threshold", 0.45, "--published", "oulu-npu/1")
    report = report_of(*asked, "--out", tmp_path / "out")
    assert report["protocol"]["name"] == "oulu-npu/1"
    assert (estimate(report, "bpcer")["events"], estimate(report, "bpcer")["trials"]) == (0, 2)
    assert estimate(report, "apcer", over="worst")["value"] == 0.5
    assert any(note.startswith("rows are clips") for note in report["notes"])
    table = (tmp_path / "out/tables/published-oulu-npu.csv").read_text("utf-8").splitlines()
    assert [cell for cell in table[1].split(",") if cell] == [
        "STASN (published)",
        "1.2",
        "2.5",
        "1.9",
    ]
    assert table[-1].startswith("measured here,0.5,")


def test_published_figures_that_do_not_compare_are_refused(clips):
    with pytest.raises(SplitError, match=r"every row of database SiW.*got OULU-NPU; state it in"):
        call(clips, "--published", "siw/1")
    with pytest.raises(
        ConfigError, match=r"a protocol of one fold .*oulu-npu/1, oulu-npu/2, siw/1"
    ):
        call(clips, "--published", "oulu-npu/3")
    with pytest.raises(ConfigError, match="protocol: got 'oulu'"):
        call(clips, "--published", "oulu")
    unknown = clips.with_name("unknown.csv")
    unknown.write_text("label,score\nlive,0.1\nspoof,0.9\n")
    with pytest.raises(SplitError, match="got rows that state none"):
        call(unknown, "--published", "oulu-npu/1")
