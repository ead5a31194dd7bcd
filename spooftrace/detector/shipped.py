"""The models that come with the package, by name (docs/model-card.md).

`spooftrace/models/` holds their bundles and `models.json`, which says what each is for, its hash,
and what it was measured to be worth. Their names stand wherever the path of a bundle does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from spooftrace.errors import BundleError

FOLDER: Final = Path(__file__).parent.parent / "models"
LIST: Final = "models.json"
DEFAULT: Final = "standard"
"""The model that answers where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a model is worth on one set of faces, at its own threshold.

    Each share comes with the ends of its 95 % interval.
    """

    faces: str
    """Which they are, in words."""
    count: int
    auc: tuple[float, float, float]
    eer: tuple[float, float, float]
    bpcer: tuple[float, float, float]
    """Share of living faces that are called spoofs."""
    apcer: tuple[float, float, float]
    """Share of attacks that are called living, all media pooled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """One model of the package."""

    about: str
    sha256: str
    """Of its file."""
    figures: tuple[Rates, ...] = ()


@cache
def shipped() -> Mapping[str, Shipped]:
    """The models by name."""
    from pydantic import TypeAdapter  # the name of the default is wanted before anything is loaded

    return TypeAdapter(dict[str, Shipped]).validate_json((FOLDER / LIST).read_bytes())


def file_of(name: str) -> Path:
    """Where the bundle of a name of `shipped` lies."""
    return FOLDER / f"{name}.onnx"


def is_name(path: str | Path) -> bool:
    """Whether a path is the name of a shipped model; a file of that name needs its whole path."""
    return str(path) in shipped()


def figures_of(path: Path) -> tuple[Rates, ...]:
    """What the bundle at a path was measured to be worth; nothing where it did not ship."""
    is_ours = path.parent == FOLDER and path.stem in shipped()
    return shipped()[path.stem].figures if is_ours else ()


def check(path: Path, sha256: str) -> None:
    """Refuse a shipped file that is not the one that was released.

    Raises:
        BundleError: the hash is another.
    """
    if path.parent == FOLDER and path.stem in shipped():
        expected = shipped()[path.stem].sha256
        if sha256 != expected:
            raise BundleError(
                f"{path}: expected the released model {path.stem!r}, sha256 {expected[:12]}, got "
                f"{sha256[:12]}: the file was changed or cut short; install the package again"
            )
