"""A hook of MkDocs: the documents at the repository's root become pages of the site.

They stay where people look for them in a repository; links between them and docs/ hold in both.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "NOTICE": "notice.md",
}
_SOURCE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]*\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for name, page in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=_from_root(text)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn `../README.md` of a page in docs/ into the page of the site."""
    for name, target in PAGES.items():
        markdown = re.sub(rf"\]\(\.\./{re.escape(name)}(?=[)#])", f"]({target}", markdown)
    # Source files are read in the repository; on the site their names stay, without a link.
    return _SOURCE.sub(r"\1", markdown)


def _from_root(text: str) -> str:
    """Links of a document at the root, as links of a page of the site."""
    text = re.sub(r"\]\(docs/", "](", text)
    for name, target in PAGES.items():
        text = re.sub(rf"\]\({re.escape(name)}(?=[)#])", f"]({target}", text)
    return text
