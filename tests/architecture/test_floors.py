"""The house of the design: imports run down the floors, and nothing imports in a circle."""

import ast
import graphlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from source_tree import PACKAGE, ROOT, files, module_name, parse

MODULES = {module_name(path): path for path in files("spooftrace")}
# Rooms that a deployed detector, or what builds stores for one, may load.
TORCH_FREE = ("errors", "labels", "faces", "metrics", "data", "simulation", "evaluation")
TORCH_FREE += ("run_folder", "detector", "building", "judging", "cli", "service")


def test_import_linter_keeps_the_contract_of_pyproject():
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 kept, 0 broken" in result.stdout


def imported_at_module_level(path: Path) -> set[str]:
    """Modules of the package that importing the file imports; `TYPE_CHECKING` blocks do not run."""
    found = set()
    for node in parse(path).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in full}
    return found & set(MODULES)


def test_no_import_cycle():
    graph = {name: imported_at_module_level(path) for name, path in MODULES.items()}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # CycleError names the circle
    assert len(order) == len(MODULES)


def test_imports_are_absolute():
    relative = [
        f"{name}:{node.lineno}"
        for name, path in MODULES.items()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]
    assert relative == []


def test_package_inits_are_empty():
    full = [
        module_name(path)
        for path in PACKAGE.glob("*/**/__init__.py")
        if path.read_text(encoding="utf-8").strip()
    ]
    assert full == []


def test_no_room_is_a_drawer_for_everything():
    drawers = {"utils.py", "common.py", "helpers.py", "types.py", "misc.py"}
    assert [module_name(path) for path in MODULES.values() if path.name in drawers] == []


# Not sys.modules["torch"] = None: SciPy looks for torch there without importing it.
NO_TORCH = """
import importlib, sys
class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ImportError(f"{name} is not to be imported here")
sys.meta_path.insert(0, NoTorch())
"""


def test_everything_a_detector_needs_imports_without_torch():
    of_an_extra = set() if find_spec("gradio") else {"spooftrace.service.page.blocks"}
    names = sorted(
        name
        for name in MODULES.keys() - of_an_extra
        if name.removeprefix("spooftrace.").split(".")[0] in TORCH_FREE
    )
    code = "\n".join(
        [
            NO_TORCH,
            f"for name in {names!r}: importlib.import_module(name)",
        ]
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("forbidden", ["pickle", "cPickle", "dill", "joblib", "shelve"])
def test_nothing_is_unpickled(forbidden):
    users = [
        f"{name}:{node.lineno}"
        for name, path in MODULES.items()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and forbidden in {alias.name for alias in node.names} | {getattr(node, "module", None)}
    ]
    assert users == []


def test_the_library_does_not_print():
    printing = [
        f"{name}:{node.lineno}"
        for name, path in MODULES.items()
        if not name.startswith("spooftrace.cli")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "print"
    ]
    assert printing == []
