import json
import sys

import pytest

from spooftrace.cli import main
from spooftrace.cli.demo import demo
from spooftrace.data.store.store import Store
from spooftrace.errors import MissingExtraError
from spooftrace.simulation.attacks import ATTACKS

PEOPLE, ITERATIONS = 10, 6


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A demo made as short as it can be."""
    out = tmp_path_factory.mktemp("demo")
    demo(out, people=PEOPLE, seed=0, iterations=ITERATIONS)
    return out


@pytest.mark.slow
def test_everything_the_farewell_names_is_there(finished):
    assert len(Store.open(finished / "store")) == PEOPLE * (4 + len(ATTACKS))
    sheets = {path.stem for path in (finished / "store" / "sheets").iterdir()}
    assert sheets == {medium.value for medium in ATTACKS}
    assert (finished / "run" / "model.onnx").is_file()


@pytest.mark.slow
def test_the_page_shows_every_medium_with_its_truth_and_says_that_it_is_simulated(finished):
    page = (finished / "report.html").read_text(encoding="utf-8")
    assert page.count('<article class="panel">') == 1 + len(ATTACKS)
    assert page.count("data:image/webp;base64,") == 10 * (1 + len(ATTACKS))
    assert "Nobody here exists, and everything was simulated" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


@pytest.mark.slow
def test_test_people_are_judged_and_their_traces_measured(finished):
    report = json.loads((finished / "report" / "report.json").read_text())
    pooled = report["sections"][0]
    assert pooled["live"] == 8  # two of ten people are kept for the test
    assert sum(pooled["attacks"].values()) == 2 * len(ATTACKS)
    assert "trace-accuracy" in [table["key"] for table in report["tables"]]


@pytest.mark.slow
def test_a_finished_demo_is_not_made_again(finished):
    kept = [finished / "store" / "store.json", finished / "run" / "model.onnx"]
    before = [path.read_bytes() for path in kept]
    stamp = kept[0].stat().st_mtime_ns
    demo(finished, people=PEOPLE, seed=0, iterations=ITERATIONS)
    assert [path.read_bytes() for path in kept] == before
    assert kept[0].stat().st_mtime_ns == stamp


def test_without_torch_the_demo_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("spooftrace.cli.extras.find_spec", lambda name: None)
    match = r"demo needs the extra 'train'.*torch.*\.\[train\]"
    with pytest.raises(MissingExtraError, match=match):
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
