"""From the frames of a video to one decision.

Rule: the clip's score is the *median* of the scores of its answered frames, and it is a spoof when
that median is at or above the threshold that single faces are judged by. A median, because a replay
is a replay in every frame: a few frames of glare or blur must not decide, in either direction.
A clip of which too few frames could be answered gets no answer: whoever hides the face most of the
time must not be judged by the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spooftrace.detector.detection import Decision, decide
from spooftrace.detector.reasons import VoteReason
from spooftrace.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteConfig:
    """How many frames must have an answer before the clip gets one."""

    min_frames: int = 3
    """Fewest frames with an answer."""
    min_share: float = 0.5
    """Smallest share of the analysed frames that must have an answer, in [0, 1]."""
    lead: int | None = None
    """Stop when the frames on one side of the threshold outnumber the others by so many; None looks
    at the whole clip. This is the sequential probability ratio test between "a share p of the
    frames is called a spoof" and "1 - p is": were frames independent, it would err in at most
    1 in 1 + (p / (1 - p))^lead clips, 1 in 6562 for p = 0.75 and a lead of 8. Frames of a clip are
    alike, so do not quote that figure."""

    def __post_init__(self) -> None:
        if self.min_frames < 1:
            raise ConfigError(f"vote.min_frames: expected at least 1, got {self.min_frames}")
        if not 0 <= self.min_share <= 1:
            raise ConfigError(f"vote.min_share: expected a share in [0, 1], got {self.min_share}")
        if self.lead is not None and self.lead < 2:
            # By one, the median of an even number of frames may lie on the other side.
            raise ConfigError(f"vote.lead: expected at least 2, got {self.lead}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipVote:
    """One decision for a clip, and how its frames came to it."""

    decision: Decision
    score: float | None
    """Median score of the answered frames; None when no frame has an answer."""
    threshold: float
    threshold_source: str
    frames: int
    """Frames that were looked at."""
    answered: int
    """Frames among them with a score."""
    spoof_frames: int
    """Frames at or above the threshold: shown, not used."""
    reason: VoteReason | None
    detail: str | None

    @property
    def share_without_answer(self) -> float:
        """Share of the frames that have no answer; 1 for a clip without frames."""
        return 1 - self.answered / self.frames if self.frames else 1.0

    def to_json(self) -> dict[str, Any]:
        """Plain values under stable names (docs/using-a-detector.md)."""
        return {
            "decision": self.decision.value,
            "score": self.score,
            "threshold": self.threshold,
            "threshold_source": self.threshold_source,
            "frames_seen": self.frames,
            "answered": self.answered,
            "spoof_frames": self.spoof_frames,
            "share_without_answer": self.share_without_answer,
            "reason": self.reason.value if self.reason else None,
            "detail": self.detail,
        }


def vote(
    scores: Sequence[float | None],
    *,
    threshold: float,
    threshold_source: str,
    config: VoteConfig | None = None,
) -> ClipVote:
    """One decision from the scores of a clip's frames, None standing for a frame without an answer.

    With an even number of answered frames the median is the mean of the middle two.
    """
    answered = [score for score in scores if score is not None]
    score = float(np.median(answered)) if answered else None
    refusal = _refusal(len(answered), len(scores), config or VoteConfig())
    return ClipVote(
        decision=Decision.NO_ANSWER if refusal or score is None else decide(score, threshold),
        score=score,
        threshold=threshold,
        threshold_source=threshold_source,
        frames=len(scores),
        answered=len(answered),
        spoof_frames=sum(one >= threshold for one in answered),
        reason=refusal[0] if refusal else None,
        detail=refusal[1] if refusal else None,
    )


def is_sure(
    scores: Sequence[float | None], threshold: float, config: VoteConfig | None = None
) -> bool:
    """Whether the frames so far decide the clip, by the lead that the configuration asks for."""
    config = config or VoteConfig()
    if config.lead is None or _refusal(_answered(scores), len(scores), config):
        return False
    spoofs = sum(score is not None and score >= threshold for score in scores)
    return abs(2 * spoofs - _answered(scores)) >= config.lead


def _answered(scores: Sequence[float | None]) -> int:
    return sum(score is not None for score in scores)


def _refusal(answered: int, frames: int, config: VoteConfig) -> tuple[VoteReason, str] | None:
    if answered < config.min_frames:
        return VoteReason.TOO_FEW_FRAMES, (
            f"expected at least {config.min_frames} frames with an answer, got {answered} of "
            f"{frames}; look at more frames of the clip, or at a longer one"
        )
    if answered < config.min_share * frames:
        return VoteReason.TOO_MANY_WITHOUT_ANSWER, (
            f"expected an answer in at least {config.min_share:.0%} of the frames, got "
            f"{answered} of {frames}"
        )
    return None
