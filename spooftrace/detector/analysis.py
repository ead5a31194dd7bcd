"""Files to records: each picture judged, each video judged frame by frame and voted on.

A record is a JSON object under stable names (docs/using-a-detector.md). A file that cannot be read
is a record too, without an answer; it stops nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from spooftrace.data.sources import pictures
from spooftrace.detector.detection import SCHEMA_VERSION, Detection
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.following import FollowConfig, FrameDetection
from spooftrace.detector.panel import draw_panel
from spooftrace.errors import ConfigError
from spooftrace.faces.finder import RejectReason

if TYPE_CHECKING:
    from spooftrace.data.sources.video import Frame

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file to analyse, under a name that no other file of the same call has."""

    path: Path
    name: str
    """Relative, with forward slashes; what its panels are called after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """How files are judged, and where the panels of their faces go."""

    detector: SpoofDetector
    every: int = 10
    """Of a video, every n-th frame is judged, from the first on."""
    threshold: float | None = None
    """None is the bundle's."""
    follow_config: FollowConfig | None = None
    """How the faces of a video are followed and voted on."""
    panels: Path | None = None
    """Folder for one PNG per judged face; None writes none."""

    def file(self, file: NamedFile) -> Record:
        """The record of one picture or video.

        Raises BundleError when there is no threshold, ConfigError when a panel cannot be written.
        """
        if pictures.is_video(file.path):
            return self._video(file)
        detection = self.detector.predict(file.path, threshold=self.threshold)
        panel = self._write_panel(detection, f"{file.name}.png", file.name)
        head = {"file": str(file.path), "kind": "picture", "panel": panel}
        return head | detection.to_json()

    def _video(self, file: NamedFile) -> Record:
        frames: list[Record] = []

        def judged(_: "Frame", answer: FrameDetection) -> None:
            frames.append(self._frame(file, answer))

        voted = self.detector.predict_video(
            file.path,
            threshold=self.threshold,
            every=self.every,
            config=self.follow_config,
            on_frame=judged,
        )
        head = {"file": str(file.path), "kind": "video", "schema_version": SCHEMA_VERSION}
        return head | {"every": self.every} | voted.to_json() | {"frames": frames}

    def _frame(self, file: NamedFile, answer: FrameDetection) -> Record:
        number = answer.number
        panel = self._write_panel(
            answer.detection,
            f"{file.name}/frame_{number:06d}.png",
            f"{file.name}  frame {number}",
        )
        head = {"frame": number, "time_s": answer.time_s, "panel": panel, "track": answer.track}
        return head | answer.detection.to_json()

    def _write_panel(self, detection: Detection, name: str, title: str) -> str | None:
        """The panel's name, or None where there is no folder for it or no face."""
        if self.panels is None or detection.evidence is None:
            return None
        path = self.panels / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Level 1 is three times as quick as the default, and a tenth larger.
            Image.fromarray(draw_panel(detection, title=title)).save(path, compress_level=1)
        except OSError as error:
            raise ConfigError(f"{path}: the panel cannot be written ({error})") from error
        return name


def was_read(record: Record) -> bool:
    """Whether at least one picture or frame of the file could be decoded."""
    return bool(record.get("frames")) or record["reason"] != RejectReason.UNREADABLE.value


def collect(paths: Iterable[Path], *, skip: Path | None = None) -> tuple[list[NamedFile], int]:
    """The files to analyse, in a stable order, and how many in the folders are of no known kind.

    A file stands for itself, whatever its name. A folder stands for the pictures and videos in it
    and below, without hidden ones and without those under `skip` (where the panels go).
    """
    taken: set[str] = set()
    found: list[NamedFile] = []
    others = 0
    for path in paths:
        for inner in _files_below(path, skip) if path.is_dir() else [path]:
            if path.is_dir() and not (pictures.is_picture(inner) or pictures.is_video(inner)):
                others += 1
                continue
            found.append(NamedFile(inner, _free_name(inner, path, taken)))
    return found, others


def _files_below(folder: Path, skip: Path | None) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not (skip and skip.absolute() in path.absolute().parents)
    )


def _free_name(file: Path, given: Path, taken: set[str]) -> str:
    """The path below the folder that was given, numbered where an earlier file has it already."""
    base = (file.relative_to(given) if file != given else Path(file.name)).as_posix()
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name
