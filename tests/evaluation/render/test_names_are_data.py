"""Names of groups, media, files and people come back from every renderer as they went in."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from spooftrace.evaluation.render.data import csv_table, json_table
from spooftrace.evaluation.render.latex import latex_table
from spooftrace.evaluation.render.markdown import markdown_table
from spooftrace.evaluation.render.page import comparison_page
from spooftrace.evaluation.render.terminal import terminal_table
from spooftrace.evaluation.render.text import one_line, visible
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Table

# fmt: off
HOSTILE = [ "x[/y]",
    "cam[back]",
    "[red]cam[/red]",
    "a|b",
    "a\\|b",
    "||",
    "<b>bold</b>",
    "&lt;",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "${x}",
    "\\input{x}",
    "50 % _of_ #1 ~ ^",
    "*a*",
    "_a_",
    "`code`",
    "~~a~~",
    "[t](u)",
    "a\nb",
    "\x1b[31mred",
    "=1+1",
    "@x",
    "\u202eright to left",
    "\u2066a\u2069",
    "عربى",
    "𝔘𝔫𝔦",
    "👩‍🔬",
    '"quoted", it\'s',
    "\ud800",
    "-",
    "null",
    "1e5",
    "0x10",
    "a\rb",
    "\ufeffx",
    "--- | ---",
    "<br>",
    "a  b",
]
# fmt: on
MARKS = "[]|<>&{}%$#_^~*`\\\"'=+-@!().,:;/ \n\r\t\x1b\u202e\u2066aé漢ع👩"
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(MARKS, min_size=1, max_size=12),
    st.text(min_size=1, max_size=12),
)
# A line's ends and runs of blanks are not told apart in forms whose reader folds white space.
folded = texts.map(lambda text: re.sub(r"\s+", " ", text.replace("\n", "\ue000")).strip()).filter(
    bool
)
folded = folded.map(lambda text: re.sub(" ?\ue000 ?", "\n", text))


def table_of(*names: str) -> Table:
    rows = tuple((name, number) for number, name in enumerate(names))
    return Table(key="names", title="names", columns=("name", "number"), rows=rows)


def hostile(test):
    for text in HOSTILE:
        test = example(text)(test)
    return test


def seen(text: str) -> str:
    """What a reader of `visible` text can tell of the original."""
    return visible(text)


@given(texts)
def test_visible_text_holds_no_order_to_a_terminal_and_can_be_read_back(text):
    shown = visible(text)
    shown.encode("utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    if "\\" not in text:
        read = re.sub(
            r"\\(x[0-9a-f]{2}|u[0-9a-f]{4})|\\([trn])",
            lambda f: chr(int(f[1][1:], 16)) if f[1] else {"t": "\t", "r": "\r", "n": "\n"}[f[2]],
            shown,
        )
        assert read == text


@hostile
@given(texts)
def test_csv(text):
    rows = list(csv.reader(io.StringIO(csv_table(table_of(text, "next")), newline="")))
    assert rows == [["name", "number"], [text, "0"], ["next", "1"]]


@hostile
@given(texts)
def test_json(text):
    assert json.loads(json_table(table_of(text)))["rows"] == [[text, 0]]


@hostile
@given(folded)
def test_markdown(text):
    blocks = markdown_table(table_of(text, "next")).split("\n\n")
    lines = blocks[1].splitlines()
    assert len(lines) == 4
    assert markdown_cells(lines[2]) == [read_markdown_form(text), "0"]
    assert markdown_cells(lines[3]) == ["next", "1"]


def read_markdown_form(text: str) -> str:
    return visible(text)


def markdown_cells(line: str) -> list[str]:
    """An independent reader: cells at bare pipes, then what backslashes and <br> mean."""
    assert line.startswith("|")
    assert line.endswith("|")
    cells, cell, place = [], "", 1
    while place < len(line):
        letter = line[place]
        if letter == "\\" and line[place + 1] in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~":
            cell, place = cell + line[place + 1], place + 2
        elif letter == "|":
            cells, cell, place = [*cells, cell.strip(" ")], "", place + 1
        elif line.startswith("<br>", place):
            cell, place = cell + "\n", place + 4
        else:
            assert letter not in "<&`*[]$~", f"{letter!r} would be read as markup"
            cell, place = cell + letter, place + 1
    return cells


@hostile
@given(folded)
def test_latex(text):
    body = latex_table(table_of(text, "next")).split("\\midrule\n")[1].split("\n\\bottomrule")[0]
    first, second = body.splitlines()
    assert latex_cells(first) == [one_line(text), "0"]
    assert latex_cells(second) == ["next", "1"]


def latex_cells(line: str) -> list[str]:
    """An independent reader of what LaTeX would print."""
    assert line.endswith(" \\\\")
    words = {
        "\\textbackslash{}": "\\", "\\textasciitilde{}": "~", "\\^{}": "^",
        "\\ensuremath{<}": "<", "\\ensuremath{>}": ">",
        "\\&": "&", "\\%": "%", "\\$": "$", "\\#": "#", "\\_": "_", "\\{": "{", "\\}": "}",
    }  # fmt: skip
    cells, cell, rest = [], "", line.removesuffix(" \\\\")
    while rest:
        word = next((word for word in words if rest.startswith(word)), None)
        if word is not None:
            cell, rest = cell + words[word], rest.removeprefix(word)
        elif rest[0] == "&":
            cells, cell, rest = [*cells, cell.strip(" ")], "", rest[1:]
        else:
            assert rest[0] not in "\\{}$%#_^~", f"{rest!r} would be read as LaTeX"
            cell, rest = cell + rest[0], rest[1:]
    return [*cells, cell.strip(" ")]


@hostile
@given(folded)
def test_terminal(text):
    console = Console(width=200, file=io.StringIO(), record=True, color_system="truecolor")
    console.print(terminal_table(table_of(text)))
    lines = console.export_text().splitlines()
    first = next(at for at, line in enumerate(lines) if "─" in line) + 1
    said = [line[1:].removesuffix("0").rstrip() for line in lines[first:] if line.strip()]
    said[0] = lines[first].rstrip().removesuffix("0")[1:].rstrip()
    assert "\n".join(said).strip() == visible(text).strip()


class Cells(HTMLParser):
    """The text of every cell, as a browser's DOM has it."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.cells, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        if self.cells and "td" in self.tags:
            self.cells[-1] += data

    def handle_endtag(self, tag):
        if tag == "td":
            self.tags = [name for name in self.tags if name != "td"]


@hostile
@given(folded)
def test_page(text):
    document = Document(
        title=text, headings=(text,), warnings=(), tables=(table_of(text),), notes=(text,)
    )
    found = Cells()
    found.feed(comparison_page(document))
    assert [cell.strip(" \n") for cell in found.cells] == [visible(text).strip(" \n"), "0"]
    assert not {"b", "script", "img"} & set(found.tags)


@pytest.mark.parametrize("text", ["half_mask", "live", "a-b", "set1 (68 + 92)"])
def test_ordinary_names_stay_readable_in_markdown(text):
    assert f"| {text}" in markdown_table(table_of(text))
