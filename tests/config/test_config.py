import json

import pytest

from spooftrace.config import Config, from_json, lay_over, load_config, presets
from spooftrace.errors import ConfigError


def test_defaults_are_the_paper() -> None:
    assert load_config(preset="paper") == load_config() == Config()


PRESETS = ["demo", "paper", "small", "tiny", "true-traces", "true-traces-small"]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_loads_and_round_trips(name) -> None:
    config = load_config(preset=name)
    assert from_json(json.loads(json.dumps(config.as_json()))) == config
    assert config.digest() == from_json(config.as_json()).digest()


def test_the_shipped_presets_are_these() -> None:
    assert presets() == PRESETS


def test_order_of_precedence(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[training]\nlearning_rate = 2e-3\nseed = 5\n")
    config = load_config(preset="tiny", file=file, sets=["training.seed=7", "batches.pairs=3"])
    assert config.generator.image_size == 64  # the preset's
    assert config.training.learning_rate == 2e-3  # the file's
    assert config.training.seed == 7  # --set
    assert config.batches.pairs == 3
    assert config.losses.live_beta == 1e4  # the paper's


def test_laying_over_keeps_the_rest() -> None:
    tiny = load_config(preset="tiny")
    assert lay_over(tiny, ["training.seed=3"]).generator == tiny.generator


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        (["losses.live_betta=1e3"], r"unknown key losses.live_betta; did you mean 'live_beta'"),
        (["loss.pixel=1.0"], r"unknown key loss; did you mean 'losses'"),
        (["training.iterations='many'"], r"training.iterations: .*valid integer, got 'many'"),
        (["training.iterations=0"], r"training.iterations: expected 1 or more, got 0"),
        (["generator.image_size=100"], r"generator.image_size: expected a multiple of 16"),
        (["training.precision=half"], r"training.precision"),
        (["batches.pairs"], r"--set: expected key=value"),
        (["=3"], r"--set: expected key=value"),
        (["losses.live_beta=true"], r"losses.live_beta"),
        (["split.dev_share=2.0"], r"split.dev_share"),
        (["batches.window_px=64"], r"batches.window_px: expected none where .*'stdn', got 64"),
        (
            ["training.method=true_traces", "generator.elements=none"],
            r"generator.elements: .*'true_traces', got 'none'",
        ),
    ],
)
def test_bad_settings_say_where(sets, message) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(sets=sets)


def test_unknown_presets_and_files(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"no preset 'smal'; did you mean 'small'"):
        load_config(preset="smal")
    with pytest.raises(ConfigError, match=r"absent\.toml: expected a TOML file"):
        load_config(file=tmp_path / "absent.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("[training\n")
    with pytest.raises(ConfigError, match=r"broken\.toml: expected TOML"):
        load_config(file=broken)


def test_the_digest_names_the_configuration() -> None:
    assert load_config().digest() == load_config().digest()
    assert load_config().digest() != load_config(sets=["training.seed=1"]).digest()
