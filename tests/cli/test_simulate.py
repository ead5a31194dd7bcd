"""`spooftrace simulate` at the door: what it refuses, and what it writes."""

import pytest
from typer.testing import CliRunner

from spooftrace.cli.main import app
from spooftrace.cli.simulate import named_attacks
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError, StoreError
from spooftrace.labels import Medium

run = CliRunner().invoke


def test_attacks_are_named_freely_and_listed_once_in_order():
    assert named_attacks("replay, Print,replay") == (Medium.PRINT, Medium.REPLAY)
    assert named_attacks("paper-mask") == (Medium.PAPER_MASK,)
    assert len(named_attacks("all")) == 15
    assert named_attacks("print,all") == named_attacks("all")


@pytest.mark.parametrize(
    ("text", "said"),
    [("prnt", "did you mean 'print'"), ("print,hologram", "'hologram'"), (" , ", "got nothing")],
)
def test_unknown_attacks_are_refused_with_a_suggestion(text, said):
    with pytest.raises(ConfigError, match=said):
        named_attacks(text)


def test_live_is_no_attack():
    with pytest.raises(ConfigError, match="'live'"):
        named_attacks("live")


@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "--out", "x"],
        ["simulate", "faces", "--people", "3", "--out", "x"],
        ["simulate", "--people", "3"],
        ["simulate", "--people", "0", "--out", "x"],
        ["simulate", "--people", "3", "--out", "x", "--database", "mine"],
        ["simulate", "--people", "3", "--out", "x", "--per-face", "0"],
        ["simulate", "--people", "3", "--out", "x", "--live-per-face", "10001"],
    ],
)
def test_contradictions_and_numbers_out_of_range_are_wrong_usage(words):
    assert run(app, words).exit_code == 2


def test_a_file_in_the_place_of_the_sheets_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    words = ["simulate", "--people", "3", "--out", str(tmp_path / "store")]
    result = run(app, [*words, "--sheets", str(tmp_path / "file")])
    assert isinstance(result.exception, StoreError)
    assert not (tmp_path / "store").exists()


@pytest.mark.slow
def test_a_store_and_its_contact_sheets(tmp_path):
    out = tmp_path / "store"
    words = ["simulate", "--people", "2", "--attacks", "print,funny_eye", "--out", str(out)]
    result = run(app, [*words, "--workers", "1"])
    assert result.exit_code == 0, result.output
    store = Store.open(out)
    assert sorted(store.columns()["medium"]) == ["funny_eye"] * 2 + ["live"] * 2 + ["print"] * 2
    assert sorted(path.name for path in (out / "sheets").iterdir()) == [
        "funny_eye.png",
        "print.png",
    ]
    # The same command finds the store finished.
    assert run(app, [*words, "--workers", "1"]).exit_code == 0
