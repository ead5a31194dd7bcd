import base64
import hashlib
import io
import json
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from spooftrace.cli.evaluate import evaluate
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import ConfigError, ScoreFileError, SplitError
from spooftrace.evaluation.scores import file as score_file
from spooftrace.metrics.thresholds import Threshold

app = typer.Typer()
app.command()(evaluate)
runner = CliRunner()

SIZE = 16
BUNDLE_THRESHOLD = Threshold(value=0.35, rule="eer", split="dev", description="at export")


OTHER_SOURCE = SimpleNamespace(provenance=SimpleNamespace(source_fingerprint="other" * 8))


class ToyStore:
    """Four sources of ten faces of one grey each; spoofs are brighter, some live faces as well."""

    info = SimpleNamespace(provenance=SimpleNamespace(source_fingerprint="abc"))

    has_trace = np.zeros(40, np.bool_)

    def __init__(self, stated=True):
        count = 40
        self.label = [number % 2 for number in range(count)]
        self.grey = [40 + 100 * label + 3 * (n % 20) for n, label in enumerate(self.label)]
        self.database = [f"set{number // 10}" for number in range(count)]
        self.stated = ["test" if stated and number >= 20 else "train" for number in range(count)]

    def __len__(self):
        return len(self.label)

    def columns(self):
        return {
            "id": [f"face{number}" for number in range(len(self))],
            "label": self.label,
            "medium": ["replay" if label else "live" for label in self.label],
            "database": self.database,
            "clip": [None] * len(self),
            "subject": [None] * len(self),
            "attributes": [{"split": name} for name in self.stated],
        }

    def image(self, index):
        picture = np.full((256, 256, 3), self.grey[index], np.uint8)
        picture.reshape(16, 16, 256, 3)[::2] += 10  # stripes that an equalised picture has no more
        return picture


class ToyBundle:
    """Scores a face by its mean; the trace term says how striped it is."""

    sha256 = "0123456789abcdef"

    def __init__(self, path, threshold=BUNDLE_THRESHOLD):
        self.path = path
        self.info = SimpleNamespace(
            image_size=SIZE, threshold=threshold, config_hash="c0ffee", trained_on="store abc"
        )

    def run_scores(self, faces):
        mean = faces.mean(axis=(1, 2, 3)).astype(np.float32) / 255
        striped = np.abs(np.diff(faces.astype(np.float32), axis=1)).mean(axis=(1, 2, 3)) / 255
        return SimpleNamespace(score=mean, map_score=mean, trace_score=striped)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run folder; `run.bundle` and `run.store` are what opening it gives."""
    folder = tmp_path / "run"
    folder.mkdir()
    made = SimpleNamespace(
        folder=folder, bundle=ToyBundle(folder / "model.onnx"), store=ToyStore(), asked=[]
    )
    made.record = {"split": {"dev": {"database": ["set1"]}}, "store": {"fingerprint": "abc"}}
    (folder / "config.json").write_text(json.dumps(made.record))
    monkeypatch.setattr(Bundle, "load", lambda path: made.bundle)
    monkeypatch.setattr(Store, "open", lambda path: made.asked.append(path) or made.store)
    return made


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


def test_a_run_on_its_store(run):
    report = report_of(run.folder, "--store", "memory://faces")
    assert run.asked == ["memory://faces"]
    assert (
        report["system"] == f"{run.folder}/model.onnx (sha256 0123456789ab, configuration c0ffee)"
    )
    assert report["threshold"]["value"] == 0.35
    assert [section["name"] for section in report["sections"]] == ["pooled", "set2", "set3"]
    live = [(n, v) for n, v in enumerate(run.store.grey) if n >= 20 and n % 2 == 0]
    refused = sum((v + 5) / 255 >= 0.35 for _, v in live)
    assert 0 < refused < len(live)
    assert (estimate(report, "bpcer")["events"], estimate(report, "bpcer")["trials"]) == (
        refused,
        10,
    )
    assert "the threshold is the bundle's" in report["notes"]
    assert any("dev: 5 live, 5 spoof (as configured)" in note for note in report["notes"])


def test_what_is_written_can_be_judged_again(run):
    call(run.folder, "--store", "s")
    folder = run.folder / "evaluation"
    table = score_file.read_scores(folder / "scores.csv")
    assert sorted(set(table.split)) == ["dev", "test"]
    assert len(table) == 30  # training rows are not scored
    assert table.trace_score.max() > 0
    first = json.loads((folder / "report.json").read_text("utf-8"))
    assert "| EER |" in (folder / "report.md").read_text("utf-8")
    again = report_of(folder / "scores.csv", "--threshold", 0.35)
    assert again["sections"] == first["sections"]
    assert again["threshold"]["rule"] == "fixed"


def test_tables_on_the_terminal(run):
    shown = call(run.folder, "--store", "s").stdout
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
    assert f"written: {run.folder / 'evaluation'}" in shown.replace("\n", "")


def test_a_bundle_without_threshold_takes_one_from_the_development_rows(run):
    run.bundle = ToyBundle(run.folder / "model.onnx", threshold=None)
    report = report_of(run.folder, "--store", "s")
    assert (report["threshold"]["rule"], report["threshold"]["split"]) == ("eer", "dev")
    assert "5 attacks and 5 live samples of dev" in report["threshold"]["description"]
    assert any("chosen on the development rows" in note for note in report["notes"])


def test_a_rule_chooses_anew_on_the_development_rows(run):
    report = report_of(run.folder, "--store", "s", "--rule", "bpcer@0.2")
    assert report["threshold"]["rule"] == "bpcer@0.2"
    assert report["threshold"]["split"] == "dev"


def test_the_development_rows_are_never_judged_by_their_own_threshold(run):
    report = report_of(run.folder, "--store", "s", "--split", "dev")
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
        call(run.folder, "--store", "s", "--split", "dev", "--rule", "eer")


def test_faces_are_equalised_before_they_are_judged(run):
    plain = call(run.folder, "--store", "s")
    assert "faces:" not in plain.stdout
    report = report_of(run.folder, "--store", "s", "--equalise", 8, "--grey-world")
    assert "faces: equalised-8px-grey-world, both classes alike" in report["notes"]
    assert any("chosen on faces as they are; --rule eer" in note for note in report["notes"])
    folder = run.folder / "evaluation-equalised-8px-grey-world"
    stripes = score_file.read_scores(folder / "scores.csv").trace_score
    assert stripes.max() == 0


def test_a_bundle_by_itself_writes_only_where_told(run, tmp_path):
    run.bundle = ToyBundle(tmp_path / "elsewhere" / "bundle.onnx")
    run.store.info = OTHER_SOURCE
    before = set(tmp_path.rglob("*"))
    report = report_of(tmp_path / "elsewhere" / "bundle.onnx", "--store", "s")
    assert any("whole by database" in note for note in report["notes"])
    assert "no record beside the bundle: default split" in report["notes"]
    assert set(tmp_path.rglob("*")) == before
    call("bundle.onnx", "--store", "s", "--out", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "scores.csv",
        "report.json",
        "report.md",
    }


def test_all_rows_of_a_store_never_seen(run):
    run.store.info = OTHER_SOURCE
    report = report_of(run.folder, "--store", "s", "--all-rows")
    assert sum(report["sections"][0]["attacks"].values()) == 20
    assert any("every row of s is test" in note for note in report["notes"])


def test_all_rows_of_the_training_store_are_refused(run):
    with pytest.raises(SplitError, match="got the one it was trained on"):
        call(run.folder, "--store", "s", "--all-rows")


def test_a_moved_bundle_is_not_judged_on_the_store_it_learnt_from(run, tmp_path):
    run.bundle = ToyBundle(tmp_path / "elsewhere" / "copy.onnx")
    with pytest.raises(
        SplitError, match=r"copy\.onnx: .*learnt from is recorded in the run folder"
    ):
        call("copy.onnx", "--store", "s")
    with pytest.raises(SplitError, match="got the one it was trained on"):
        call("copy.onnx", "--store", "s", "--all-rows")
    run.bundle.path.parent.mkdir()
    (run.bundle.path.parent / "config.json").write_text('{"store": {"fingerprint": "other"}}')
    with pytest.raises(SplitError, match="got that of another run"):
        call("copy.onnx", "--store", "s")


def test_no_report_replaces_that_of_another_question(run):
    call(run.folder, "--store", "s")
    call(run.folder, "--store", "s", "--split", "dev")
    run.store.info = OTHER_SOURCE
    call(run.folder, "--store", "memory://b/my faces/")
    call(run.folder, "--store", "memory://b/my faces/", "--all-rows")
    assert {child.name for child in run.folder.iterdir() if child.is_dir()} == {
        "evaluation",
        "evaluation-dev",
        "evaluation-my_faces-otheroth",
        "evaluation-my_faces-otheroth-all-rows",
    }


@pytest.mark.parametrize("pixels", [-1, 0, 7, 257, 999999999999])
def test_equalised_sizes_have_bounds(run, pixels):
    with pytest.raises(ConfigError, match=f"--equalise: expected 8 to 256 pixels.*got {pixels}"):
        call(run.folder, "--store", "s", "--equalise", pixels)


def test_nothing_on_stderr_without_a_terminal(run):
    assert call(run.folder, "--store", "s").stderr == ""


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
        (["run"], "--store is needed"),
        (["run", "--store", "s", "--grey-world"], "--grey-world goes with"),
        (["x.csv", "--rule", "eer", "--threshold", "1"], "not both"),
        (["x.csv", "--split", "train"], "'train' is not one of 'test', 'dev'"),
    ],
)
def test_wrong_usage(arguments, said):
    shown = " ".join(call(*arguments, code=2).output.replace("│", " ").split())
    assert said in shown


def test_errors_of_input(run, tmp_path):
    with pytest.raises(ScoreFileError, match="expected a table, got: No such file"):
        call(tmp_path / "none.csv")
    with pytest.raises(ScoreFileError, match="one of database, subject, clip, got 'frame'"):
        call(run.folder, "--store", "s", "--cluster", "frame")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"--out .*expected a folder to write into"):
        call(run.folder, "--store", "s", "--out", tmp_path / "file")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "expected the JSON that training wrote"),
        ("[]", "expected a JSON object, got list"),
        ('{"split": {"develop": 1}}', "split.develop: Unexpected keyword argument"),
        ('{"split": {"dev_share": "2"}}', "split.dev_share: Input should be a valid number"),
        ('{"split": {"dev_share": 2}}', "split.dev_share: expected a share"),
    ],
)
def test_a_damaged_record_of_a_run(run, content, said):
    (run.folder / "config.json").write_text(content)
    with pytest.raises(ConfigError) as caught:
        call(run.folder, "--store", "s")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


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
    shown = call(path, "--report", tmp_path / "report").stdout
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
    with pytest.raises(ConfigError, match=r"--report .*expected a folder to write into"):
        call(path, "--report", tmp_path / "file")


def test_an_oracle_has_to_be_asked_for_and_is_marked_everywhere(tmp_path):
    path, folder = tmp_path / "scores.csv", tmp_path / "report"
    path.write_text(SCORES)
    with pytest.raises(SplitError):
        call(path, "--split", "dev", "--rule", "eer")
    shown = call(path, "--oracle", "--report", folder).stdout
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


def test_groups_by_name(run, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(
        "label,score,room\nlive,0.1,hall\nspoof,0.9,hall\nlive,0.3,yard\nspoof,0.7,yard\n"
    )
    report = report_of(path, "--threshold", 0.5, "--group", "room")
    assert [section["name"] for section in report["sections"]] == ["pooled", "hall", "yard"]
    shown = call(path, "--threshold", 0.5, "--group", "room").stdout
    assert "By room" in shown
    by_store = report_of(run.folder, "--store", "s", "--group", "attributes.split")
    assert [section["grouping"] for section in by_store["sections"]] == [None, *["database"] * 2]
    with pytest.raises(SplitError, match="--group: expected a column"):
        call(run.folder, "--store", "s", "--group", "weather")


def test_panels_of_the_worst_faces_stand_in_the_page(run, tmp_path, monkeypatch):
    asked = []

    class Detector:
        def __init__(self, bundle):
            assert bundle is run.bundle

        def analyze_faces(self, faces, threshold):
            asked.append((faces.shape, threshold))
            return [SimpleNamespace(mean=faces.mean())]

    def panel(detection, title):
        return np.full((924, 1400, 3), int(detection.mean), np.uint8)

    monkeypatch.setattr("spooftrace.detector.detector.SpoofDetector", Detector)
    monkeypatch.setattr("spooftrace.detector.panel.draw_panel", panel)
    call(run.folder, "--store", "s", "--report", tmp_path / "report")
    html = (tmp_path / "report" / "report.html").read_text("utf-8")
    faces = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))["faces"]
    assert len(faces) == 12
    assert asked == [((1, 256, 256, 3), 0.35)] * 12
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    for face, picture in zip(faces, pictures, strict=True):
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))))
        assert shown.shape == (660, 1000, 3)
        grey = run.store.image(int(face["id"].removeprefix("face"))).mean()
        assert abs(int(shown[0, 0, 0]) - int(grey)) <= 1
    assert (tmp_path / "report" / "scores.csv").is_file()
