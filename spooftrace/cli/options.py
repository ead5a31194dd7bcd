"""Options that several commands share."""

from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

PRESETS = sorted(
    path.name.removesuffix(".toml")
    for path in files("spooftrace.presets").iterdir()
    if path.name.endswith(".toml")
)


class Part(StrEnum):
    """Rows that may be reported on."""

    TEST = "test"
    DEV = "dev"


class Higher(StrEnum):
    """What scores are higher for."""

    SPOOF = "spoof"
    LIVE = "live"

    def threshold(self, stated: float | None) -> float | None:
        """One stated on the scale of the file, on that of the scores as they are read."""
        return -stated if stated is not None and self is Higher.LIVE else stated


Store = Annotated[str, typer.Option(help="Store that `prepare` or `simulate` wrote.")]
Stores = Annotated[
    list[str],
    typer.Option("--store", help="Store that `prepare` or `simulate` wrote; repeatable, as one."),
]
Out = Annotated[Path, typer.Option(help="Folder of the experiment; goes on where it stopped.")]
Preset = Annotated[
    str | None, typer.Option(help=f"{', '.join(PRESETS)}; without one, the paper's own numbers.")
]
File = Annotated[Path | None, typer.Option(help="TOML file, laid over the preset.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="A single value, e.g. training.iterations=5000; repeatable."),
]
Limits = Annotated[
    list[str] | None,
    typer.Option("--limit", help="Of the quality gate, e.g. min_size_px=100; repeatable."),
]
Average = Annotated[
    bool,
    typer.Option("--average", help="Judge by the mean score of five crops: steadier, and slower."),
]
AllRows = Annotated[
    bool, typer.Option(help="Every row is test: for a store the detector never learnt from.")
]
Oracle = Annotated[
    bool, typer.Option(help="Choose thresholds on the very rows judged; every figure is marked.")
]
Cluster = Annotated[
    str | None, typer.Option(help="Intervals resample by database, subject or clip.")
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
Workers = Annotated[int, typer.Option(min=1, help="Threads that make batches.")]


def names(listed: str | None) -> list[str]:
    """The names in `a,b`."""
    return [name.strip() for name in (listed or "").split(",") if name.strip()]
