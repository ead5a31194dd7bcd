"""Documents as files: JSON and Markdown, a page where there is one, and every table by itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from spooftrace.data.files import write_whole
from spooftrace.evaluation.estimates.comparison import Comparison
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.render.charts import comparison_charts
from spooftrace.evaluation.render.data import csv_table, json_table
from spooftrace.evaluation.render.latex import latex_table
from spooftrace.evaluation.render.markdown import markdown
from spooftrace.evaluation.render.page import Panel, comparison_page, page
from spooftrace.evaluation.tables.comparison import comparison_document, comparison_json
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.report import report_document, report_json
from spooftrace.evaluation.tables.table import Table

TABLES = "tables"
"""Folder within a document's."""


def write_report(
    report: Report,
    folder: Path,
    tables: Sequence[Table] = (),
    panels: Mapping[str, Panel] | None = None,
) -> None:
    """Write `report.json`, `.md` and `.html`, and every table.

    Args:
        report: what was estimated.
        folder: made where it is missing.
        tables: what else was measured on its rows.
        panels: by id of a face.

    Raises:
        OSError: the folder cannot be written.
    """
    document = report_document(report, tables)
    html = page(report, document, panels)
    write_document(document, folder, "report", report_json(report, tables), html)


def write_comparison(found: Comparison, folder: Path) -> None:
    """Write `comparison.json`, `.md` and `.html`, and every table. Raises `OSError`."""
    document = comparison_document(found)
    html = comparison_page(document, comparison_charts(found))
    write_document(document, folder, "comparison", comparison_json(found), html)


def write_document(
    document: Document, folder: Path, name: str, record: str, html: str | None = None
) -> None:
    """Write `NAME.json`, `NAME.md`, `NAME.html` and `tables/KEY.csv`, `.json`, `.tex`.

    Each file is written whole or not at all.

    Args:
        document: what is said.
        folder: made where it is missing.
        name: what the document is, as a file's name: `report`, `comparison`, `ablation`, ...
        record: the same for programs, as JSON.
        html: the same as a page, where there is one.

    Raises:
        OSError: the folder cannot be written.
    """
    (folder / TABLES).mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.json": record, f"{name}.md": markdown(document)}
    if html is not None:
        texts[f"{name}.html"] = html
    for table in document.tables:
        place = f"{TABLES}/{table.key}"
        texts[f"{place}.csv"] = csv_table(table)
        texts[f"{place}.json"] = json_table(table)
        texts[f"{place}.tex"] = latex_table(table, document.warnings)
    for place, text in texts.items():
        write_whole(folder / place, text)
