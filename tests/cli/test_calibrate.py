"""`spooftrace calibrate` and `spooftrace inspect` from the outside."""

import json

import typer
from toy_bundle import toy_info, write_toy
from typer.testing import CliRunner

from spooftrace.cli.calibrate import calibrate
from spooftrace.cli.inspect import inspect

app = typer.Typer()
app.command()(calibrate)
app.command()(inspect)


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_from_scores_to_a_bundle_that_says_where_its_threshold_is_from(tmp_path):
    bundle = write_toy(tmp_path / "toy.onnx")
    scores = tmp_path / "dev.csv"
    rows = [f"live,live,{number / 100}" for number in range(1, 21)]
    rows += [f"spoof,print,{number / 10}" for number in range(10)]
    scores.write_text("\n".join(["label,medium,score", *rows]))
    new = tmp_path / "new.onnx"
    asked = ["calibrate", bundle, "--scores", scores, "--rule", "bpcer=0.1", "--out", new]
    refused = CliRunner().invoke(app, [str(argument) for argument in asked])
    assert "expected rows of split dev" in str(refused.exception)
    said = run(*asked, "--all-rows")
    # Living people 0.19 and 0.20 are refused; the attacks 0.0 and 0.1 pass.
    assert f"{new}: threshold 0.18\n" in said
    assert "2 of 20 faces of living people refused (BPCER); 95 % interval 1.2% to 31.7%" in said
    assert "2 of 10 faces of print passed (APCER); 95 % interval 2.5% to 55.6%" in said
    shown = [line.split() for line in run("inspect", new).splitlines()]
    assert ["rule", "bpcer@0.1"] in shown
    assert ["events", "2"] in shown
    held = json.loads(run("inspect", new, "--json"))
    assert held["info"]["operating_point"]["bpcer"]["trials"] == 20
    assert held["inputs"] == {"faces": "uint8 ['b', 32, 32, 3]"}
    assert len(held["outputs"]) == 10


def test_a_bundle_without_threshold(tmp_path):
    bundle = write_toy(tmp_path / "toy.onnx", toy_info(threshold=None))
    assert "cannot decide; choose one with `spooftrace calibrate`" in run("inspect", bundle)
