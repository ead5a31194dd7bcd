"""The answer for one face: decision, score, threshold, reason - and the evidence."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.detector.bundle import Outputs
from spooftrace.detector.explanation import explanation
from spooftrace.detector.reasons import ADVICE
from spooftrace.faces.crop import Box
from spooftrace.faces.finder import Rejection, RejectReason
from spooftrace.faces.quality import Quality

SCHEMA_VERSION = 1
"""Of `Detection.to_json`: fields are only ever added under the same number."""

Floats = NDArray[np.float32]


class Decision(StrEnum):
    """What the detector says; `NO_ANSWER` where it could not look, which is not `LIVE`."""

    LIVE = "live"
    SPOOF = "spoof"
    NO_ANSWER = "no_answer"


def decide(score: float, threshold: float) -> Decision:
    """A spoof when score >= threshold."""
    return Decision.SPOOF if score >= threshold else Decision.LIVE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What the model saw in one face. Pictures HWC RGB float32 on the scale where a face is [0, 1].

    Traces are signed and unclipped. n is the model's input side, l and k those of C and M.
    """

    crop: NDArray[np.uint8]
    """(c, c, 3) uint8: the face as it was cut, before it was resized to the model's input."""
    range_bias: Floats
    """(3,) s of Eq. 2: how much of the face itself is trace, per channel R, G, B."""
    balance_bias: Floats
    """(3,) b of Eq. 2: constant colour shift."""
    content: Floats
    """(l, l, 3) C of Eq. 2: smooth patterns."""
    texture: Floats
    """(n, n, 3) T of Eq. 2: sharp patterns."""
    trace: Floats
    """(n, n, 3) G(I) = s I + b + [C] + T."""
    live: Floats
    """(n, n, 3) I - G(I), Eq. 1: the face as it would look without the spoof."""
    spoof_map: Floats
    """(k, k) M: towards 0 where live, towards 1 where spoof."""
    map_score: float
    """mean |M| / 2, the first term of Eq. 3."""
    trace_score: float
    """mean |G(I)| / 2, the second term of Eq. 3 before its weight alpha_0."""

    @classmethod
    def of(cls, outputs: Outputs, index: int, crop: NDArray[np.uint8]) -> "Evidence":
        """Face `index` of a batch of outputs; `crop` is that face."""
        return cls(
            crop=crop,
            range_bias=outputs.range_bias[index].reshape(3),
            balance_bias=outputs.balance_bias[index].reshape(3),
            content=_channels_last(outputs.content[index]),
            texture=_channels_last(outputs.texture[index]),
            trace=_channels_last(outputs.trace[index]),
            live=_channels_last(outputs.live[index]),
            spoof_map=outputs.spoof_map[index, 0],
            map_score=float(outputs.map_score[index]),
            trace_score=float(outputs.trace_score[index]),
        )

    def to_json(self) -> dict[str, Any]:
        """The evidence in numbers; `content`, `texture` and `trace` as mean magnitudes."""
        return {
            "map_score": self.map_score,
            "trace_score": self.trace_score,
            "range_bias": [float(value) for value in self.range_bias],
            "balance_bias": [float(value) for value in self.balance_bias],
            "content": _magnitude(self.content),
            "texture": _magnitude(self.texture),
            "trace": _magnitude(self.trace),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """The answer for one picture or one ready crop."""

    decision: Decision
    score: float | None
    """Eq. 3, higher is more spoof; None without an answer."""
    threshold: float
    """The decision is a spoof when score >= threshold."""
    threshold_source: str
    """How the threshold was chosen and on which split (`eer on dev`), or `caller`."""
    doubt: str | None = None
    """What speaks against the answer (`SpoofDetector.doubt`): weights that are not trained, say."""
    reason: RejectReason | None = None
    """Why there is no answer; None where there is one."""
    detail: str | None = None
    """The reason in words, with the numbers behind it."""
    box: Box | None = None
    """The square of the picture that was judged; None for a ready crop and without an answer."""
    native_size: int | None = None
    """Side of that square in pixels of the picture."""
    vertices: Floats | None = None
    """(140, 2) points of the face mesh, (x, y) in pixels of the picture; None where `box` is."""
    quality: Quality | None = None
    """What the quality gate measured."""
    evidence: Evidence | None = None

    @classmethod
    def refused(
        cls, rejection: Rejection, *, threshold: float, threshold_source: str
    ) -> "Detection":
        """No answer, because there is no face to judge."""
        return cls(
            decision=Decision.NO_ANSWER,
            score=None,
            threshold=threshold,
            threshold_source=threshold_source,
            reason=rejection.reason,
            detail=rejection.detail,
        )

    @property
    def advice(self) -> str | None:
        """What to say to the person before the camera; None where there is an answer."""
        return ADVICE[self.reason] if self.reason else None

    @property
    def explanation(self) -> str | None:
        """The evidence in a sentence of measured facts (`detector.explanation`)."""
        if self.evidence is None:
            return None
        return explanation(self.evidence, self.vertices, self.box)

    @property
    def spoof_map(self) -> Floats | None:
        """(k, k) M, of the evidence."""
        return self.evidence.spoof_map if self.evidence else None

    @property
    def trace(self) -> Floats | None:
        """(n, n, 3) G(I), signed, of the evidence."""
        return self.evidence.trace if self.evidence else None

    @property
    def live(self) -> Floats | None:
        """(n, n, 3) the live counterpart I - G(I), of the evidence."""
        return self.evidence.live if self.evidence else None

    def to_json(self) -> dict[str, Any]:
        """Plain values under stable names (docs/using-a-detector.md), without the pictures."""
        return {
            "schema_version": SCHEMA_VERSION,
            "decision": self.decision.value,
            "score": self.score,
            "threshold": self.threshold,
            "threshold_source": self.threshold_source,
            "doubt": self.doubt,
            "reason": self.reason.value if self.reason else None,
            "detail": self.detail,
            "advice": self.advice,
            "box": _plain(self.box),
            "native_size": self.native_size,
            "quality": _plain(self.quality),
            "evidence": self.evidence.to_json() if self.evidence else None,
            "explanation": self.explanation,
        }


def _channels_last(planes: Floats) -> Floats:
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


def _magnitude(values: Floats) -> float:
    return float(np.abs(values).mean(dtype=np.float64))


def _plain(record: Box | Quality | None) -> dict[str, Any] | None:
    """A small dataclass with its NumPy numbers made Python's."""
    if record is None:
        return None
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in asdict(record).items()
    }
