"""`spooftrace export`: the best checkpoint of a run as one ONNX file."""

from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli.extras import require_torch
from spooftrace.cli.output import say


def export(
    run: Annotated[Path, typer.Argument(help="Run folder that `train` wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write the bundle; default RUN/model.onnx.")
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Licence of the weights, as the bundle is to state it.")
    ] = "not stated",
    eight_bits: Annotated[
        bool,
        typer.Option(
            "--eight-bits", help="Keep weights in eight bits: a quarter of the file, same speed."
        ),
    ] = False,
) -> None:
    """Write the ONNX bundle of a run's best checkpoint.

    It is written once it is proven equal to torch's answers.
    """
    require_torch("export")
    from spooftrace import runs

    parity = runs.export_run(run, out, licence=licence, eight_bits=eight_bits)
    say(
        f"{out or run / 'model.onnx'}: {parity.faces} faces compared with torch, "
        f"largest difference {parity.largest_difference:.1e}, {parity.decisions} decisions equal"
    )
