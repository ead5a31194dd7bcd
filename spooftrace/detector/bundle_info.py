"""What a bundle knows about itself: the metadata that travels inside its ONNX file.

The metadata key `spooftrace` holds one JSON object, `BundleInfo`. It is checked strictly: a field
too many, one without a default missing or a value of another type is an error, because a detector
that guesses its preprocessing or its threshold is worse than none.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from spooftrace.data.files import write_whole
from spooftrace.detector.development import Development
from spooftrace.errors import BundleError, ConfigError, MissingExtraError
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import Threshold

if TYPE_CHECKING:
    from onnx import ModelProto

SCHEMA_VERSION = 1
METADATA_KEY = "spooftrace"
UNTRAINED = "the weights are not trained, so the answers mean nothing; train a model"
_REMEDY = "export the model again with `spooftrace export`"


@dataclass(frozen=True, slots=True, kw_only=True)
class CropRule:
    """How the face region was cut from the pictures that the model learnt from."""

    size: int
    """Side of the square crop in pixels, before it is resized to the model's input."""
    enlarge: float
    """Factor on the square around the face mesh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Errors among the presentations that a threshold was chosen on, and what they leave open."""

    events: int
    trials: int
    low: float
    """Of the exact 95 % interval (Clopper-Pearson), presentations taken as independent."""
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """Where the threshold of a bundle came from, when it was chosen after the export."""

    scores_sha256: str
    """Of the score file."""
    presentations: str
    """What was counted: `clips` (the median of the scores of each) or `faces`."""
    bpcer: Counted
    """Living people refused."""
    apcer: Counted | None
    """Attacks of the species that passes most often; None where no attack was recorded."""
    species: str | None
    """That species."""
    chosen_for: str
    """sha256 of the bundle whose scores they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleInfo:
    """Preprocessing, score, threshold and provenance of a trained detector."""

    # Pydantic hands it down to the dataclasses in the fields, which have none of their own.
    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    schema_version: int = SCHEMA_VERSION
    package_version: str
    """Version of this package that wrote the bundle."""
    image_size: int
    """N: side of the model's square input in pixels."""
    alpha_0: float
    """Weight of the trace in the score (Eq. 3), fitted on development data; inside the graph."""
    threshold: Threshold | None
    """None in a bundle that scores but cannot decide by itself."""
    media: tuple[Medium, ...]
    """The media that it was trained on; others are unknown to it."""
    landmarker: str
    """Name and version of the face mesh that cut the training faces."""
    crop: CropRule
    is_decision_only: bool = False
    """Whether the graph is encoder and regressor alone: its score is map_score, there is no trace,
    and the threshold is one of map_score."""
    operating_point: OperatingPoint | None = None
    """What is known of the threshold, where it was chosen on somebody's own scores."""
    development: Development | None = None
    """What other thresholds than its own mean; None where the bundle does not say."""
    config_hash: str
    """Hash of the resolved training configuration."""
    licence: str
    """Licence of the weights."""
    trained_on: str
    """The data behind the weights, in words."""
    is_trained: bool
    """Whether the weights learnt anything; the answers of random ones say so (`doubt`). Whoever
    writes a bundle says it: one that is silent must not pass for a trained one."""

    def __post_init__(self) -> None:
        if self.image_size < 1:
            raise ValueError(f"image_size: expected at least 1 pixel, got {self.image_size}")
        if not math.isfinite(self.alpha_0):
            raise ValueError(f"alpha_0: expected a finite weight, got {self.alpha_0}")

    def to_json(self) -> str:
        """One JSON object; `from_json` gives back an equal `BundleInfo`."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, *, where: str) -> "BundleInfo":
        """Read and check metadata; `where` names the file in the BundleError when it is wrong."""
        came = _parse(text, where)
        try:
            info = TypeAdapter(cls).validate_json(text, strict=True)
        except ValidationError as error:
            raise BundleError(_first_problem(error, where)) from error
        except ConfigError as error:
            raise BundleError(f"{where}: bundle metadata: {error}; {_REMEDY}") from error
        _check_whole(info, came, where)
        return info


def write_info(model: "str | Path | ModelProto", info: BundleInfo) -> None:
    """Put `info` into an ONNX model, replacing what it held; a file is replaced in one move.

    Raises MissingExtraError when the `onnx` package is absent (reading needs ONNX Runtime alone).
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError(
            "writing a bundle needs the package onnx, which is not installed; in the checkout: "
            "pip install '.[train]'"
        ) from error
    if isinstance(model, onnx.ModelProto):
        _attach(model, info)
        return
    path = Path(model)
    proto = onnx.load(path)
    _attach(proto, info)
    write_whole(path, proto.SerializeToString())


def _attach(model: Any, info: BundleInfo) -> None:
    entries = {entry.key: entry.value for entry in model.metadata_props}
    entries[METADATA_KEY] = info.to_json()
    del model.metadata_props[:]
    for key, value in entries.items():
        model.metadata_props.add(key=key, value=value)


def _parse(text: str, where: str) -> dict[str, Any]:
    """The object, of our schema version: of another, its fields are none of our business."""
    try:
        came = json.loads(text)
    except json.JSONDecodeError as error:
        raise BundleError(
            f"{where}: expected JSON in the metadata `{METADATA_KEY}`, got {text[:40]!r} "
            f"({error}); {_REMEDY}"
        ) from error
    version = came.get("schema_version") if isinstance(came, dict) else None
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise BundleError(
            f"{where}: expected bundle schema version {SCHEMA_VERSION}, got {version!r}; use the "
            "spooftrace that wrote it, or export the model again with this one"
        )
    return dict(came)


def _check_whole(info: BundleInfo, came: dict[str, Any], where: str) -> None:
    """Nothing that came may be lost on the way in, as unknown keys of a nested object would be."""
    for field, kept in json.loads(info.to_json()).items():
        if field in came and came[field] != kept:
            raise BundleError(
                f"{where}: bundle metadata, field `{field}`: expected {kept}, got {came[field]}; "
                f"{_REMEDY}"
            )


def _first_problem(error: ValidationError, where: str) -> str:
    problem = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in problem["loc"]) or "as a whole"
    came = "nothing" if problem["type"] == "missing" else repr(problem["input"])[:60]
    return f"{where}: bundle metadata, field `{field}`: {problem['msg']}, got {came}; {_REMEDY}"
