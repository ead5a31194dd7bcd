"""Faces followed from frame to frame, each with the vote on its own frames.

A face belongs to the track whose last face is nearest, in sides of the face, and of about its size.
Along a track the mesh may be steadied: where it shakes from frame to frame it moves the crop, and
with it the score, though nothing in front of the camera has moved.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spooftrace.detector.detection import Detection
from spooftrace.detector.voting import ClipVote, VoteConfig, vote
from spooftrace.errors import ConfigError
from spooftrace.faces.crop import face_box
from spooftrace.faces.finder import FoundFace, Rejection, face_of_mesh, find_meshes, main_mesh
from spooftrace.faces.landmarker import Landmarker
from spooftrace.faces.quality import QualityGate

if TYPE_CHECKING:
    from spooftrace.data.sources.video import Frame

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowConfig:
    """How faces are followed and voted on."""

    vote: VoteConfig = field(default_factory=VoteConfig)
    """Which frames make a decision, and when enough are seen."""
    window: int | None = None
    """Frames of a track that its running vote looks back on; None is all of them."""
    max_move: float = 0.6
    """How far a face may move between two looks, in sides of its crop, and stay the same one."""
    max_gap: int = 5
    """Looks that a face may be missing before its track ends."""
    steadying: float = 0.0
    """Weight of where the mesh was, for a face that stays, below 1: 0 takes each mesh as it is
    found. Off, as it saved a trained model no flip (`benchmarks/results/stability.json`)."""
    still: float = 0.05
    """Move, in sides of the crop, from which on a mesh is taken as it is found: a filter must not
    trail behind a moving face."""

    def __post_init__(self) -> None:
        if self.window is not None and self.window < 1:
            raise ConfigError(f"follow.window: expected at least 1, got {self.window}")
        if self.max_gap < 0:
            raise ConfigError(f"follow.max_gap: expected at least 0, got {self.max_gap}")
        if not 0 <= self.steadying < 1:
            raise ConfigError(f"follow.steadying: expected 0 to below 1, got {self.steadying}")
        for name in ("max_move", "still"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"follow.{name}: expected above 0, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBy:
    """What finds and judges the faces of a frame."""

    landmarker: Landmarker
    gate: QualityGate
    threshold: float
    threshold_source: str
    is_averaging: bool = False
    """Whether faces come with the crops beside their own."""
    judge: Callable[[Sequence[FoundFace | Rejection]], list[Detection]]
    """Answers for faces that were found, or not, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameDetection:
    """The answer for one frame."""

    number: int
    """Of the frame in its clip, from 0."""
    time_s: float | None
    """Seconds since the first frame; None in streams without time stamps."""
    detection: Detection
    """Of the one face in it, or why there is no answer: as `SpoofDetector.predict` gives it."""
    track: int | None
    """Number of that face's track, from 0; None without exactly one face."""
    faces: Mapping[int, Detection]
    """By track, every face in the frame."""
    vote: ClipVote | None
    """On the frames of that track so far, or the last `window` of them; None where `track` is."""


class Follower:
    """Tells which face is which; holds the tracks of one clip, for one thread."""

    def __init__(self, config: FollowConfig) -> None:
        self._config = config
        self._begun = 0
        self._last: dict[int, Points] = {}
        self._missing: dict[int, int] = {}

    def follow(self, meshes: Sequence[Points]) -> list[tuple[int, Points]]:
        """Of each mesh (468, 2) of the next look, its track and the mesh steadied along it."""
        pairs = sorted(
            (self._distance(self._last[track], mesh), track, index)
            for track in self._last
            for index, mesh in enumerate(meshes)
        )
        tracks: dict[int, int] = {}
        for distance, track, index in pairs:
            is_free = index not in tracks and track not in tracks.values()
            if is_free and distance <= self._config.max_move:
                tracks[index] = track
        followed = []
        for index, mesh in enumerate(meshes):
            if index in tracks:
                followed.append((tracks[index], self._steadied(self._last[tracks[index]], mesh)))
            else:
                followed.append((self._begun, mesh))
                self._begun += 1
        self._keep(dict(followed))
        return followed

    @property
    def present(self) -> frozenset[int]:
        """Tracks that have not ended."""
        return frozenset(self._last)

    def _distance(self, last: Points, mesh: Points) -> float:
        """In sides of the crop; infinite between faces of which one is twice as large."""
        sides = face_box(last).side, face_box(mesh).side
        if max(sides) > 2 * min(sides):
            return float("inf")
        return float(np.linalg.norm(last.mean(axis=0) - mesh.mean(axis=0))) / max(sides)

    def _steadied(self, last: Points, mesh: Points) -> Points:
        moved = float(np.linalg.norm(mesh - last, axis=1).mean()) / face_box(mesh).side
        weight = self._config.steadying * max(0.0, 1 - moved / self._config.still)
        return (weight * last + (1 - weight) * mesh).astype(np.float32)

    def _keep(self, seen: Mapping[int, Points]) -> None:
        missing = {
            track: 0 if track in seen else self._missing.get(track, 0) + 1
            for track in {**self._last, **seen}
        }
        self._missing = {t: n for t, n in missing.items() if n <= self._config.max_gap}
        self._last = {t: mesh for t, mesh in {**self._last, **seen}.items() if t in self._missing}


def follow(
    by: JudgedBy, frames: "Iterable[Frame]", config: FollowConfig
) -> "Iterator[tuple[Frame, FrameDetection]]":
    """Each frame with its answer, as they come."""
    follower = Follower(config)
    scores: dict[int, deque[float | None]] = {}
    for frame in frames:
        found = find_meshes(frame.picture, by.landmarker, by.gate)
        followed = follower.follow([] if isinstance(found, Rejection) else found)
        judged = by.judge(
            [
                face_of_mesh(frame.picture, mesh, by.gate, is_averaged=by.is_averaging)
                for _, mesh in followed
            ]
        )
        faces = {number: answer for (number, _), answer in zip(followed, judged, strict=True)}
        for number, answer in faces.items():
            scores.setdefault(number, deque(maxlen=config.window)).append(answer.score)
        for number in scores.keys() - faces.keys():
            if number in follower.present:
                scores[number].append(None)
            else:
                del scores[number]
        main = found if isinstance(found, Rejection) else main_mesh(found)
        # The meshes come the largest first.
        track = None if isinstance(main, Rejection) else followed[0][0]
        voted = None
        if track is not None:
            voted = vote(
                list(scores[track]),
                threshold=by.threshold,
                threshold_source=by.threshold_source,
                config=config.vote,
            )
        yield (
            frame,
            FrameDetection(
                number=frame.number,
                time_s=frame.time_s,
                detection=by.judge([main])[0] if isinstance(main, Rejection) else judged[0],
                track=track,
                faces=faces,
                vote=voted,
            ),
        )
