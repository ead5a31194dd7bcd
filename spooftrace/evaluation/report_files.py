"""The files of a report: page, JSON, Markdown, and every table as CSV, JSON and LaTeX."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.page import page
from spooftrace.evaluation.render.text import ORACLE_WARNING, markdown
from spooftrace.evaluation.table_files import to_csv, to_json, to_latex
from spooftrace.evaluation.tables.published import published_tables
from spooftrace.evaluation.tables.report import report_tables
from spooftrace.evaluation.tables.table import Table

TABLES = "tables"
"""Folder within a report's."""


def write_summary(report: Report, folder: Path) -> None:
    """Write `report.json` and `report.md`. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report.to_json(), encoding="utf-8")
    (folder / "report.md").write_text(markdown(report), encoding="utf-8")


def write_report(report: Report, folder: Path, panels: Mapping[str, str] | None = None) -> None:
    """Write everything: those two, `report.html`, and `tables/`. Raises `OSError`."""
    write_summary(report, folder)
    (folder / "report.html").write_text(page(report, panels), encoding="utf-8")
    warning = ORACLE_WARNING if report.is_oracle else ""
    write_tables((*report_tables(report), *published_tables(report)), folder, warning)


def write_tables(tables: Sequence[Table], folder: Path, warning: str = "") -> None:
    """Write each table as `tables/KEY.csv`, `.json` and `.tex`. Raises `OSError`."""
    (folder / TABLES).mkdir(parents=True, exist_ok=True)
    for table in tables:
        texts = {"csv": to_csv(table), "json": to_json(table), "tex": to_latex(table, warning)}
        for ending, text in texts.items():
            (folder / TABLES / f"{table.key}.{ending}").write_text(text, encoding="utf-8")
