"""`spooftrace compare`: two systems on the same rows, from their score files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.evaluate import Part
from spooftrace.cli.extras import require_data
from spooftrace.cli.output import say, show
from spooftrace.errors import ConfigError

if TYPE_CHECKING:
    from spooftrace.evaluation.estimates.comparison import Comparison
    from spooftrace.evaluation.scores.table import ScoreTable
    from spooftrace.metrics.thresholds import Threshold


def compare(
    first: Annotated[Path, typer.Argument(help="Score file of system A.")],
    second: Annotated[Path, typer.Argument(help="Score file of system B, the same ids.")],
    split: Annotated[Part, typer.Option(help="Rows to compare on.")] = Part.TEST,
    threshold_a: Annotated[float | None, typer.Option(help="A threshold for A.")] = None,
    threshold_b: Annotated[float | None, typer.Option(help="A threshold for B.")] = None,
    rule: Annotated[
        str, typer.Option(help="Otherwise choose each one's on its dev rows by this rule.")
    ] = "eer",
    oracle: Annotated[
        bool, typer.Option(help="Choose them on the very rows compared on; figures are marked.")
    ] = False,
    by_line: Annotated[
        bool, typer.Option("--by-line", help="Without ids: each line is the same row in both.")
    ] = False,
    cluster: Annotated[
        str | None, typer.Option(help="Intervals resample by database, subject or clip.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for comparison.html, .md, .json and every table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Rates of two systems on the same rows, their differences, and how sure these are."""
    require_data("compare")
    from spooftrace.evaluation.estimates import comparison
    from spooftrace.evaluation.estimates.sections import ReportOptions
    from spooftrace.evaluation.scores import file as score_file
    from spooftrace.evaluation.scores.joining import joined

    tables = joined(score_file.read_scores(first), score_file.read_scores(second), by_line=by_line)
    found = comparison.compare(
        tables,
        (
            _threshold(tables[0], threshold_a, rule, split.value, oracle=oracle),
            _threshold(tables[1], threshold_b, rule, split.value, oracle=oracle),
        ),
        (str(first), str(second)),
        split=split.value,
        options=ReportOptions(cluster=cluster),
        oracle=oracle,
        notes=tuple(dict.fromkeys((*tables[0].notes, *tables[1].notes))),
    )
    _show(found, out, as_json=as_json)


def _threshold(
    table: "ScoreTable", stated: float | None, rule: str, split: str, *, oracle: bool
) -> "Threshold | None":
    """The one stated; an oracle's where asked for; the development rows'; `None` without these."""
    from spooftrace.evaluation.protocols.operating import development_threshold, oracle_threshold
    from spooftrace.metrics.thresholds import fixed_threshold

    if stated is not None:
        return fixed_threshold(stated, "the user")
    if oracle:
        return oracle_threshold(table, split, rule)
    has_rows = split != "dev" and (table.split == "dev").any()
    return development_threshold(table, rule) if has_rows else None


def _show(found: "Comparison", out: Path | None, *, as_json: bool) -> None:
    from spooftrace.evaluation.render.files import write_comparison
    from spooftrace.evaluation.render.terminal import terminal
    from spooftrace.evaluation.tables.comparison import comparison_document, comparison_json

    if out is not None:
        try:
            write_comparison(found, out)
        except OSError as error:
            raise ConfigError(
                f"--out {out}: expected a folder to write into: {error.strerror}"
            ) from error
    if as_json:
        say(comparison_json(found), end="")
        return
    show(terminal(comparison_document(found)), [out] if out is not None else [])
