"""A command whose extra is missing says which, before it does anything."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from spooftrace.cli.extras import EXTRAS

ROOT = Path(__file__).parents[2]

WITHOUT = """
import sys
for name in {missing!r}:
    sys.modules[name] = None
from spooftrace.cli.main import main
sys.argv = ["spooftrace", *{arguments!r}]
main()
"""
COMMANDS = {
    "prepare": ["prepare", "nowhere", "--out", "x"],
    "simulate": ["simulate", "--people", "1", "--out", "x"],
    "evaluate": ["evaluate", "scores.csv"],
    "compare": ["compare", "a.csv", "b.csv"],
    "demo": ["demo", "--out", "x"],
    "train": ["train", "--store", "x", "--out", "y"],
    "export": ["export", "x"],
    "experiment robustness": ["experiment", "robustness", "x", "--store", "y", "--out", "z"],
    "experiment media": ["experiment", "media", "x", "--store", "y", "--out", "z"],
}


def run(arguments, missing, tmp_path):
    program = WITHOUT.format(missing=missing, arguments=arguments)
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_without_the_extra_data(command, tmp_path):
    ended = run(COMMANDS[command], ["pyarrow", "scipy"], tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == (
        f"error: spooftrace {command} needs the extra 'data', of which pyarrow, scipy is not "
        "installed; in the checkout: pip install '.[data]'\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_extras_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for extra, names in EXTRAS.items():
        brought = {
            line.split(">")[0].replace("-", "_") for line in project["optional-dependencies"][extra]
        }
        assert set(names) <= brought, extra
