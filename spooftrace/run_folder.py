"""What lies in a run folder, by name; whoever looks for something in one needs no torch.

config.json       the record: resolved configuration, its hash, versions, the store and its split
journal.jsonl     one line a logged step
tensorboard/      the same, with pictures; the pictures also in images/
checkpoints/      the last two and the best
model.onnx        the bundle of the best checkpoint
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from spooftrace.errors import ConfigError

MODEL = "model.onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRecord:
    """The store that a run learnt from, and how it was divided."""

    source: str
    """What the store was made of, in words."""
    fingerprint: str
    """Hash of that source; two stores of one fingerprint hold the same faces."""
    landmarker: str
    """Name and version of the face mesh that cut the faces."""
    media: tuple[str, ...]
    """Media of the training rows, in alphabetical order."""
    split: str
    """Where each part comes from, in words, with counts."""
    rows: Mapping[str, int]
    """Number of rows by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What a run has on record of itself: the contents of `config.json`."""

    config: Mapping[str, Any]
    """The resolved configuration, no default left out (`config.Config.as_json`)."""
    config_hash: str
    store: StoreRecord
    versions: Mapping[str, str]
    """Of the package, torch and Python."""

    def to_json(self) -> str:
        """One JSON object; `RunFolder.record` reads it back."""
        return json.dumps(asdict(self), indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one training run; nothing in it has to be there yet."""

    path: Path

    @property
    def config(self) -> Path:
        """File of the record."""
        return self.path / "config.json"

    @property
    def journal(self) -> Path:
        """One JSON object a line and logged step."""
        return self.path / "journal.jsonl"

    @property
    def tensorboard(self) -> Path:
        """Folder of TensorBoard's events."""
        return self.path / "tensorboard"

    @property
    def images(self) -> Path:
        """Folder of the grids of pictures."""
        return self.path / "images"

    @property
    def model(self) -> Path:
        """The bundle of the best checkpoint."""
        return self.path / MODEL

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        """The checkpoint that the development split likes best."""
        return self.checkpoints / "best.safetensors"

    def checkpoint(self, step: int) -> Path:
        """Where the checkpoint of `step` lies."""
        return self.checkpoints / f"step-{step:08d}.safetensors"

    def numbered(self) -> list[Path]:
        """The checkpoints of steps that are there, the latest last."""
        found = {
            int(match[1]): path
            for path in self.checkpoints.glob("step-*.safetensors")
            if (match := re.fullmatch(r"step-(\d+)", path.stem))
        }
        return [found[step] for step in sorted(found)]

    def newest(self) -> Path | None:
        """The latest step's checkpoint; `None` before the first."""
        return next(reversed(self.numbered()), None)

    def record(self) -> RunRecord | None:
        """What the run has on record; `None` where there is no record.

        Raises:
            ConfigError: the record cannot be read or is damaged; the message names the field.
        """
        try:
            text = self.config.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._damaged(str(error)) from error
        try:
            return TypeAdapter(RunRecord).validate_json(text)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            where = ".".join(map(str, problem["loc"])) or "as a whole"
            raise self._damaged(f"{where}: {problem['msg']}") from error

    def _damaged(self, what: str) -> ConfigError:
        return ConfigError(
            f"{self.config}: expected the record of a run, found something else ({what}); "
            "bring the record back from a copy, or start a new run in another folder"
        )
