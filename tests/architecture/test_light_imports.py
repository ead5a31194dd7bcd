"""`import spooftrace` and `--help` are quick, because nothing heavy is loaded for them."""

import ast
import subprocess
import sys
import time

import pytest
from source_tree import files, module_name

HEAVY = ("torch", "mediapipe", "cv2", "onnxruntime", "onnx", "pyarrow", "jax", "matplotlib")
HEAVY += ("scipy", "sklearn", "skimage", "tensorboard")

HELP = """
import sys
from spooftrace.cli.main import main
sys.argv = ["spooftrace", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""


def declares_commands(path):
    """Whether the file knows Typer: the others are imported by a command when it runs."""
    return "import typer" in path.read_text("utf-8")


COMMANDS = [module_name(path) for path in files("spooftrace/cli") if declares_commands(path)]


def loaded_heavies(code: str) -> list[str]:
    """Run the code in a fresh interpreter; which of the heavy packages it loaded."""
    report = f"\nimport sys\nprint('\\n' + repr([m for m in {HEAVY!r} if m in sys.modules]))"
    result = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return ast.literal_eval(result.stdout.splitlines()[-1])


def best_seconds(code: str) -> float:
    """Shortest of three runs in fresh interpreters: the machine may be busy with other tests."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def test_import_loads_nothing_heavy():
    assert loaded_heavies("import spooftrace") == []


def test_help_loads_nothing_heavy():
    assert loaded_heavies(HELP) == []


@pytest.mark.parametrize("module", COMMANDS)
def test_declaring_a_command_loads_nothing_heavy(module):
    assert loaded_heavies(f"import {module}") == []


def test_import_takes_a_moment():
    assert best_seconds("import spooftrace") < 0.5


def test_help_takes_well_under_a_second_of_its_own():
    # Measured against a bare interpreter; about 0.3 s on an idle core, the rest is for busy ones.
    assert best_seconds(HELP) - best_seconds("pass") < 1.5
