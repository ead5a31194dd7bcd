"""A clip summed up: one decision, the tracks of its faces, and the curve of its frames.

The clip's decision is the vote on the one face of each frame; a frame with several faces of similar
size, or without a face, counts as one without an answer. Where the face that is followed changes
and the two are decided differently, the clip has no answer: a median over both would let somebody
show a living face first and the attack afterwards.
"""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spooftrace.detector.detection import Decision, Detection
from spooftrace.detector.following import FollowConfig, FrameDetection, JudgedBy, follow
from spooftrace.detector.reasons import ADVICE, VoteReason
from spooftrace.detector.voting import ClipVote, is_sure, vote
from spooftrace.errors import PictureError
from spooftrace.faces.finder import RejectReason

if TYPE_CHECKING:
    from spooftrace.data.sources.video import Frame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """One face followed through a clip."""

    number: int
    """From 0, in order of appearance."""
    first: int
    """Number of the first frame with it."""
    last: int
    """Number of the last frame with it."""
    vote: ClipVote
    """On the frames from the first to the last; one in which it was not found has no answer."""
    shown: Detection | None
    """Of a frame whose score is near the median, with its evidence; None without an answer."""

    def to_json(self) -> dict[str, Any]:
        """Plain values under stable names (docs/using-a-detector.md)."""
        return {"track": self.number, "first": self.first, "last": self.last} | self.vote.to_json()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VideoDetection:
    """The answer for a clip."""

    decision: Decision
    score: float | None
    """Median of the frames with an answer, higher is more spoof; None where none has one."""
    threshold: float
    threshold_source: str
    reason: VoteReason | RejectReason | None
    """Why there is no answer; None where there is one."""
    detail: str | None
    """The reason in words."""
    vote: ClipVote
    """On the one face of each frame, before what speaks against the clip as a whole."""
    tracks: tuple[Track, ...]
    """The faces of the clip, in order of appearance."""
    frames: tuple[FrameDetection, ...]
    """The curve: each frame that was looked at, without evidence."""
    is_stopped_early: bool
    """Whether the vote was sure before the clip's end (`VoteConfig.lead`)."""

    @property
    def advice(self) -> str | None:
        """What to say to the person before the camera; None where there is an answer."""
        return ADVICE[self.reason] if self.reason else None

    def to_json(self) -> dict[str, Any]:
        """Plain values under stable names (docs/using-a-detector.md), without the frames."""
        return self.vote.to_json() | {
            "decision": self.decision.value,
            "reason": self.reason.value if self.reason else None,
            "detail": self.detail,
            "advice": self.advice,
            "stopped_early": self.is_stopped_early,
            "tracks": [track.to_json() for track in self.tracks],
        }


class _Seen:
    """What is kept of a track while the clip runs."""

    def __init__(self, frame: FrameDetection) -> None:
        self.first = self.last = frame.number
        self.scores: list[float | None] = []
        self.main_frames = 0
        self.shown: Detection | None = None
        self._sorted: list[float] = []
        self._unseen = 0

    def add(self, frame: FrameDetection, detection: Detection | None, *, is_main: bool) -> None:
        if detection is None:
            self._unseen += 1
            return
        self.scores += [None] * self._unseen + [detection.score]
        self._unseen, self.last = 0, frame.number
        self.main_frames += is_main and detection.score is not None
        if detection.score is not None:
            insort(self._sorted, detection.score)
            median = float(np.median(self._sorted))
            kept = self.shown.score if self.shown else None
            if kept is None or abs(detection.score - median) < abs(kept - median):
                self.shown = detection


@dataclass(slots=True, kw_only=True)
class _Run:
    """What a clip leaves once its frames have gone by."""

    seen: dict[int, _Seen] = field(default_factory=dict)
    curve: list[FrameDetection] = field(default_factory=list)
    broken: str | None = None
    """Why frames are missing; None where the clip was read to its end, or as far as was needed."""
    is_stopped_early: bool = False

    def watch(
        self,
        by: JudgedBy,
        frames: "Iterable[Frame]",
        config: FollowConfig,
        on_frame: "Callable[[Frame, FrameDetection], None] | None",
    ) -> None:
        try:
            for frame, answer in follow(by, frames, config):
                if on_frame is not None:
                    on_frame(frame, answer)
                self._add(answer)
                if is_sure(self.scores, by.threshold, config.vote):
                    self.is_stopped_early = True
                    break
        except PictureError as error:
            self.broken = str(error)

    @property
    def scores(self) -> list[float | None]:
        return [each.detection.score for each in self.curve]

    def _add(self, answer: FrameDetection) -> None:
        for track in answer.faces.keys() - self.seen.keys():
            self.seen[track] = _Seen(answer)
        for track, kept in self.seen.items():
            kept.add(answer, answer.faces.get(track), is_main=track == answer.track)
        self.curve.append(_bare(answer))


def summed_up(
    by: JudgedBy,
    frames: "Iterable[Frame]",
    config: FollowConfig,
    on_frame: "Callable[[Frame, FrameDetection], None] | None" = None,
) -> VideoDetection:
    """The answer for a clip's frames; one that breaks off has none, and keeps what it had."""
    run = _Run()
    run.watch(by, frames, config, on_frame)
    voted = partial(
        vote, threshold=by.threshold, threshold_source=by.threshold_source, config=config.vote
    )
    whole = voted(run.scores)
    tracks = tuple(
        Track(
            number=number,
            first=kept.first,
            last=kept.last,
            vote=voted(kept.scores),
            shown=kept.shown,
        )
        for number, kept in sorted(run.seen.items())
    )
    enough = config.vote.min_frames
    mains = [track for track in tracks if run.seen[track.number].main_frames >= enough]
    reason, detail = _against(whole, mains, run.broken)
    return VideoDetection(
        decision=Decision.NO_ANSWER if reason else whole.decision,
        score=whole.score,
        threshold=by.threshold,
        threshold_source=by.threshold_source,
        reason=reason,
        detail=detail,
        vote=whole,
        tracks=tracks,
        frames=tuple(run.curve),
        is_stopped_early=run.is_stopped_early,
    )


def _against(
    whole: ClipVote, mains: list[Track], broken: str | None
) -> tuple[VoteReason | RejectReason | None, str | None]:
    """What speaks against an answer for the clip, the gravest first."""
    if broken is not None:
        # The part that is missing may be the one that matters.
        return RejectReason.UNREADABLE, broken
    if whole.reason is not None:
        return whole.reason, whole.detail
    if {Decision.LIVE, Decision.SPOOF} <= {track.vote.decision for track in mains}:
        words = ", ".join(
            f"frames {track.first} to {track.last} {track.vote.decision.value}" for track in mains
        )
        return VoteReason.FACE_CHANGED, f"expected one face throughout, got several: {words}"
    return None, None


def _bare(answer: FrameDetection) -> FrameDetection:
    """Without the evidence, of which one face holds megabytes."""
    return replace(
        answer,
        detection=replace(answer.detection, evidence=None),
        faces={track: replace(face, evidence=None) for track, face in answer.faces.items()},
    )
