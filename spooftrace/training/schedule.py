"""How long and how fast: the numbers of Sec. 4.1 and the learning rate of a step."""

import math
from dataclasses import dataclass
from typing import Literal

from spooftrace.errors import ConfigError

Precision = Literal["auto", "bf16", "fp32"]
MethodName = Literal["stdn", "true_traces"]
Decay = Literal["steps", "cosine"]

LAST_SHARE = 0.02
"""What is left of the learning rate at the end of a cosine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """The course of a training run; the defaults are the paper's."""

    method: MethodName = "stdn"
    """What an iteration is: `stdn` is the paper's three updates (Fig. 5), `true_traces` one update
    towards the true traces of simulated spoofs (docs/training.md#true-traces)."""
    iterations: int = 150_000
    """Iterations, of three updates each in the paper (Sec. 4.1)."""
    learning_rate: float = 1e-4
    """Of the generator at the start (Sec. 4.1)."""
    decay: Decay = "steps"
    """How the learning rate falls: in the paper's steps, or along half a cosine to 2 % at the last
    iteration, so that a longer run is another run from its first iteration on."""
    warm_up: int = 0
    """Iterations over which the learning rate rises linearly at the start."""
    decay_every: int = 45_000
    """Iterations between two divisions of the learning rate (Sec. 4.1)."""
    decay_by: float = 10.0
    """What the learning rate is divided by (Sec. 4.1)."""
    discriminator_rate: float = 0.5
    """The discriminators' learning rate as a share of the generator's (Sec. 3.5)."""
    extra_supervision: bool = True
    """Whether the third update runs: Eq. 14, with the pixel loss L_P. `False` is the ablation's
    (Sec. 4.5; docs/divergences.md#ablation)."""
    settling_batches: int = 0
    """Training batches over which batch norm's averages are taken anew for every look at the
    development split, and for the networks that are kept as the best
    (docs/divergences.md#batch-norm)."""
    seed: int = 0
    """Of the weights, the batches and the augmentation."""
    precision: Precision = "auto"
    """Of the networks' arithmetic: bfloat16 where the processor multiplies it natively, else
    float32."""
    compile: bool = False
    """Whether `torch.compile` translates the networks; slower to start, and not bitwise equal to
    eager."""
    log_every: int = 50
    """Iterations between two lines of the journal."""
    evaluate_every: int = 1000
    """Iterations between two looks at the development split."""
    development_rows: int = 0
    """Most rows of the development split that a look judges, at even distances; 0: all of them."""
    checkpoint_every: int = 1000
    """Iterations between two checkpoints; a multiple of `log_every`, so that a resumed journal has
    no torn window."""
    images_every: int = 1000
    """Iterations between two grids of pictures."""

    def __post_init__(self) -> None:
        whole = ("iterations", "decay_every", "log_every", "evaluate_every", "checkpoint_every")
        for name in (*whole, "images_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"training.{name}: expected 1 or more, got {getattr(self, name)}")
        for name in ("learning_rate", "decay_by", "discriminator_rate"):
            if not getattr(self, name) > 0:
                raise ConfigError(
                    f"training.{name}: expected more than 0, got {getattr(self, name)}"
                )
        if self.checkpoint_every % self.log_every:
            raise ConfigError(
                "training.checkpoint_every: expected a multiple of training.log_every "
                f"({self.log_every}), got {self.checkpoint_every}"
            )
        for name in ("settling_batches", "seed", "warm_up", "development_rows"):
            if getattr(self, name) < 0:
                raise ConfigError(f"training.{name}: expected 0 or more, got {getattr(self, name)}")


def learning_rate(config: TrainingConfig, step: int) -> float:
    """The generator's learning rate at `step`, counted from 0."""
    if config.decay == "steps":
        rate = config.learning_rate / config.decay_by ** (step // config.decay_every)
    else:
        falling = (1 + math.cos(math.pi * step / config.iterations)) / 2
        rate = config.learning_rate * (LAST_SHARE + (1 - LAST_SHARE) * falling)
    return rate * min(1.0, (step + 1) / config.warm_up) if config.warm_up else rate
