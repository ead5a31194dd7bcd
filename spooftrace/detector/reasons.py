"""Why a clip has no answer, and what to say to the person before the camera for any reason."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from spooftrace.faces.finder import RejectReason


class VoteReason(StrEnum):
    """Why a clip has no answer."""

    TOO_FEW_FRAMES = "too_few_frames"
    """Fewer answered frames than `min_frames`."""
    TOO_MANY_WITHOUT_ANSWER = "too_many_without_answer"
    """A smaller share of answered frames than `min_share`."""
    FACE_CHANGED = "face_changed"
    """The face of one part of the clip is decided otherwise than that of another."""


ADVICE: Final[Mapping[RejectReason | VoteReason, str]] = {
    RejectReason.NO_FACE: "look into the camera",
    RejectReason.SEVERAL_FACES: "one face only",
    RejectReason.TOO_SMALL: "come closer",
    RejectReason.CUT_OFF: "move into the middle of the picture",
    RejectReason.TOO_BLURRED: "hold still, and wipe the lens",
    RejectReason.TOO_DARK: "more light",
    RejectReason.TOO_BRIGHT: "less light, and none behind you",
    RejectReason.TURNED: "hold your head and the camera upright",
    RejectReason.NO_COLOUR: "switch the camera to colour",
    RejectReason.UNREADABLE: "send the picture again",
    VoteReason.TOO_FEW_FRAMES: "look into the camera a little longer",
    VoteReason.TOO_MANY_WITHOUT_ANSWER: "keep your face in the picture",
    VoteReason.FACE_CHANGED: "one person at a time",
}
"""A sentence without its full stop, by reason; every reason has one."""
