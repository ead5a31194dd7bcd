"""`spooftrace models`: the models that come with the package."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from spooftrace.cli.output import console, say


def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """List the shipped models and what each was measured to be worth.

    A name stands wherever the path of a bundle does. See docs/model-card.md.
    """
    from rich.table import Table

    from spooftrace.detector.bundle import Bundle
    from spooftrace.detector.shipped import DEFAULT, Rates, file_of, shipped

    if as_json:
        say(json.dumps({name: asdict(model) for name, model in shipped().items()}, indent=2))
        return

    def percent(value: tuple[float, float, float]) -> str:
        middle, low, high = (f"{100 * share:.1f}" for share in value)
        return f"{middle} [{low}, {high}]"

    def row(found: Rates) -> tuple[str, ...]:
        middle, low, high = found.auc
        auc = f"{middle:.3f} [{low:.3f}, {high:.3f}]"
        return (
            found.faces, str(found.count), auc, percent(found.eer), percent(found.bpcer),
            percent(found.apcer),
        )  # fmt: skip

    screen = console()
    for name, model in shipped().items():
        path = file_of(name)
        info = Bundle.load(path).info
        threshold = info.threshold
        mark = " (where none is named)" if name == DEFAULT else ""
        say(f"{name}{mark}: {model.about}")
        say(
            f"  {path.stat().st_size / 1e6:.1f} MB, faces of {info.image_size} px, sha256 "
            f"{model.sha256[:12]}, licence {info.licence}"
        )
        if threshold is not None:
            say(f"  threshold {threshold.value:.4f}: {threshold.description}")
        table = Table("faces", "number", "AUC", "EER %", "BPCER %", "APCER %")
        for found in model.figures:
            table.add_row(*row(found))
        screen.print(table)
