"""A trial: one configuration trained on a store, and its test rows scored. Resumable.

DIR/                a run folder (`runs`)
DIR/scores.csv      scores of its test rows; written last, so that it says the trial is finished
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from spooftrace import runs
from spooftrace.config import Config
from spooftrace.data.files import new_path
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import ConfigError
from spooftrace.evaluation.scores import file as score_file
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.judging.scoring import table_of_rows
from spooftrace.metrics.thresholds import Threshold

SCORES_FILE = "scores.csv"

Watch = Callable[[str, int, int], None]
"""Called with a trial's name, its iterations done, and all of them; they are equal when it is
finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is to be trained, and where it goes."""

    name: str
    plan: runs.Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What trials are trained with; it changes no number on one device."""

    device: torch.device
    workers: int
    watch: Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The scores of the test rows, and the threshold chosen on development rows."""

    table: ScoreTable
    threshold: Threshold


def make_trial(name: str, config: Config, store: Store, folder: Path) -> Trial:
    """Split the store; nothing is written.

    Raises:
        SplitError: the store cannot be split as configured.
        ConfigError: the folder holds a run of another configuration or store.
    """
    plan = runs.plan(config, store, folder)
    if runs.recorded_config(folder) not in (None, config):
        raise ConfigError(
            f"{folder}: holds a run of another configuration; repeat the command that began it, "
            "or choose another --out"
        )
    return Trial(name=name, plan=plan)


def run_trial(trial: Trial, resources: Resources) -> Outcome:
    """Train and score what is not there yet; a finished trial is read, an unfinished one goes on.

    Raises:
        CheckpointError: the folder's run began with another store or split.
        DivergedError: as `training.loop.train`.
    """
    plan = trial.plan
    scores = plan.folder.path / SCORES_FILE
    iterations = plan.config.training.iterations
    if not scores.exists():
        runs.execute(
            plan,
            device=resources.device,
            workers=resources.workers,
            resume=True,
            watch=lambda step, _: resources.watch(
                trial.name, min(step, iterations - 1), iterations
            ),
        )
        bundle = Bundle.load(plan.folder.model)  # of the best checkpoint
        scored = table_of_rows(bundle, plan.store, plan.splits.test)
        with new_path(scores) as unfinished:  # written whole or not at all
            score_file.write_scores(scored, unfinished)
    resources.watch(trial.name, iterations, iterations)
    table = score_file.read_scores(scores)
    _check_rows(trial, table)
    return Outcome(table=table, threshold=Bundle.load(plan.folder.model).require_threshold())


def _check_rows(trial: Trial, table: ScoreTable) -> None:
    """Scores found in the folder are those of this store's test rows."""
    ids = trial.plan.store.columns()["id"]
    if table.id.tolist() != [ids[row] for row in trial.plan.splits.test]:
        raise ConfigError(
            f"{trial.plan.folder.path / SCORES_FILE}: expected the scores of the {len(ids)}-row "
            f"store's {trial.plan.splits.test.size} test rows, found others; the trial was run on "
            "another store: choose another --out"
        )
