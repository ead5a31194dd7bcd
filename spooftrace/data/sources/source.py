"""What a source of faces lists: one small, picklable job per picture or video."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from spooftrace.data.sources.layout import Layout
from spooftrace.labels import Label, Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One picture, or one video, and what its source says of it."""

    path: Path
    """On this disk; below `origin` where that is given."""
    file: str
    """The path below the source, with forward slashes: the name of the file in every message."""
    size: int
    """Bytes."""
    video: bool = False
    medium: Medium
    database: str
    clip: str | None = None
    frame: int | None = None
    subject: str | None = None
    device: str | None = None
    session: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    landmarks: Path | None = None
    """68 points that the source states for the picture (`faces.landmarks68`)."""
    origin: str | None = None
    """The fsspec URL of a source that does not lie on this disk (`data.sources.remote`)."""

    @property
    def label(self) -> Label:
        """Live or spoof, as the medium is."""
        return self.medium.label

    def id(self, frame: int | None) -> str:
        """Name of a face in a store; `frame` counts within a video, `None` for a picture."""
        return f"{self.database}/{self.file}" + ("" if frame is None else f"#{frame}")

    def stated(self) -> dict[str, Any]:
        """Everything but where the files lie on this machine."""
        return {
            "file": self.file,
            "size": self.size,
            "video": self.video,
            "medium": self.medium.value,
            "database": self.database,
            "clip": self.clip,
            "frame": self.frame,
            "subject": self.subject,
            "device": self.device,
            "session": self.session,
            "attributes": dict(self.attributes),
            "landmarks": self.landmarks is not None,
        }


@dataclass(frozen=True, kw_only=True)
class Source:
    """The jobs of a source in their lasting order."""

    name: str
    layout: Layout | None
    """None where there are no files: people of a model."""
    jobs: tuple[Job, ...]
    ignored: Mapping[str, int] = field(default_factory=dict)
    """Files passed over: by suffix, where their names are of neither pictures nor videos; by folder
    (`attack/`), where they lie outside what the layout reads or in folders that systems make."""
    notes: tuple[str, ...] = ()
    """How a table was understood, where it is no plain CSV."""

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all that the jobs state; contents of files count by their size only."""
        digest = hashlib.sha256()
        for job in self.jobs:
            digest.update(json.dumps(job.stated(), sort_keys=True).encode() + b"\n")
        return digest.hexdigest()
