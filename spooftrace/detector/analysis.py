"""Files to records: each picture judged, each video judged frame by frame and voted on.

A record is a JSON object under stable names (docs/using-a-detector.md). A file that cannot be read
is a record too, without an answer; it stops nothing.
"""

import glob
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from spooftrace.data.sources import pictures
from spooftrace.detector.detection import SCHEMA_VERSION, Detection
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.following import FollowConfig, FrameDetection
from spooftrace.detector.panel import draw_panel
from spooftrace.errors import ConfigError, PictureError
from spooftrace.faces.finder import RejectReason

if TYPE_CHECKING:
    from spooftrace.data.sources.video import Frame
    from spooftrace.detector.annotated import AnnotatedVideo

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

        try:
            with self._annotated(file) as annotated:

                def judged(frame: "Frame", answer: FrameDetection) -> None:
                    frames.append(self._frame(file, answer))
                    if annotated is not None:
                        annotated.add(frame, answer)

                voted = self.detector.predict_video(
                    file.path,
                    threshold=self.threshold,
                    every=self.every,
                    config=self.follow_config,
                    on_frame=judged,
                )
        except OSError as error:
            raise ConfigError(f"{file.name}.mp4: cannot be written ({error})") from error
        head = {"file": str(file.path), "kind": "video", "schema_version": SCHEMA_VERSION}
        head |= {"every": self.every}
        if annotated is not None:
            head |= {"annotated": f"{file.name}.mp4" if frames else None}
        return head | voted.to_json() | {"frames": frames}

    def stream(self, address: str) -> Iterator[Record]:
        """A record for every n-th frame of a camera or network stream, as they come.

        Raises PictureError when there is nothing, it falls silent or breaks.
        """
        from spooftrace.data.sources import video  # needs an extra

        frames = (frame for frame in video.stream(address) if frame.number % self.every == 0)
        watched = self.detector.watch(frames, threshold=self.threshold)
        file = NamedFile(Path(address), re.sub(r"[^\w.-]+", "_", address))
        for answer in watched:
            head = {"file": address, "kind": "frame"}
            voted = answer.vote.to_json() if answer.vote else None
            yield head | self._frame(file, answer) | {"vote": voted}

    def _annotated(self, file: NamedFile) -> "AbstractContextManager[AnnotatedVideo | None]":
        """What writes the annotated video; None without a folder for it."""
        if self.panels is None:
            return nullcontext()
        from spooftrace.detector.annotated import AnnotatedVideo  # needs an extra

        return AnnotatedVideo(self.panels / f"{file.name}.mp4")

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


def inputs(
    texts: Sequence[str], *, skip: Path | None = None
) -> tuple[list[NamedFile], list[str], int]:
    """The files to analyse, the addresses of streams, and how many files are of no known kind.

    A text is the address of a camera or stream as `data.sources.video.stream` takes it, the path of
    a file or folder (see `collect`), or a pattern of `*`, `?`, `[...]` and `**`. Raises
    PictureError where there is nothing to analyse.
    """
    streams = [text for text in texts if text.startswith("camera:") or "://" in text]
    paths = [path for text in texts if text not in streams for path in _matching(text)]
    named, others = collect(paths, skip=skip)
    if not named and not streams:
        raise PictureError(
            f"expected pictures or videos, found none in {', '.join(texts)} ({others} other "
            "files); name the files themselves"
        )
    return named, streams, others


def _matching(text: str) -> list[Path]:
    """A path that is there stands for itself, and so does a pattern that nothing matches."""
    if Path(text).exists() or not glob.has_magic(text):
        return [Path(text)]
    found = glob.glob(text, recursive=True)  # noqa: PTH207 (pathlib's takes no absolute pattern)
    return [Path(one) for one in sorted(found)] or [Path(text)]


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
