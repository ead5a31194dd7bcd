"""Write `docs/paper-map.md`: the symbols whose docstrings name an equation or section of the paper.

    python tools/paper_map.py            print the map
    python tools/paper_map.py --write    write docs/paper-map.md

The code is read, not imported. A docstring names an equation as "Eq. 8", "Eqs. 4-7" or
"Eqs. 11, 13 and 14", a section as "Sec. 3.4" or "Secs. 4.2-4.4".
"""

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "paper-map.md"

SECTIONS = {
    "3.1": "Problem formulation",
    "3.2": "Disentanglement generator",
    "3.3": "Reconstruction and synthesis",
    "3.4": "Multi-scale discriminators",
    "3.5": "Training steps and loss functions",
    "4.1": "Experimental setup",
    "4.2": "Anti-spoofing for known spoof types",
    "4.3": "Anti-spoofing for unknown spoof types",
    "4.4": "Spoof traces classification",
    "4.5": "Ablation study",
    "4.6": "Visualization",
}

_NUMBERS = r"(\d[\d.]*(?:(?:\s*-\s*|,\s*|\s+and\s+|,\s+and\s+)\d[\d.]*)*)"
_EQUATION = re.compile(r"\bEqs?\.\s*" + _NUMBERS)
_SECTION = re.compile(r"\bSecs?\.\s*" + _NUMBERS)

HEADER = """# Paper map

Where each equation and section of the paper lives in the code. Made from the docstrings by
`make paper-map`; a test compares it with them, so do not edit it by hand.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A symbol whose docstring names an equation or a section."""

    symbol: str
    """Dotted name below the package, `stdn.losses.esr_loss`."""
    path: str
    """The module's file, relative to the repository."""
    summary: str
    """The docstring's first line."""
    text: str
    """The whole docstring."""

    @property
    def equations(self) -> set[int]:
        """Numbers of the equations named."""
        return {int(number) for number in _named(_EQUATION, self.text)}

    @property
    def sections(self) -> set[str]:
        """Numbers of the sections named, `3.4`."""
        return set(_named(_SECTION, self.text))


def mentions(root: Path, package: str = "spooftrace") -> list[Mention]:
    """Docstrings under `root/package` that name an equation or a section, in the order of files."""
    found = []
    for path in sorted((root / package).rglob("*.py")):
        module = ".".join(path.relative_to(root / package).with_suffix("").parts)
        module = module.removesuffix("__init__").rstrip(".") or package
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, text in _docstrings(tree, module):
            summary = " ".join(text.strip().split("\n\n")[0].split())
            relative = path.relative_to(root).as_posix()
            mention = Mention(symbol=name, path=relative, summary=summary, text=text)
            if mention.equations or mention.sections:
                found.append(mention)
    return found


def render(found: list[Mention]) -> str:
    """The map as Markdown."""
    by_equation: dict[int, list[Mention]] = defaultdict(list)
    by_section: dict[str, list[Mention]] = defaultdict(list)
    for mention in found:
        for number in mention.equations:
            by_equation[number].append(mention)
        for section in mention.sections:
            by_section[section].append(mention)
    lines = [HEADER, "## Equations", ""]
    lines += _table("Eq.", [(str(n), by_equation[n]) for n in sorted(by_equation)])
    for section in sorted(by_section, key=lambda name: [int(part) for part in name.split(".")]):
        title = SECTIONS.get(section)
        lines += ["", f"## Sec. {section}" + (f": {title}" if title else ""), ""]
        lines += _table(None, [("", by_section[section])])
    return "\n".join(lines) + "\n"


def _table(label: str | None, groups: list[tuple[str, list[Mention]]]) -> list[str]:
    head = [label] if label else []
    lines = [_row([*head, "where", "what"]), _row(["---"] * (len(head) + 2))]
    for number, group in groups:
        for mention in group:
            where = f"[`{mention.symbol}`](../{mention.path})"
            lines.append(_row([*([number] if label else []), where, mention.summary]))
    return lines


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _named(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Numbers behind "Eq." or "Sec.", a range "4-7" counted out in its last part."""
    for match in pattern.finditer(text):
        for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", match.group(1)):
            first, _, last = (piece.strip(" .") for piece in part.partition("-"))
            stem, _, start = first.rpartition(".")
            stop = last.rpartition(".")[2] if last else start
            for number in range(int(start), int(stop) + 1):
                yield f"{stem}.{number}" if stem else str(number)


def _docstrings(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    """(dotted name, docstring) of a module, class or function, its fields and what it contains."""
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        return
    text = ast.get_docstring(node)
    if text:
        yield name, text
    for before, child in zip([None, *node.body], node.body, strict=False):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield from _docstrings(child, f"{name}.{child.name}")
        elif field := _described(before, child):
            yield f"{name}.{field[0]}", field[1]


def _described(before: ast.stmt | None, child: ast.stmt) -> tuple[str, str] | None:
    """(name, text) where a string stands right below an assignment: the docstring of a field."""
    if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
        return None
    target = before.target if isinstance(before, ast.AnnAssign) else None
    if isinstance(before, ast.Assign):
        target = before.targets[0] if isinstance(before.targets[0], ast.Name) else None
    if isinstance(target, ast.Name) and isinstance(child.value.value, str):
        return target.id, child.value.value
    return None


def main(arguments: list[str] | None = None) -> int:
    """Print the map, or write it with `--write`."""
    parser = argparse.ArgumentParser(description="Map the paper's equations to the code.")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    text = render(mentions(ROOT))
    if options.write:
        TARGET.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
