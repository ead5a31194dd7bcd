"""Unknown attacks: each medium in turn is held out of training and development (Sec. 4.3, Table 2).

Every fold has the same people in the same parts. Its detector, alpha_0, checkpoint and threshold
come from the known attacks; it is judged on the live faces of the test people and on their faces
with the attack held out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from spooftrace.config import Config
from spooftrace.data.store.store import Store
from spooftrace.errors import SplitError
from spooftrace.evaluation.estimates.rate import ACER, AUC, BPCER, EER, WORST_APCER, Rate
from spooftrace.evaluation.protocols.average import Average, average
from spooftrace.evaluation.protocols.protocol import Protocol, leave_one_attack_out
from spooftrace.evaluation.protocols.published import SIW_M_UNKNOWN
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.published import published_by_attack
from spooftrace.evaluation.tables.table import Table
from spooftrace.experiments.named import choose
from spooftrace.experiments.over_seeds import TDR, SeedMeans, mean_over_seeds
from spooftrace.experiments.people import check_apart
from spooftrace.experiments.results import Results
from spooftrace.experiments.trials import Outcome, Resources, Trial, make_trial, run_trial
from spooftrace.labels import Medium

TITLES = {
    WORST_APCER: "APCER",
    BPCER: "BPCER",
    ACER: "ACER",
    EER: "EER",
    TDR: "TDR@FDR=0.5%",
    AUC: "AUC",
}


_PUBLISHED_METRICS = {
    "apcer": WORST_APCER,  # of the one attack of a fold
    "bpcer": BPCER,
    "acer": ACER,
    "eer": EER,
    "tdr": TDR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One medium held out."""

    medium: str
    trial: Trial


def plan_folds(
    config: Config, store: Store, folder: Path, *, media: Sequence[str] = ()
) -> tuple[Fold, ...]:
    """Lay out a fold a medium: `folder`/MEDIUM. Nothing is trained.

    Args:
        config: of every fold; its split is by person unless it says otherwise.
        store: with at least two media.
        folder: of the experiment.
        media: which to hold out; none: all of the store.

    Raises:
        ConfigError: a medium that the store does not hold, or a folder of another experiment.
        SplitError: a row does not say who it shows, somebody is in two parts, the split has too
            few people, or no attack is left to train on.
    """
    columns = store.columns()
    present = [medium.value for medium in Medium if medium.value in set(columns["medium"])]
    attacks = [medium for medium in present if medium != Medium.LIVE.value]
    if len(attacks) < 2:
        raise SplitError(
            f"leave one out: expected a store of two media or more, got {', '.join(attacks)}; "
            "one is held out, the others train"
        )
    chosen = choose(media, attacks, "--media")
    folds = []
    for medium, fold in zip(chosen, _protocol(chosen, config).folds, strict=True):
        assert fold.split is not None
        trial = make_trial(fold.name, replace(config, split=fold.split), store, folder / medium)
        check_apart(columns, trial.plan.splits)
        fold.divide(columns)  # the attack held out has test rows, or this says that it has none
        folds.append(Fold(medium=medium, trial=trial))
    return tuple(folds)


def _protocol(media: Sequence[str], config: Config) -> Protocol:
    """Protocol II of SiW-M, whatever the store is of."""
    return leave_one_attack_out(media, config.split, database="SiW-M", published=SIW_M_UNKNOWN)


def run_folds(folds: Sequence[Fold], resources: Resources) -> Results:
    """Train and score the folds that are missing, and put all into the form of Table 2."""
    return tabulate({fold.medium: run_trial(fold.trial, resources) for fold in folds}, folds)


def judge(outcome: Outcome, medium: str) -> SeedMeans:
    """The figures of live faces against the one attack, with intervals, at the fold's threshold."""
    table = outcome.table
    rows = table.rows(~table.is_attack | (table.medium == medium))
    return mean_over_seeds([replace(outcome, table=rows)])


def tabulate(outcomes: Mapping[str, Outcome], folds: Sequence[Fold]) -> Results:
    """One column an attack, then mean ± standard deviation over the attacks."""
    judged = {medium: judge(outcome, medium) for medium, outcome in outcomes.items()}
    plan = folds[0].trial.plan
    attacks = {
        fold.medium: {
            "split": fold.trial.plan.splits.description,
            "threshold": asdict(outcomes[fold.medium].threshold),
            "rows": _counts(outcomes[fold.medium], fold.medium),
            "figures": judged[fold.medium].as_json(),
        }
        for fold in folds
    }
    return Results(
        experiment="leave-one-out",
        document=Document(
            title="One attack unknown at a time",
            tables=(_values(judged), _intervals(judged, outcomes), *_published(judged, folds)),
            notes=(
                "rates in percent, AUC as a fraction",
                f"average ± standard deviation over the {_protocol((), plan.config).over}",
                "the attack of a column is in no row that trains or chooses checkpoint, alpha_0 or "
                "threshold; people of the test rows are in no other part",
                "threshold: equal error rate of the development rows, known attacks only",
                "intervals: 95 %, by resampling the test rows by "
                f"{next(iter(judged.values())).unit}; where that tells nothing (no error seen, few "
                "people) exact from counts for APCER and BPCER, none for the others",
                f"{plan.config.training.iterations} iterations each, "
                f"seed {plan.config.training.seed}; "
                f"first fold: {plan.splits.description}",
            ),
        ),
        data={
            "config": plan.config.as_json(),
            "attacks": attacks,
            "average": {str(rate): asdict(_average(judged, rate)) for rate in TITLES},
        },
    )


def _values(judged: Mapping[str, SeedMeans]) -> Table:
    rows = []
    for rate, title in TITLES.items():
        mean = _average(judged, rate)
        text = _percent(mean.mean, rate)
        if mean.deviation is not None:
            text += f" ± {_percent(mean.deviation, rate)}"
        values = (_percent(each.by_rate[rate].mean, rate) for each in judged.values())
        rows.append((title, *values, text))
    return Table(
        key="leave-one-out",
        title="One attack unknown at a time (the form of Table 2)",
        columns=("figure", *judged, "average"),
        rows=tuple(rows),
    )


def _intervals(judged: Mapping[str, SeedMeans], outcomes: Mapping[str, Outcome]) -> Table:
    """The same with intervals and counts, one row an attack."""
    rows = []
    for medium, each in judged.items():
        counts = _counts(outcomes[medium], medium)
        cells = (each.by_rate[rate].shown(percent=rate != AUC) for rate in TITLES)
        rows.append((medium, *cells, f"{counts['live']} + {counts['attacks']}"))
    return Table(
        key="leave-one-out-intervals",
        title="The same with 95 % intervals, and numbers of live + attack rows",
        columns=("attack", *TITLES.values(), "rows"),
        rows=tuple(rows),
    )


def _published(judged: Mapping[str, SeedMeans], folds: Sequence[Fold]) -> list[Table]:
    """Table 2 of the paper, where the store is of its database and every attack was held out."""
    plan = folds[0].trial.plan
    protocol = _protocol([fold.medium for fold in folds], plan.config)
    published, databases = protocol.published, plan.store.columns()["database"]
    assert published is not None
    if set(judged) != set(published.species) or not protocol.is_of(databases):
        return []
    here = {
        metric: {medium: each.by_rate[rate].mean for medium, each in judged.items()}
        for metric, rate in _PUBLISHED_METRICS.items()
    }
    averages = {metric: average(list(values.values())) for metric, values in here.items()}
    return [published_by_attack(published, here, averages)]


def _counts(outcome: Outcome, medium: str) -> dict[str, int]:
    media = outcome.table.medium.tolist()
    return {"live": media.count(Medium.LIVE.value), "attacks": media.count(medium)}


def _percent(value: float, rate: Rate) -> str:
    return f"{value:.3f}" if rate == AUC else f"{100 * value:.1f}"


def _average(judged: Mapping[str, SeedMeans], rate: Rate) -> Average:
    return average([each.by_rate[rate].mean for each in judged.values()])
