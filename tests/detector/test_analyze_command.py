"""`spooftrace analyze` from the outside."""

import json

import pytest
import skimage.data
import typer
from PIL import Image
from toy_bundle import toy_info, write_toy
from typer.testing import CliRunner

from spooftrace.cli.analyze import analyze
from spooftrace.errors import BundleError, ConfigError, PictureError, SpoofTraceError

app = typer.Typer()
app.command()(analyze)


@pytest.fixture
def model(tmp_path):
    return write_toy(tmp_path / "toy.onnx")


@pytest.fixture
def faces(tmp_path):
    """A face as it is (score .5026, a spoof) and in dim light, and one file that is broken."""
    folder = tmp_path / "faces"
    folder.mkdir()
    face = Image.fromarray(skimage.data.astronaut())
    face.save(folder / "bright.png")
    face.point(lambda level: level * 0.7).save(folder / "dim.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    (folder / "notes.txt").write_text("about these faces")
    return folder


def run(*arguments):
    """Standard output of a call that must succeed."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def failure(*arguments):
    """The error of a call that must fail in the way that ends in exit code 1."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 1
    assert isinstance(result.exception, SpoofTraceError)
    assert "\n" not in str(result.exception)
    return result.exception


def test_limits_of_the_gate_refuse_and_let_pass(model, faces):
    bright = faces / "bright.png"
    (answer,) = [json.loads(run(bright, "--model", model, "--json", "--limit", "min_size_px=300"))]
    assert (answer["reason"], answer["advice"]) == ("too_small", "come closer")
    assert "expected at least 300" in answer["detail"]
    assert "did you mean" in str(failure(bright, "--model", model, "--limit", "min_sise_px=3"))


def test_the_mean_of_five_crops_moves_the_score_a_little(model, faces):
    given = (faces / "bright.png", "--model", model, "--json")
    one, five = (json.loads(run(*given, *flag))["score"] for flag in ((), ("--average",)))
    assert 1e-6 < abs(one - five) < 0.05


def test_the_table(model, faces):
    lines = run(faces, "--model", model).splitlines()
    assert lines[0] == "threshold 0.5000 (eer on dev); a spoof from there on"
    assert lines[1] == "1 files that are neither pictures nor videos are left out"
    assert lines[2].split() == ["decision", "score", "file"]
    bright, broken, dim = lines[3:]
    assert bright.split() == ["spoof", "0.5026", str(faces / "bright.png")]
    assert broken.split()[:3] == ["no_answer", "-", str(faces / "broken.jpg")]
    assert " unreadable: " in broken
    assert dim.split()[0] == "live"


def test_json_lines(model, faces):
    records = [json.loads(line) for line in run(faces, "--model", model, "--json").splitlines()]
    assert [record["decision"] for record in records] == ["spoof", "no_answer", "live"]
    assert [record["reason"] for record in records] == [None, "unreadable", None]


def test_a_threshold_of_ones_own(model, faces):
    lines = run(faces / "bright.png", "--model", model, "--threshold", "0.6").splitlines()
    assert lines[0].startswith("threshold 0.6000 (caller)")
    assert lines[-1].startswith("live ")


def test_panels_and_results(model, faces, tmp_path):
    out = tmp_path / "out"
    printed = run(faces, "--model", model, "--json", "--out", out)
    results = json.loads((out / "results.json").read_text())
    assert sorted(file.name for file in out.iterdir()) == [
        "bright.png.png",
        "dim.png.png",
        "results.json",
    ]
    assert results["files"] == [json.loads(line) for line in printed.splitlines()]
    assert results["schema_version"] == 1
    assert results["model"]["info"] == json.loads(toy_info().to_json())
    assert len(results["model"]["sha256"]) == 64


def test_a_run_folder(faces, tmp_path):
    (tmp_path / "run").mkdir()
    write_toy(tmp_path / "run" / "model.onnx")
    assert "spoof" in run(faces / "bright.png", "--model", tmp_path / "run")


def test_a_video(model, tmp_path):
    import cv2

    path = tmp_path / "clip.avi"
    frame = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, frame.shape[1::-1])
    for _ in range(5):
        video.write(frame)
    video.release()
    line = run(path, "--model", model, "--every", 2, "--threshold", 0.4).splitlines()[-1]
    assert line.split()[0] == "spoof"
    assert line.endswith("[3 of 3 frames answered]")


class TestErrors:
    def test_nothing_could_be_read(self, model, faces):
        error = failure(faces / "broken.jpg", faces / "absent.png", "--model", model)
        assert isinstance(error, PictureError)
        assert "none of 2 files could be read; the first: " in str(error)

    def test_nothing_to_read(self, model, tmp_path):
        (tmp_path / "empty").mkdir()
        error = failure(tmp_path / "empty", "--model", model)
        assert "expected pictures or videos, found none" in str(error)

    def test_no_model(self, faces, tmp_path):
        assert isinstance(failure(faces, "--model", tmp_path / "absent.onnx"), BundleError)
        assert isinstance(failure(faces, "--model", tmp_path), BundleError)

    def test_a_model_that_cannot_decide(self, faces, tmp_path):
        model = write_toy(tmp_path / "scores.onnx", toy_info(threshold=None))
        assert "spooftrace evaluate" in str(failure(faces, "--model", model))
        assert "spoof" in run(faces, "--model", model, "--threshold", "0.5")

    def test_a_threshold_that_is_no_number(self, model, faces):
        assert isinstance(failure(faces, "--model", model, "--threshold", "nan"), ConfigError)

    def test_out_is_a_file(self, model, faces):
        error = failure(faces, "--model", model, "--out", faces / "notes.txt")
        assert isinstance(error, ConfigError)

    def test_wrong_usage(self, model, faces):
        assert CliRunner().invoke(app, ["--model", str(model)]).exit_code == 2
        every = CliRunner().invoke(app, [str(faces), "--model", str(model), "--every", "0"])
        assert every.exit_code == 2


class TestScripts:
    def test_a_spoof_ends_in_a_code_of_its_own(self, model, faces):
        arguments = [str(faces), "--model", str(model), "--fail-on"]
        for what, code in (("spoof", 3), ("no_answer", 3)):
            assert CliRunner().invoke(app, [*arguments, what]).exit_code == code
        dim = [str(faces / "dim.png"), *arguments[1:], "spoof", "--fail-on", "no_answer"]
        assert CliRunner().invoke(app, dim).exit_code == 0
        assert CliRunner().invoke(app, [*arguments, "live"]).exit_code == 2

    def test_a_pattern(self, model, faces):
        lines = run(str(faces / "*i*.png"), "--model", model, "--json").splitlines()
        assert [json.loads(line)["file"] for line in lines] == [
            str(faces / "bright.png"),
            str(faces / "dim.png"),
        ]

    def test_a_file_whose_name_is_a_pattern_stands_for_itself(self, model, faces):
        (faces / "dim.png").rename(faces / "a[1].png")
        (faces / "bright.png").rename(faces / "a1.png")
        (line,) = run(str(faces / "a[1].png"), "--model", model, "--json").splitlines()
        assert json.loads(line)["decision"] == "live"

    def test_csv(self, model, faces, tmp_path):
        import csv

        path = tmp_path / "answers.csv"
        run(faces, "--model", model, "--csv", path)
        with path.open(newline="") as file:
            bright, broken, dim = csv.DictReader(file)
        assert (bright["decision"], round(float(bright["score"]), 4)) == ("spoof", 0.5026)
        assert (broken["decision"], broken["score"], broken["reason"]) == (
            "no_answer",
            "",
            "unreadable",
        )
        assert (dim["decision"], dim["kind"], dim["threshold_source"]) == (
            "live",
            "picture",
            "eer on dev",
        )

    def test_a_csv_that_cannot_be_written(self, model, faces, tmp_path):
        error = failure(faces, "--model", model, "--csv", tmp_path / "no" / "answers.csv")
        assert isinstance(error, ConfigError)
        assert "answers.csv: cannot be written" in str(error)

    def test_a_stream(self, model, monkeypatch):
        from spooftrace.data.sources import video

        def frames(address):
            assert address == "rtsp://door/1"
            for number in range(7):
                yield video.Frame(number, number / 25, skimage.data.astronaut())

        monkeypatch.setattr(video, "stream", frames)
        lines = run("rtsp://door/1", "--model", model, "--every", 2, "--json").splitlines()
        records = [json.loads(line) for line in lines]
        assert [record["frame"] for record in records] == [0, 2, 4, 6]
        assert [record["vote"]["answered"] for record in records] == [1, 2, 3, 4]
        assert records[-1]["vote"]["decision"] == records[-1]["decision"] == "spoof"
        assert records[0]["vote"]["reason"] == "too_few_frames"


def test_a_stopped_call_goes_on_where_it_was(model, faces, tmp_path):
    out, csv = tmp_path / "out", tmp_path / "answers.csv"
    asked = (faces, "--model", model, "--out", out, "--json")
    run(*asked)
    whole = (out / "results.json").read_bytes()
    run(faces / "bright.png", "--model", model, "--out", out)  # as if stopped after one
    assert len(json.loads((out / "results.json").read_text())["files"]) == 1
    shown = [json.loads(line) for line in run(*asked, "--resume", "--csv", csv).splitlines()]
    assert [record["file"] for record in shown] == [
        str(faces / "broken.jpg"),
        str(faces / "dim.png"),
    ]
    assert (out / "results.json").read_bytes() == whole
    assert len(csv.read_text().splitlines()) == 1 + 3
    assert run(*asked, "--resume") == ""
    assert "another question" in str(failure(*asked, "--resume", "--threshold", "0.6"))
    assert CliRunner().invoke(app, [str(faces), "--resume"]).exit_code == 2
