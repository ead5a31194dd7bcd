"""`spooftrace calibrate`: a threshold of one's own, in a bundle of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.extras import require_data
from spooftrace.cli.output import printable, say

if TYPE_CHECKING:
    from spooftrace.detector.bundle_info import Counted


def calibrate(
    bundle: Annotated[Path, typer.Argument(help="Bundle, or run folder with its model.onnx.")],
    scores: Annotated[Path, typer.Option(help="Score file of this bundle, on your recordings.")],
    out: Annotated[Path, typer.Option(help="Where to write the new bundle.")],
    rule: Annotated[
        str, typer.Option(help="bpcer=BUDGET, apcer=BUDGET, eer or min_acer.")
    ] = "bpcer=0.01",
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Choose on every row; else on those of split dev.")
    ] = False,
    decision_only: Annotated[
        bool,
        typer.Option(
            "--decision-only", help="Write encoder and regressor alone, without the trace."
        ),
    ] = False,
) -> None:
    """Choose a threshold on scores, and write it into a new bundle with where it came from."""
    require_data("calibrate")
    from spooftrace.judging.calibrating import calibrate

    info = calibrate(bundle, scores, rule, out, all_rows=all_rows, decision_only=decision_only)
    assert info.threshold is not None
    assert info.operating_point is not None
    point = info.operating_point
    say(f"{printable(str(out))}: threshold {info.threshold.value:.6g}")
    say(f"  {info.threshold.description}")
    say(f"  {rates(point.bpcer, f'{point.presentations} of living people refused (BPCER)')}")
    if point.apcer is None:
        say("  no attack was recorded: nothing is known of how many pass")
    else:
        say(f"  {rates(point.apcer, f'{point.presentations} of {point.species} passed (APCER)')}")


def rates(counted: "Counted", what: str) -> str:
    """A line on what was counted, and what it leaves open."""
    return (
        f"{counted.events} of {counted.trials} {what}; 95 % interval "
        f"{counted.low:.1%} to {counted.high:.1%}"
    )
