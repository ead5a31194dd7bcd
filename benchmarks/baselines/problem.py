"""What every baseline is given: the rows, the split and the faces that the method gets too.

A baseline writes one score file with the development and the test rows; `spooftrace evaluate FILE`
judges it as it judges the method. Nothing about a baseline is fitted on test rows.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.config import Config, load_config
from spooftrace.data.batches.degradation import equalise
from spooftrace.data.prefetch import prefetched
from spooftrace.data.store.store import Store
from spooftrace.evaluation.protocols.splits import Splits, split_rows
from spooftrace.evaluation.scores.file import write_scores
from spooftrace.evaluation.scores.table import table_of_store
from spooftrace.labels import Label
from spooftrace.metrics.ranking import auc

Picture = NDArray[np.uint8]
Rows = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A store with its split, and how its faces are to be looked at."""

    store: Store
    config: Config
    splits: Splits
    out: Path
    """Folder of the score files."""
    equalise_px: int | None
    """Reduce every face to so many pixels and back; `None` takes it as it is."""
    grey_world: bool

    @property
    def judged(self) -> Rows:
        """Development rows, then test rows."""
        return np.concatenate([self.splits.dev, self.splits.test])

    def is_spoof(self, rows: Rows) -> NDArray[np.bool_]:
        """Whether each row is an attack."""
        return np.asarray(np.array(self.store.columns()["label"])[rows] == Label.SPOOF)

    def face(self, row: int) -> Picture:
        """The crop of a row (256, 256, 3), RGB, equalised if asked for."""
        image = self.store.image(row)
        if self.equalise_px is None:
            return image
        return equalise(image, self.equalise_px, grey_world=self.grey_world)

    def features(self, describe: Callable[[Picture], Floats], rows: Rows) -> Floats:
        """(n, k): what `describe` says of each row's face."""
        described = prefetched(lambda row: describe(self.face(row)), map(int, rows), ahead=64)
        return np.stack(list(described))

    def as_they_are(self) -> "Problem":
        """The same without equalisation."""
        return replace(self, equalise_px=None, grey_world=False)

    def write(self, name: str, scores: Floats) -> None:
        """Write the scores (n,) of the judged rows, and say how well they rank either part."""
        if self.equalise_px is not None:
            name += f"-equalised-{self.equalise_px}px" + ("-grey-world" if self.grey_world else "")
        table = table_of_store(
            self.store.columns(), self.judged, self.splits.names(), {"score": scores}
        )
        self.out.mkdir(parents=True, exist_ok=True)
        path = self.out / f"{name}.csv"
        write_scores(table, path)
        spoof, dev = self.is_spoof(self.judged), np.arange(len(scores)) < len(self.splits.dev)
        areas = [auc(scores[part & spoof], scores[part & ~spoof]) for part in (dev, ~dev)]
        print(f"{path}: AUC {areas[0]:.3f} on dev, {areas[1]:.3f} on test")


def read_problem(
    description: str | None,
    arguments: list[str] | None = None,
    options: Callable[[argparse.ArgumentParser], Any] | None = None,
) -> tuple[Problem, argparse.Namespace]:
    """The problem that the command line states, and everything on that line."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n")[0])
    parser.add_argument("--store", required=True, help="store that `spooftrace prepare` wrote")
    parser.add_argument("--out", required=True, type=Path, help="folder of the score files")
    parser.add_argument("--preset", help="as `spooftrace train`: the split, and what a CNN needs")
    parser.add_argument("--config", type=Path, help="TOML file over the preset")
    parser.add_argument("--set", action="append", default=[], help="a.b=value over both")
    parser.add_argument("--equalise", type=int, metavar="PX", help="reduce faces to PX and back")
    parser.add_argument("--grey-world", action="store_true", help="with --equalise: remove casts")
    if options:
        options(parser)
    said = parser.parse_args(arguments)
    if said.grey_world and said.equalise is None:
        parser.error("--grey-world goes with --equalise")
    store = Store.open(said.store)
    config = load_config(preset=said.preset, file=said.config, sets=said.set)
    problem = Problem(
        store=store,
        config=config,
        splits=split_rows(store.columns(), config.split),
        out=said.out,
        equalise_px=said.equalise,
        grey_world=said.grey_world,
    )
    return problem, said
