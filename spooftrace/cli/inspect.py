"""`spooftrace inspect`: everything that a bundle says of itself."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from spooftrace.cli.output import printable, say

LONGEST: Final = 30
"""Entries of a list that is printed whole: the media of a detector are fewer."""


def inspect(
    bundle: Annotated[Path, typer.Argument(help="Bundle, or run folder with its model.onnx.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print what is in a bundle: its threshold and its origin, preprocessing, data, inputs."""
    from spooftrace.detector.bundle import Bundle

    opened = Bundle.load(bundle)
    signature = opened.runtime.signature()
    held: dict[str, Any] = {
        "path": str(opened.path),
        "bytes": opened.path.stat().st_size,
        "sha256": opened.sha256,
        "info": json.loads(opened.info.to_json()),
        "inputs": {name: str(spec) for name, spec in signature.inputs.items()},
        "outputs": {name: str(spec) for name, spec in signature.outputs.items()},
    }
    if as_json:
        say(json.dumps(held, allow_nan=False))
        return
    _print(held)
    if opened.info.threshold is None:
        say("no threshold: it scores, and cannot decide; choose one with `spooftrace calibrate`")


def _print(values: dict[str, Any], indent: int = 0) -> None:
    """One line a value, nested ones indented below their name."""
    for name, value in values.items():
        if isinstance(value, dict):
            say(f"{'  ' * indent}{name}")
            _print(value, indent + 1)
        else:
            shown = _listed(value) if isinstance(value, list) else value
            say(f"{'  ' * indent}{name:<{max(1, 20 - 2 * indent)}} {printable(str(shown))}")


def _listed(values: list[Any]) -> str:
    """All of a short list; of a long one, its ends."""
    if len(values) <= LONGEST:
        return ", ".join(map(str, values))
    return f"{values[0]} ... {values[-1]} ({len(values)}; --json prints them all)"
