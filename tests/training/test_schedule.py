import math

import pytest

from spooftrace.errors import ConfigError
from spooftrace.training.schedule import TrainingConfig, learning_rate


def test_the_papers_schedule() -> None:
    config = TrainingConfig()
    assert config.iterations == 150_000
    rates = [learning_rate(config, step) for step in (0, 44_999, 45_000, 90_000, 149_999)]
    assert rates == pytest.approx([1e-4, 1e-4, 1e-5, 1e-6, 1e-7])


def test_half_a_cosine_after_a_warm_up() -> None:
    config = TrainingConfig(iterations=100, learning_rate=1.0, decay="cosine", warm_up=10)
    rates = [learning_rate(config, step) for step in (0, 4, 50, 100)]
    early = 0.02 + 0.98 * (1 + math.cos(math.pi * 0.04)) / 2
    assert rates == pytest.approx([0.1, 0.5 * early, 0.51, 0.02])
    assert learning_rate(TrainingConfig(warm_up=4), 1) == pytest.approx(0.5e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"iterations": 0}, "training.iterations: expected 1 or more, got 0"),
        ({"learning_rate": 0.0}, "training.learning_rate: expected more than 0"),
        ({"learning_rate": float("nan")}, "training.learning_rate: expected more than 0"),
        ({"seed": -1}, "training.seed: expected 0 or more, got -1"),
        ({"warm_up": -5}, "training.warm_up: expected 0 or more, got -5"),
        ({"checkpoint_every": 70}, "multiple of training.log_every"),
    ],
)
def test_bad_numbers_are_refused(change, message) -> None:
    with pytest.raises(ConfigError, match=message):
        TrainingConfig(**change)
