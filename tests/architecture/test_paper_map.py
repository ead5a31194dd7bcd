"""`docs/paper-map.md` is what the docstrings say, and they name every equation."""

import importlib.util
import sys

import pytest
from source_tree import ROOT


@pytest.fixture(scope="module")
def paper_map():
    spec = importlib.util.spec_from_file_location("paper_map", ROOT / "tools" / "paper_map.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["paper_map"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["paper_map"]


def test_the_map_is_up_to_date(paper_map):
    written = (ROOT / "docs" / "paper-map.md").read_text(encoding="utf-8")
    assert written == paper_map.render(paper_map.mentions(ROOT)), "run: make paper-map"


def test_every_equation_has_its_code(paper_map):
    rooms = ("stdn.", "training.")
    named = {
        equation
        for mention in paper_map.mentions(ROOT)
        if mention.symbol.startswith(rooms)
        for equation in mention.equations
    }
    assert set(range(1, 15)) - named == set()
    assert named <= set(range(1, 15))


def test_every_section_of_the_method_has_its_code(paper_map):
    named = set().union(*(mention.sections for mention in paper_map.mentions(ROOT)))
    assert {"3.1", "3.2", "3.3", "3.4", "3.5", "4.1"} - named == set()


@pytest.mark.parametrize(
    ("text", "equations", "sections"),
    [
        ("Loss of Eq. 8.", {8}, set()),
        ("Eqs. 4-7, Sec. 3.3: warp", {4, 5, 6, 7}, {"3.3"}),
        ("Weights of Eqs. 11, 13 and 14; defaults of Sec. 4.1.", {11, 13, 14}, {"4.1"}),
        ("Secs. 4.2-4.4 and Eq. 3", {3}, {"4.2", "4.3", "4.4"}),
        ("Section headings and equality 5 are no mention.", set(), set()),
    ],
)
def test_mentions_are_read(paper_map, text, equations, sections):
    mention = paper_map.Mention(symbol="s", path="p", summary="", text=text)
    assert mention.equations == equations
    assert mention.sections == sections


def test_docstrings_of_modules_classes_fields_and_methods_count(paper_map, tmp_path):
    source = '''"""Module of Sec. 3.1."""

LIMIT = 3
"""Eq. 1 | constant."""


class Box:
    """No mention."""

    side: int = 1
    """L of Eq. 2."""

    def area(self) -> int:
        """First line of
        two (Eq. 3).

        More.
        """
'''
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "box.py").write_text(source)
    found = paper_map.mentions(tmp_path, "pkg")
    assert [m.symbol for m in found] == ["box", "box.LIMIT", "box.Box.side", "box.Box.area"]
    text = paper_map.render(found)
    assert "| 1 | [`box.LIMIT`](../pkg/box.py) | Eq. 1 \\| constant. |" in text
    assert "| 3 | [`box.Box.area`](../pkg/box.py) | First line of two (Eq. 3). |" in text
    assert "## Sec. 3.1: Problem formulation" in text
