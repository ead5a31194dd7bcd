import sys

import pytest

from spooftrace.cli import main as cli
from spooftrace.cli.output import printable


def test_by_hand() -> None:
    assert printable("a\nlive 0.0 b") == "a\\nlive 0.0 b"
    assert printable("a\udcff.jpg") == "a\\xff.jpg"
    assert printable("\x1b[31m") == "\\x1b[31m"
    assert printable("Gesicht \u00e4.jpg") == "Gesicht \u00e4.jpg"


def test_an_error_stays_one_line(tmp_path, monkeypatch, capsys) -> None:
    name = str(tmp_path / "n\nlive  0.0000  evil.csv")
    monkeypatch.setattr(sys, "argv", ["spooftrace", "evaluate", name])
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().err.count("\n") == 1
