"""The tree of all configurations, and the one place where a user's numbers are checked.

Order of precedence: the paper's defaults < `--preset` < a TOML file < `--set a.b=value`. Paths and
devices are flags of the commands, not configuration: they are facts about a machine, not about an
experiment.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from spooftrace.data.batches.augmentation import AugmentationConfig
from spooftrace.data.batches.paired import BatchConfig
from spooftrace.errors import ConfigError, did_you_mean
from spooftrace.evaluation.protocols.splits import SplitConfig
from spooftrace.stdn.discriminators import DiscriminatorConfig
from spooftrace.stdn.generator import GeneratorConfig
from spooftrace.stdn.losses import LossWeights
from spooftrace.training.schedule import TrainingConfig
from spooftrace.training.true_traces import TrueTracesConfig

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A training run, whole; `Config()` is the paper's (Sec. 4.1)."""

    # Pydantic hands it down to the dataclasses below, which have none of their own.
    __pydantic_config__: ClassVar[dict[str, object]] = {
        "extra": "forbid",
        "strict": True,
        "allow_inf_nan": False,
    }

    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    discriminators: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    losses: LossWeights = field(default_factory=LossWeights)
    true_traces: TrueTracesConfig = field(default_factory=TrueTracesConfig)
    batches: BatchConfig = field(default_factory=BatchConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    split: SplitConfig = field(default_factory=SplitConfig)

    def __post_init__(self) -> None:
        if self.generator.elements == "single" and self.batches.harder_samples:
            raise ConfigError(
                "batches.harder_samples: expected false where generator.elements is 'single', got "
                "true; a trace of one layer has no element to lose (docs/divergences.md#ablation)"
            )

        if self.batches.window_px and self.training.method == "stdn":
            raise ConfigError(
                "batches.window_px: expected none where training.method is 'stdn', got "
                f"{self.batches.window_px}; it warps traces from one whole face to another"
            )
        if self.training.method == "true_traces" and self.generator.elements == "none":
            raise ConfigError(
                "generator.elements: expected 'four' or 'single' where training.method is "
                "'true_traces', got 'none'; it has no trace to teach"
            )

    def as_json(self) -> Tree:
        """The resolved tree, no default left out."""
        tree: Tree = json.loads(json.dumps(asdict(self)))
        return tree

    def digest(self) -> str:
        """Twelve hexadecimal digits that name this configuration."""
        canonical = json.dumps(self.as_json(), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def load_config(
    *, preset: str | None = None, file: Path | None = None, sets: Sequence[str] = ()
) -> Config:
    """Resolve and check a configuration.

    Raises:
        ConfigError: an unknown preset, key or type, or a value out of range; the message has the
            key's path.
    """
    tree: Tree = {}
    if preset is not None:
        _merge(tree, _parse(_preset_text(preset), f"preset {preset!r}"))
    if file is not None:
        _merge(tree, _parse(_file_text(file), str(file)))
    return _with(tree, sets)


def lay_over(config: Config, sets: Sequence[str]) -> Config:
    """`config` with single values changed.

    Raises:
        ConfigError: as `load_config`.
    """
    return _with(config.as_json(), sets)


def from_json(tree: Mapping[str, Any]) -> Config:
    """Check a tree, for instance the one that a run recorded.

    Raises:
        ConfigError: as `load_config`.
    """
    try:
        # In JSON mode strictness refuses "3" for 3 but takes lists for tuples, as TOML has no
        # tuples.
        return TypeAdapter(Config).validate_json(json.dumps(tree))
    except ValidationError as error:
        raise ConfigError(_explain(error)) from error


def presets() -> list[str]:
    """Names of the presets that ship with the package."""
    folder = resources.files("spooftrace.presets")
    return sorted(
        item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")
    )


def _with(tree: Tree, sets: Sequence[str]) -> Config:
    for assignment in sets:
        _merge(tree, _assigned(assignment))
    return from_json(tree)


def _preset_text(name: str) -> str:
    if name not in presets():
        raise ConfigError(f"--preset: there is no preset {name!r}; {did_you_mean(name, presets())}")
    return (
        resources.files("spooftrace.presets").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    )


def _file_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: expected a TOML file, cannot read it: {error}") from error


def _parse(text: str, where: str) -> Tree:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: expected TOML: {error}") from error


def _assigned(assignment: str) -> Tree:
    """`a.b=value` with a TOML value; a bare word is taken as a string."""
    key, equals, value = assignment.partition("=")
    if not equals or not key.strip():
        raise ConfigError(
            f"--set: expected key=value such as losses.live_beta=1e3, got {assignment!r}"
        )
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()
    tree: Any = parsed
    for part in reversed(key.strip().split(".")):
        tree = {part: tree}
    assert isinstance(tree, dict)
    return tree


def _merge(tree: Tree, changes: Mapping[str, Any]) -> None:
    """Lay `changes` over `tree`, in place, table by table."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict):
            _merge(tree[key], value)
        else:
            tree[key] = dict(value) if isinstance(value, Mapping) else value


def _explain(error: ValidationError) -> str:
    """The first complaint in one line, with the key's path and the nearest known key."""
    complaint = error.errors()[0]
    path = [str(part) for part in complaint["loc"]]
    message = complaint["msg"]
    if complaint["type"] == "unexpected_keyword_argument":
        hint = did_you_mean(path[-1], _keys(path[:-1]))
        return f"configuration: unknown key {'.'.join(path)}; {hint}"
    return f"configuration: {'.'.join(path)}: {message}, got {complaint['input']!r}"


def _keys(path: Sequence[str]) -> list[str]:
    """Known keys of the section at `path`."""
    section: Any = Config()
    for part in path:
        section = getattr(section, part, None)
    return [f.name for f in fields(section)] if is_dataclass(section) else []
