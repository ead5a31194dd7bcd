"""Links between the project's own documents lead somewhere."""

import re

import pytest
from source_tree import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    """Anchors that the headings of a Markdown text get."""
    headings = re.findall(r"^#+ +(.+?) *$", text, flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document):
    broken = []
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        missing_anchor = (
            anchor
            and target.suffix == ".md"
            and target.exists()
            and anchor not in anchors(target.read_text(encoding="utf-8"))
        )
        if not target.exists() or missing_anchor:
            broken.append(link)
    assert broken == []


def test_docstrings_point_at_divergences_that_exist():
    text = (ROOT / "docs" / "divergences.md").read_text(encoding="utf-8")
    explicit = set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
    sources = (path.read_text("utf-8") for path in (ROOT / "spooftrace").rglob("*.py"))
    cited = {a for source in sources for a in re.findall(r"divergences\.md#([\w-]+)", source)}
    assert cited - anchors(text) - explicit == set()
