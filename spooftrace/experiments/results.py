"""What an experiment found: a document for people, and the same and more as data for programs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spooftrace.errors import ConfigError
from spooftrace.evaluation.render.data import json_text
from spooftrace.evaluation.render.files import write_document
from spooftrace.evaluation.tables.document import Document
from spooftrace.version import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that one experiment has to say."""

    experiment: str
    """Names its files: `EXPERIMENT.json`, `.md`, and where there is a figure `.png` and `.svg`."""
    document: Document
    data: Mapping[str, Any] = field(default_factory=dict)
    """What stands in no table, as JSON takes it; rates are fractions."""


def write_results(folder: Path, results: Results, figure: "Figure | None" = None) -> None:
    """Write JSON, Markdown and every table (`render.files`), and the figure.

    Raises:
        ConfigError: the folder cannot be written into.
    """
    import matplotlib as mpl

    record = {
        "experiment": results.experiment,
        "schema_version": SCHEMA_VERSION,
        "package_version": __version__,
        **asdict(results.document),
        **results.data,
    }
    try:
        write_document(results.document, folder, results.experiment, json_text(record))
        if figure is not None:
            # Without a date and with fixed names of its parts, an SVG is the same every time.
            with mpl.rc_context({"svg.hashsalt": results.experiment, "svg.fonttype": "none"}):
                place = folder / f"{results.experiment}.svg"
                figure.savefig(place, metadata={"Date": None})
            figure.savefig(folder / f"{results.experiment}.png", dpi=150)
    except OSError as error:
        raise ConfigError(
            f"--out {folder}: expected a folder to write results into: {error.strerror}"
        ) from error
