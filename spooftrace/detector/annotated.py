"""A clip's answer as a video: the frame with its face, trace and live face beside it, the curve.

Only frames that were looked at are in it, each at its own time. The trace is drawn around mid-grey
at one gain for the whole clip, which stands on the picture: a gain that followed each frame would
make traces flicker that do not.
"""

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from spooftrace.data.files import new_path
from spooftrace.detector.detection import Decision, Detection
from spooftrace.detector.panel import BADGE, FAINT, INK, PAPER, font, signed_pixels, unit_pixels

if TYPE_CHECKING:
    from spooftrace.data.sources.video import Frame
    from spooftrace.detector.following import FrameDetection

WIDTH, HEIGHT = 1060, 720
FRAME = (720, 480)
TILE = 216
CURVE = (24, 536, 1036, 696)
"""Left, top, right, bottom."""
GAIN = 5.0
RATE = 25
"""Frames a second of a clip without time stamps."""
TIME_BASE = Fraction(1, 1000)

Picture = NDArray[np.uint8]


class AnnotatedVideo:
    """Writes an MP4, frame by frame; a context, at whose end the file takes its name.

    Without frames there is no file. Raises OSError where it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = ExitStack()
        self._container: OutputContainer | None = None
        self._curve: list[tuple[float, float | None]] = []
        self._last = -1

    def add(self, frame: "Frame", answer: "FrameDetection") -> None:
        """One more frame."""
        if self._container is None:
            self._begin()
        assert self._container is not None
        time_s = frame.number / RATE if frame.time_s is None else frame.time_s
        self._curve.append((time_s, answer.detection.score))
        shown = av.VideoFrame.from_ndarray(drawn(frame.picture, answer, self._curve), "rgb24")
        # Time stamps that stand still or run back are no video.
        self._last = shown.pts = max(round(time_s / TIME_BASE), self._last + 1)
        shown.time_base = TIME_BASE
        self._container.mux(self._stream.encode(shown))

    def __enter__(self) -> "AnnotatedVideo":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._container is not None and error is None:
            self._container.mux(self._stream.encode(None))
        self._open.__exit__(kind, error, trace)

    def _begin(self) -> None:
        unfinished = self._open.enter_context(new_path(self._path))
        self._container = self._open.enter_context(av.open(str(unfinished), "w"))
        codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
        stream = self._container.add_stream(codec, rate=RATE)
        assert isinstance(stream, VideoStream)
        self._stream = stream
        self._stream.width, self._stream.height = WIDTH, HEIGHT
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TIME_BASE


def drawn(
    picture: Picture, answer: "FrameDetection", curve: list[tuple[float, float | None]]
) -> Picture:
    """The annotated frame, (720, 1060, 3) uint8 RGB; `curve` has (seconds, score) up to here."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(canvas)
    scale = min(FRAME[0] / picture.shape[1], FRAME[1] / picture.shape[0])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    place = ((FRAME[0] - size[0]) // 2, (FRAME[1] - size[1]) // 2)
    canvas.paste(Image.fromarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)), place)
    for track, face in answer.faces.items():
        _draw_face(draw, face, f"face {track}", scale, place)
    _draw_words(draw, answer)
    seen = answer.detection.evidence
    if seen is not None:
        tiles = (
            (signed_pixels(seen.trace, GAIN), f"trace, gain {GAIN:g}, grey is 0"),
            (unit_pixels(seen.live), "the face without it"),
        )
        for row, (tile, name) in enumerate(tiles):
            top = 8 + row * (TILE + 26)
            canvas.paste(Image.fromarray(tile).resize((TILE, TILE)), (FRAME[0] + 62, top))
            draw.text((FRAME[0] + 62, top + TILE + 3), name, FAINT, font(15))
    _draw_curve(draw, curve, answer.detection.threshold)
    return np.asarray(canvas)


def _draw_face(
    draw: ImageDraw.ImageDraw, face: Detection, name: str, scale: float, place: tuple[int, int]
) -> None:
    if face.box is None:
        return
    left, top = (place[0] + face.box.left * scale, place[1] + face.box.top * scale)
    colour, side = BADGE.get(face.decision, FAINT), face.box.side * scale
    draw.rectangle((left, top, left + side, top + side), outline=colour, width=3)
    words = f"{name}  {face.score:.3f}"
    draw.rectangle(draw.textbbox((left + 6, top + 5), words, font(16)), fill=colour, outline=colour)
    draw.text((left + 6, top + 5), words, PAPER, font(16))


def _draw_words(draw: ImageDraw.ImageDraw, answer: "FrameDetection") -> None:
    one, vote = answer.detection, answer.vote
    here = one.advice if one.score is None else f"this frame {one.score:.4f}"
    decision = vote.decision if vote else Decision.NO_ANSWER
    far = "no answer yet"
    if vote is not None and decision is not Decision.NO_ANSWER:
        far = f"so far {decision.upper()}, median {vote.score:.4f} of {vote.answered} frames"
    draw.text((24, 490), far, BADGE.get(decision, FAINT), font(24))
    draw.text((FRAME[0], 494), f"{here}", INK, font(18), anchor="ra")


def _draw_curve(
    draw: ImageDraw.ImageDraw, curve: list[tuple[float, float | None]], threshold: float
) -> None:
    """Scores over time; the scale reaches from 0 to what is largest so far."""
    left, top, right, bottom = CURVE
    largest = max([2 * threshold, *(score for _, score in curve if score is not None)])
    begin, end = curve[0][0], max(curve[-1][0], curve[0][0] + 1)

    def at(time_s: float, score: float) -> tuple[float, float]:
        across = left + (right - left) * (time_s - begin) / (end - begin)
        return across, bottom - (bottom - top) * min(max(score / largest, 0), 1)

    draw.rectangle(CURVE, outline=(220, 222, 226))
    limit = at(begin, threshold)[1]
    draw.line((left, limit, right, limit), fill=FAINT)
    draw.text((left + 4, limit - 20), f"threshold {threshold:.4f}", FAINT, font(15))
    draw.text((right, bottom + 4), f"{end:.1f} s", FAINT, font(15), anchor="ra")
    draw.text((left, bottom + 4), f"{begin:.1f} s, 0 to {largest:.3f}", FAINT, font(15))
    for time_s, score in curve:
        if score is not None:
            x, y = at(time_s, score)
            side = Decision.SPOOF if score >= threshold else Decision.LIVE
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=BADGE[side])
