"""What the service answers, as its OpenAPI says it.

Names are stable: fields are only ever added.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Decision = Literal["live", "spoof", "no_answer"]


class Box(BaseModel):
    """The square that was judged, in pixels of the picture; it may reach outside it."""

    left: int
    top: int
    side: int


class Face(BaseModel):
    """The answer for one face; docs/using-a-detector.md explains every field."""

    schema_version: int
    decision: Decision
    score: float | None = Field(description="Higher is more spoof; null without an answer.")
    threshold: float = Field(description="A spoof when score >= threshold.")
    threshold_source: str
    doubt: str | None = Field(description="What speaks against the answer.")
    reason: str | None = Field(description="Why there is no answer.")
    detail: str | None
    advice: str | None = Field(description="What to say to the person before the camera.")
    box: Box | None
    native_size: int | None
    quality: dict[str, float] | None
    evidence: dict[str, Any] | None
    explanation: str | None = Field(description="The evidence in a sentence.")


class PictureAnswer(Face):
    """The answer for a picture."""

    file: int = Field(description="Place of the file in the request, from 0.")
    kind: Literal["picture"]
    panel: str | None = Field(description="PNG, base64; null unless asked for and judged.")


class FrameAnswer(Face):
    """The answer for one frame of a clip."""

    frame: int
    time_s: float | None
    track: int | None = Field(description="Which of the clip's faces, from 0.")


class ClipAnswer(BaseModel):
    """The answer for a clip: the median of its frames' scores against the threshold."""

    file: int = Field(description="Place of the file in the request, from 0.")
    kind: Literal["video"]
    every: int
    decision: Decision
    score: float | None
    threshold: float
    threshold_source: str
    frames_seen: int
    answered: int
    spoof_frames: int
    share_without_answer: float
    reason: str | None
    detail: str | None
    advice: str | None
    stopped_early: bool
    tracks: list[dict[str, Any]] = Field(description="The vote on each face, as on the clip.")
    explanation: str | None = Field(
        description="The evidence in a sentence, of a frame whose score is near the median."
    )
    panel: str | None = Field(
        description="Of that frame, as of a picture; null unless asked for and judged."
    )
    frames: list[FrameAnswer]


class Analysis(BaseModel):
    """The answer to a request."""

    request_id: str
    model: str = Field(description="SHA-256 of the bundle that judged.")
    results: list[Annotated[PictureAnswer | ClipAnswer, Field(discriminator="kind")]]


class Model(BaseModel):
    """What judges, and within which limits."""

    version: str = Field(description="Of spooftrace.")
    sha256: str = Field(description="Of the bundle.")
    bundle: dict[str, Any] = Field(description="The bundle's own metadata.")
    figures: list[dict[str, Any]] = Field(
        description="What a model that came with the package was measured to be worth."
    )
    doubt: str | None = Field(description="What speaks against the answers as a whole.")
    limits: dict[str, float]


class Health(BaseModel):
    """Whether the process lives, or takes requests."""

    status: Literal["ok"]
