"""Ablation of the method's parts (Sec. 4.5, Table 4): every variant and seed on one split.

Variants differ in the switches below and in nothing else: store, split, budget, batches and
augmentation are the same (docs/divergences.md#ablation).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spooftrace.config import Config, lay_over
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError
from spooftrace.evaluation.estimates.rate import (
    ACER,
    AUC,
    BPCER,
    EER,
    POOLED_APCER,
    WORST_APCER,
)
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Table
from spooftrace.experiments.named import choose
from spooftrace.experiments.over_seeds import mean_over_seeds
from spooftrace.experiments.results import Results
from spooftrace.experiments.trials import Outcome, Resources, Trial, make_trial, run_trial

_SINGLE = ("generator.elements=single", "batches.harder_samples=false", "losses.elements=0.0")
_NO_SUPERVISION = "training.extra_supervision=false"

VARIANTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "esr": ("ESR", ("generator.elements=none",)),
    "gan": ("ESR+GAN", (*_SINGLE, _NO_SUPERVISION)),
    "dgan": ("ESR+D-GAN", (_NO_SUPERVISION,)),
    "gan-lp": ("ESR+GAN+L_P", _SINGLE),
    "dgan-lp": ("ESR+D-GAN+L_P", ()),
}
"""Name -> the paper's name and the switches that make the variant out of the whole method."""

RATES = {
    WORST_APCER: "APCER worst",
    POOLED_APCER: "APCER pooled",
    BPCER: "BPCER",
    ACER: "ACER",
    EER: "EER",
    AUC: "AUC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """All trials of an ablation, variant by variant and seed by seed."""

    trials: Mapping[str, tuple[Trial, ...]]


def plan_ablation(
    config: Config, store: Store, folder: Path, *, seeds: int, variants: Sequence[str] = ()
) -> Ablation:
    """Lay out the trials: `folder`/VARIANT/seed-N. Nothing is trained.

    Args:
        config: of the whole method; its seed is the first.
        store: what all are trained and tested on.
        folder: of the experiment.
        seeds: how many; one above the other.
        variants: keys of `VARIANTS`; none: all.

    Raises:
        ConfigError: an unknown variant, or a folder that holds another experiment.
        SplitError: the store cannot be split.
    """
    _refuse_switched(config)
    first = config.training.seed
    return Ablation(
        trials={
            name: tuple(
                make_trial(
                    f"{VARIANTS[name][0]}, seed {seed}",
                    lay_over(config, [*VARIANTS[name][1], f"training.seed={seed}"]),
                    store,
                    folder / name / f"seed-{seed}",
                )
                for seed in range(first, first + seeds)
            )
            for name in choose(variants, list(VARIANTS), "--variants")
        }
    )


def run_ablation(ablation: Ablation, resources: Resources) -> Results:
    """Train and score what is missing, seed by seed, and put everything into one table."""
    outcomes: dict[str, list[Outcome]] = {name: [] for name in ablation.trials}
    for turn in zip(*ablation.trials.values(), strict=True):
        for name, trial in zip(ablation.trials, turn, strict=True):
            outcomes[name].append(run_trial(trial, resources))
    return tabulate(outcomes, ablation)


def tabulate(outcomes: Mapping[str, Sequence[Outcome]], ablation: Ablation) -> Results:
    """The table in the form of Table 4."""
    found = {name: mean_over_seeds(seeds) for name, seeds in outcomes.items()}
    plan = next(iter(ablation.trials.values()))[0].plan
    unit = next(iter(found.values())).unit
    rows = tuple(
        (VARIANTS[name][0], *(each.by_rate[rate].shown(percent=rate != AUC) for rate in RATES))
        for name, each in found.items()
    )
    seeds = [trial.plan.config.training.seed for trial in next(iter(ablation.trials.values()))]
    return Results(
        experiment="ablation",
        document=Document(
            title="Ablation",
            tables=(
                Table(
                    key="ablation",
                    title="Ablation (the form of Table 4)",
                    columns=("variant", *RATES.values()),
                    rows=rows,
                ),
            ),
            notes=(
                f"mean ± standard deviation over {len(seeds)} seeds [95 % interval of the mean, "
                f"by resampling {unit} of the test rows with the trained detectors as they are]",
                "rates in percent, AUC as a fraction; threshold: equal error rate of the "
                "development rows, each seed its own",
                f"{plan.config.training.iterations} iterations each; "
                f"split: {plan.splits.description}",
            ),
        ),
        data={
            "iterations": plan.config.training.iterations,
            "seeds": seeds,
            "variants": {
                name: {
                    "name": VARIANTS[name][0],
                    "switches": list(VARIANTS[name][1]),
                    "config": ablation.trials[name][0].plan.config.as_json(),
                    "figures": each.as_json(),
                }
                for name, each in found.items()
            },
        },
    )


def _refuse_switched(config: Config) -> None:
    """The switches belong to the variants."""
    if config.generator.elements != "four" or not config.training.extra_supervision:
        raise ConfigError(
            "experiment ablation: expected the whole method, got generator.elements="
            f"{config.generator.elements} and training.extra_supervision="
            f"{str(config.training.extra_supervision).lower()}; leave both to --variants"
        )
