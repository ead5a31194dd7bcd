"""The repository's own source, as the tests of its architecture look at it."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "spooftrace"


def files(*folders: str) -> list[Path]:
    """Python files under the named folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    """The file's path relative to the repository, for messages and test names."""
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    """`spooftrace.faces.mesh` for its file; a package's `__init__.py` names the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
