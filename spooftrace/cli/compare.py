"""`spooftrace compare`: two systems on the same rows, from their score files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli import options
from spooftrace.cli.extras import require_data
from spooftrace.cli.options import Higher, Part
from spooftrace.cli.output import say, show
from spooftrace.errors import ConfigError
from spooftrace.labels import Label

if TYPE_CHECKING:
    from spooftrace.evaluation.estimates.comparison import Comparison


def compare(
    first: Annotated[Path, typer.Argument(help="Score file of system A.")],
    second: Annotated[Path, typer.Argument(help="Score file of system B, the same ids.")],
    split: Annotated[Part, typer.Option(help="Rows to compare on.")] = Part.TEST,
    threshold_a: Annotated[float | None, typer.Option(help="A threshold for A.")] = None,
    threshold_b: Annotated[float | None, typer.Option(help="A threshold for B.")] = None,
    rule: Annotated[
        str, typer.Option(help="Otherwise choose each one's on its dev rows by this rule.")
    ] = "eer",
    oracle: options.Oracle = False,
    by_line: Annotated[
        bool, typer.Option("--by-line", help="Without ids: each line is the same row in both.")
    ] = False,
    title_a: Annotated[
        str | None, typer.Option(help="What A is called; default: its file.")
    ] = None,
    title_b: Annotated[
        str | None, typer.Option(help="What B is called; default: its file.")
    ] = None,
    higher_is_a: Annotated[
        Higher, typer.Option(help="What A's scores are higher for.")
    ] = Higher.SPOOF,
    higher_is_b: Annotated[
        Higher, typer.Option(help="What B's scores are higher for.")
    ] = Higher.SPOOF,
    cluster: options.Cluster = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for comparison.html, .md, .json and every table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Rates of two systems on the same rows, their differences, and how sure these are."""
    require_data("compare")
    from spooftrace.judging.comparison import compare_scored
    from spooftrace.judging.report import read_scored

    found = compare_scored(
        read_scored(first, higher_is=Label[higher_is_a.name], title=title_a),
        read_scored(second, higher_is=Label[higher_is_b.name], title=title_b),
        by_line=by_line,
        split=split.value,
        thresholds=(higher_is_a.threshold(threshold_a), higher_is_b.threshold(threshold_b)),
        rule=rule,
        oracle=oracle,
        cluster=cluster,
    )
    _show(found, out, as_json=as_json)


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
