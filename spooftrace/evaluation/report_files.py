"""The files of a report or comparison: page, JSON, Markdown, every table as CSV, JSON and LaTeX."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from spooftrace.evaluation.estimates.comparison import Comparison
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.page import comparison_page, page
from spooftrace.evaluation.render.text import markdown
from spooftrace.evaluation.table_files import to_csv, to_json, to_latex
from spooftrace.evaluation.tables.comparison import comparison_document, comparison_json
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.report import report_document, report_json
from spooftrace.evaluation.tables.table import Table

TABLES = "tables"
"""Folder within a report's."""


def write_summary(report: Report, folder: Path, tables: Sequence[Table] = ()) -> None:
    """Write `report.json` and `report.md`. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report_json(report, tables), encoding="utf-8")
    text = markdown(report_document(report, tables))
    (folder / "report.md").write_text(text, encoding="utf-8")


def write_report(
    report: Report,
    folder: Path,
    tables: Sequence[Table] = (),
    panels: Mapping[str, str] | None = None,
) -> None:
    """Write everything: those two, `report.html`, and `tables/`. Raises `OSError`."""
    write_summary(report, folder, tables)
    document = report_document(report, tables)
    (folder / "report.html").write_text(page(report, document, panels), encoding="utf-8")
    write_tables(document, folder)


def write_comparison(found: Comparison, folder: Path) -> None:
    """Write `comparison.json`, `.md`, `.html`, and every table. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    document = comparison_document(found)
    texts = {
        "json": comparison_json(found),
        "md": markdown(document),
        "html": comparison_page(document),
    }
    for ending, text in texts.items():
        (folder / f"comparison.{ending}").write_text(text, encoding="utf-8")
    write_tables(document, folder)


def write_tables(document: Document, folder: Path) -> None:
    """Write each table as `tables/KEY.csv`, `.json` and `.tex`. Raises `OSError`."""
    (folder / TABLES).mkdir(parents=True, exist_ok=True)
    warning = " ".join(document.warnings)
    for table in document.tables:
        texts = {"csv": to_csv(table), "json": to_json(table), "tex": to_latex(table, warning)}
        for ending, text in texts.items():
            (folder / TABLES / f"{table.key}.{ending}").write_text(text, encoding="utf-8")
