import json
import sys

import pytest

from spooftrace.cli import main
from spooftrace.cli.demo import demo
from spooftrace.errors import MissingExtraError

PEOPLE, ITERATIONS = 10, 12


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A demo made as short as it can be."""
    out = tmp_path_factory.mktemp("demo")
    demo(out, people=PEOPLE, iterations=ITERATIONS)
    return out


@pytest.mark.slow
def test_everything_the_farewell_names_is_there(finished):
    assert len(list((finished / "pictures").rglob("*.jpg"))) == 8 * PEOPLE
    assert (finished / "store" / "store.json").is_file()
    assert (finished / "run" / "model.onnx").is_file()
    assert (finished / "run" / "evaluation" / "report.md").is_file()


@pytest.mark.slow
def test_held_out_pictures_have_panels_and_decisions(finished):
    results = json.loads((finished / "panels" / "results.json").read_text())
    files = {record["file"] for record in results["files"]}
    assert len(files) == 16  # two of ten people are kept for the test
    assert all("/test/" in name for name in files)
    decided = [record for record in results["files"] if record["decision"] != "no_answer"]
    assert len(decided) >= 15
    assert len([*finished.glob("panels/**/*.png"), *finished.glob("panels/**/*.jpg")]) >= 15


@pytest.mark.slow
def test_a_finished_demo_is_not_made_again(finished, capsys):
    before = {path: path.stat().st_mtime_ns for path in (finished / "pictures").rglob("*.jpg")}
    store = (finished / "store" / "store.json").read_bytes()
    demo(finished, people=PEOPLE, iterations=ITERATIONS)
    assert capsys.readouterr().out.count("already there, kept") == 2
    after = {path: path.stat().st_mtime_ns for path in (finished / "pictures").rglob("*.jpg")}
    assert after == before
    assert (finished / "store" / "store.json").read_bytes() == store


def test_without_torch_the_demo_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("spooftrace.cli.extras.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"demo needs torch.*spooftrace\[train\]"):
        demo(tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_too_few_people_are_wrong_usage(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        sys, "argv", ["spooftrace", "demo", "--people", "3", "--out", str(tmp_path)]
    )
    with pytest.raises(SystemExit) as stop:
        main.main()
    assert stop.value.code == 2
    assert "--people" in capsys.readouterr().err
