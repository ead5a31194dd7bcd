import pytest

from spooftrace.errors import ConfigError
from spooftrace.training.schedule import TrainingConfig, learning_rate


def test_the_papers_schedule() -> None:
    config = TrainingConfig()
    assert config.iterations == 150_000
    rates = [learning_rate(config, step) for step in (0, 44_999, 45_000, 90_000, 149_999)]
    assert rates == pytest.approx([1e-4, 1e-4, 1e-5, 1e-6, 1e-7])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"iterations": 0}, "training.iterations: expected 1 or more, got 0"),
        ({"learning_rate": 0.0}, "training.learning_rate: expected more than 0"),
        ({"learning_rate": float("nan")}, "training.learning_rate: expected more than 0"),
        ({"seed": -1}, "training.seed"),
        ({"checkpoint_every": 70}, "multiple of training.log_every"),
    ],
)
def test_bad_numbers_are_refused(change, message) -> None:
    with pytest.raises(ConfigError, match=message):
        TrainingConfig(**change)
