"""An official protocol: every fold trained, scored and judged, beside what others reached by it.

DIR/FOLD/              a run folder (`runs`); folds that train on the same rows share the first's
DIR/scores/FOLD.csv    scores of its development and test rows; written last

Folds may be run on different machines into one folder, or folders be copied into one; whoever finds
all score files there puts them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from spooftrace import runs
from spooftrace.config import Config
from spooftrace.data.files import new_path
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import SCORE_NAMES, Bundle
from spooftrace.detector.scoring import score_rows
from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation.estimates.rate import AUC, tdr_at_fdr
from spooftrace.evaluation.protocols.checks import check_apart, lacks, missing_clips
from spooftrace.evaluation.protocols.operating import development_threshold
from spooftrace.evaluation.protocols.protocol import Fold, Protocol
from spooftrace.evaluation.protocols.splits import Splits
from spooftrace.evaluation.scores import file as score_file
from spooftrace.evaluation.scores.clips import by_clip
from spooftrace.evaluation.scores.table import table_of_store
from spooftrace.evaluation.tables.document import Document
from spooftrace.experiments.named import choose
from spooftrace.experiments.over_seeds import SeedMeans, mean_over_seeds
from spooftrace.experiments.protocol_tables import FIGURES, averages_of, fold_table, published_table
from spooftrace.experiments.results import Results
from spooftrace.experiments.trials import Outcome, Resources, Trial, make_trial

INCOMPLETE = (
    "INCOMPLETE: the store lacks clips of the protocol. Every figure is of what is there, and is no"
    " result by the protocol."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFold:
    """One fold of a protocol on a store."""

    fold: Fold
    splits: Splits
    trial: Trial
    """Its training; folds that train and choose on the same rows have the same."""
    scores: Path
    lacking: tuple[str, ...]
    """Clips of the fold that the store does not hold."""


def plan(
    protocol: Protocol,
    config: Config,
    store: Store,
    folder: Path,
    *,
    folds: Sequence[str] = (),
    incomplete: bool = False,
) -> tuple[PlannedFold, ...]:
    """Divide the store by every fold wanted; nothing is written.

    Args:
        protocol: official, `evaluation.protocols.official`.
        config: of every fold; its split is the fold's.
        store: of the protocol's databases.
        folder: of the experiment.
        folds: names; none: all.
        incomplete: go on where clips are missing.

    Raises:
        SplitError: clips are missing, or the store does not follow the protocol.
        ConfigError: there is no such fold, or the folder holds another experiment.
    """
    columns = store.columns()
    names = choose(folds, [fold.name for fold in protocol.folds], "--fold")
    planned: list[PlannedFold] = []
    for fold in (fold for fold in protocol.folds if fold.name in names):
        wanted = protocol.databases(fold)
        lacking = missing_clips(fold, columns, wanted)
        if incomplete:
            fold = fold.of_present(columns)
        elif lacking:
            raise SplitError(lacks(protocol, fold, lacking))
        splits = fold.divide(columns)
        check_apart(protocol, fold, columns, splits)
        assert fold.split is not None
        trial = next(
            (each.trial for each in planned if _learns_as(each.splits, splits)), None
        ) or make_trial(fold.name, replace(config, split=fold.split), store, folder / fold.name)
        planned.append(
            PlannedFold(
                fold=fold,
                splits=splits,
                trial=trial,
                scores=scores_file(folder, fold),
                lacking=tuple(lacking),
            )
        )
    return tuple(planned)


def scores_file(folder: Path, fold: Fold) -> Path:
    """Where the scores of a fold lie."""
    return folder / "scores" / f"{fold.name}.csv"


def run_fold(planned: PlannedFold, resources: Resources) -> None:
    """Train and score the fold where its scores are not there yet; an unfinished one goes on."""
    if planned.scores.exists():
        return
    trial = planned.trial
    iterations = trial.plan.config.training.iterations
    runs.execute(
        trial.plan,
        device=resources.device,
        workers=resources.workers,
        resume=True,
        watch=lambda step, _: resources.watch(trial.name, min(step, iterations - 1), iterations),
    )
    bundle = Bundle.load(trial.plan.folder.model)
    rows = np.concatenate([planned.splits.dev, planned.splits.test])
    store = trial.plan.store
    answers = score_rows(bundle, store, rows)
    by_name = {name: getattr(answers, name) for name in SCORE_NAMES}
    table = table_of_store(store.columns(), rows, planned.splits.names(), by_name)
    with new_path(planned.scores) as unfinished:
        score_file.write_scores(table, unfinished)
    resources.watch(trial.name, iterations, iterations)


def judge_scores(
    protocol: Protocol, folder: Path, lacking: Mapping[str, Sequence[str]] | None = None
) -> Results:
    """Put the score files of all folds into the tables of the protocol.

    Args:
        protocol: whose folds' names the files have, `FOLD.csv`; their development rows give each
            fold's threshold, by the protocol's rule, on clips.
        folder: of the files.
        lacking: clips that a fold's store did not hold, by fold.

    Raises:
        ConfigError: a fold's file is missing.
        SplitError: a file has no development rows of a class.
    """
    paths = {fold.name: folder / f"{fold.name}.csv" for fold in protocol.folds}
    absent = [str(path) for path in paths.values() if not path.is_file()]
    if absent:
        raise ConfigError(
            f"{protocol.name}: expected the scores of {len(paths)} folds, found no "
            f"{', '.join(absent)}; run those folds (--fold), or put their score files there"
        )
    judged: dict[str, SeedMeans] = {}
    folds = {}
    for name, path in paths.items():
        table = by_clip(score_file.read_scores(path))
        threshold = development_threshold(table, protocol.rule)
        test = table.rows(table.split == "test")
        outcome = Outcome(table=test, threshold=threshold)
        judged[name] = mean_over_seeds([outcome], fdr=protocol.fdr)
        folds[name] = {
            "threshold": asdict(threshold),
            "clips": {"live": int((~test.is_attack).sum()), "attack": int(test.is_attack.sum())},
            "figures": judged[name].as_json(),
            "missing": list((lacking or {}).get(name, ())),
        }
    is_short = any(entry["missing"] for entry in folds.values())
    averages = averages_of(protocol, judged)
    published = published_table(protocol, judged, averages, is_short=is_short)
    rates = (*FIGURES, tdr_at_fdr(protocol.fdr), AUC)
    return Results(
        experiment=protocol.name.replace("/", "-").replace("+", "-"),
        document=Document(
            title=f"Protocol {protocol.name}",
            warnings=(INCOMPLETE,) if is_short else (),
            tables=(
                fold_table(protocol, judged, averages, folds, is_short=is_short),
                *([] if published is None else [published]),
            ),
            notes=(
                "rates in percent of clips, AUC as a fraction; a clip's score is the mean over its"
                " frames",
                f"threshold of each fold: {protocol.rule} on its development clips; APCER is that"
                f" of the worst {protocol.species}",
                f"average over the {protocol.over}: mean ± sample standard deviation (n - 1)",
            ),
        ),
        data={
            "folds": folds,
            "average": {str(rate): asdict(averages[rate]) for rate in rates},
        },
    )


def _learns_as(one: Splits, other: Splits) -> bool:
    return np.array_equal(one.train, other.train) and np.array_equal(one.dev, other.dev)
