"""The door by which moving pictures enter: files, cameras and network streams, by FFmpeg (PyAV).

What a stream may hold, and what becomes of it:

    orientation     the display matrix of the container is applied: turns and mirrors
    edit lists      frames that the file says are not shown are not shown
    size, format    every frame is read in its own, whatever the first one had
    colours         matrix and range as stated; where the matrix is not, BT.709 from 720 lines or
                    1280 columns on and BT.601 below, as players do; where the range is not, limited
    pixel aspect    pixels that are not square are made square, by enlarging
    time            seconds since the first frame, from the stream's time stamps
    broken frames   what is known to be decoded in part only is passed over, as half a face is no
                    evidence; frames that are predicted from it are not always known
    breaks          what was read before stays; then `PictureError` says how far it went, and why
    damage          from the first error of a file on, one thread decodes it, from the beginning:
                    what a decoder conceals with several depends on which of them is ahead
    playlists       refused in files: they name other files

A file is decoded in this process; one that is no video ends in an error. Importing this module
raises `MissingExtraError` where PyAV is not installed; whoever may meet a video imports it when one
comes.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from spooftrace.data.sources.pictures import Picture
from spooftrace.errors import MissingExtraError, PictureError

try:
    import av
    from av.container import InputContainer
    from av.error import FFmpegError
    from av.video.reformatter import VideoReformatter

    from spooftrace.data.sources.shown_frame import shown_frame
except ModuleNotFoundError as error:
    # The libraries are a quarter of a plain install, which judges pictures without them.
    raise MissingExtraError(
        "reading videos, cameras and streams needs the extra 'video', of which av is not "
        "installed; in the checkout: pip install '.[video]'"
    ) from error

# fmt: off
FILES: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpeg", "mpegts", "mpegvideo", "h264",
    "hevc", "mjpeg", "asf", "flv", "ogg", "mxf", "dv", "ivf", "obu", "nut", "m4v", "yuv4mpegpipe",
)
"""FFmpeg's readers of one file; others (playlists, concat, patterns of names) open further ones."""
# fmt: on

THREADS: Final = 2
"""Of a decoder, as long as nothing is damaged."""
_SHORT: Final = 0.9
"""A video that ends before this share of its announced frames and duration is called broken."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of a video."""

    number: int
    """From 0, counting every frame that the decoder gave."""
    time_s: float | None
    """Seconds since the first frame; `None` in streams without time stamps."""
    picture: Picture
    """(h, w, 3) uint8 RGB, upright, of square pixels."""


def frames(path: str | Path, *, every: int = 1) -> Iterator[Frame]:
    """Every `every`-th frame of a video file, from the first on, in the order in which it is shown.

    A file gives the same frames each time, a damaged one too. Leaving early closes the file.

    Raises:
        PictureError: the file is no video; or, *after* the last good frame, the video breaks off:
            the message says how much was read, and why no more.
    """
    if every < 1:
        raise ValueError(f"every should be at least 1, got {every}")
    path = Path(path)
    _check_file(path)
    begun = 0
    with _opened(path) as container:
        try:
            yield from _Decoding(container, str(path), is_strict=True).frames(every)
            return
        except _DamagedError as damage:
            begun = damage.frames
    with _opened(path) as container:
        yield from _Decoding(container, str(path)).frames(every, begun=begun)


def _opened(path: Path) -> InputContainer:
    # The whitelist keeps a playlist from opening whatever it names, on this machine or another.
    options = {"format_whitelist": ",".join(FILES), "protocol_whitelist": "file"}
    try:
        return av.open(f"file:{path.absolute()}", options=options, metadata_errors="ignore")
    except (FFmpegError, OSError, ValueError) as error:
        raise PictureError(
            f"{path}: not a video, or a truncated one (nothing was read; {_reason(error)})"
        ) from error


def stream(address: str, *, timeout_s: float = 10.0) -> Iterator[Frame]:
    """The frames of a camera or network stream, as they come, until it ends or is left.

    Frames that come faster than they are taken are dropped by the driver or the sender, not here.

    Args:
        address: `camera:0` for the first camera of this machine (`/dev/video0` on Linux), or a URL
            such as `rtsp://...`, `http://...`.
        timeout_s: how long to wait for the source to answer.

    Raises:
        PictureError: nothing can be opened there, it falls silent, or it breaks.
    """
    target, form = _camera(address) if address.startswith("camera:") else (address, None)
    try:
        container = av.open(target, format=form, timeout=timeout_s, metadata_errors="ignore")
    except (FFmpegError, OSError, ValueError) as error:
        raise PictureError(
            f"{address}: no camera or stream could be opened ({_reason(error)})"
        ) from error
    with container:
        yield from _Decoding(container, address, threads=THREADS).frames(every=1)


def _camera(address: str) -> tuple[str, str]:
    name = address.removeprefix("camera:")
    if sys.platform == "darwin":
        return name, "avfoundation"
    if sys.platform == "win32":
        return f"video={name}", "dshow"
    return (f"/dev/video{name}" if name.isdecimal() else name), "v4l2"


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise PictureError(f"{path}: no such file")
    try:
        with path.open("rb") as file:
            beginning = file.read(8)
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror or error})") from error
    if not beginning:
        raise PictureError(f"{path}: the file is empty")
    if beginning.startswith((b"#EXTM3U", b"ffconcat")):
        raise PictureError(f"{path}: not a video, but a list that names other files")


class _DamagedError(Exception):
    """A decoder met an error after so many whole frames."""

    def __init__(self, frames: int) -> None:
        super().__init__(frames)
        self.frames = frames


class _Decoding:
    """The way from a container to frames, with what is known when it ends.

    A strict one raises `_DamagedError` where another conceals or passes over what is damaged.
    """

    def __init__(
        self, container: InputContainer, where: str, *, is_strict: bool = False, threads: int = 1
    ) -> None:
        if not container.streams.video:
            raise PictureError(f"{where}: expected a video, found none beside its other streams")
        self._container, self._where = container, where
        self._stream = container.streams.video[0]
        if not self._stream.codec_context:
            raise PictureError(f"{where}: the video is of a codec that is not known here")
        self._is_strict = is_strict
        # By frames: errors in slices that are decoded side by side are not all told.
        self._stream.thread_type = "FRAME"
        self._stream.codec_context.thread_count = THREADS if is_strict else threads
        if is_strict or self._stream.codec_context.name == "mjpeg":
            # Errors are told instead of concealed; else a JPEG that is cut off counts as whole.
            self._stream.codec_context.options = {"err_detect": "explode"}
        self._reformatter = VideoReformatter()
        self._packets = 0
        self._count = 0
        """Frames that the decoder gave."""
        self._damaged: set[int] = set()  # time stamps of packets that are known to be cut
        self._broken: str | None = None
        """Why the last packet could not be decoded, while none after it could."""
        self._first_s: float | None = None
        self._last_s = 0.0

    def frames(self, every: int, *, begun: int = 0) -> Iterator[Frame]:
        """Every `every`-th frame but the first `begun` ones, which were taken elsewhere."""
        for number, frame in enumerate(self._decoded()):
            if frame.time is not None:
                self._first_s = frame.time if self._first_s is None else self._first_s
                self._last_s = frame.time - self._first_s
            time_s = None if frame.time is None else self._last_s
            if frame.is_corrupt and self._is_strict:
                raise _DamagedError(number)
            is_whole = not (frame.is_corrupt or frame.pts in self._damaged)
            if number >= begun and number % every == 0 and is_whole:
                yield Frame(
                    number,
                    time_s,
                    shown_frame(
                        self._reformatter,
                        frame,
                        self._stream.sample_aspect_ratio,
                        f"{self._where}: frame {number}",
                    ),
                )
            self._count = number + 1
        self._check_complete(self._count)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Every frame; a packet that is broken costs its own frames only."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
                self._note(packet)
                decoded = packet.decode()
            except StopIteration:
                return
            except FFmpegError as error:
                if not self._goes_on(error):
                    return
                continue
            for frame in decoded:
                self._broken = None
                yield frame

    def _note(self, packet: "av.Packet[av.VideoStream]") -> None:
        self._packets += packet.size > 0
        if packet.is_corrupt and self._is_strict:
            raise _DamagedError(self._count)
        if packet.is_corrupt and packet.pts is not None:
            self._damaged.add(packet.pts)

    def _goes_on(self, error: FFmpegError) -> bool:
        """Whether frames may come after it."""
        if isinstance(error, (av.error.EOFError, av.error.ExitError)):
            return False
        if self._is_strict:
            raise _DamagedError(self._count) from error
        if self._broken is not None and not isinstance(error, av.error.InvalidDataError):
            return False  # it is the source that fails, again and again
        self._broken = _reason(error)
        return True

    def _check_complete(self, number: int) -> None:
        """Raise when frames and time both fall short: at a varying rate the count misleads."""
        why = f" ({self._broken})" if self._broken else ""
        if number == 0:
            raise PictureError(
                f"{self._where}: the video is truncated or broken, no frame was read{why}"
            )
        if self._broken is not None:
            raise PictureError(
                f"{self._where}: the video breaks off; {number} frames were read, and none after "
                f"frame {number - 1} can be decoded{why}"
            )
        announced, duration = self._stream.frames, self._container.duration
        if duration is None:
            return
        rate = self._stream.average_rate or Fraction(25)
        read_s, duration_s = self._last_s + float(1 / rate), duration / av.time_base
        is_short = not announced or self._packets < _SHORT * announced
        if is_short and self._first_s is not None and read_s < _SHORT * duration_s:
            of = f" of {announced}" if announced else ""
            raise PictureError(
                f"{self._where}: the video breaks off; {number}{of} frames were read "
                f"({read_s:.1f} of {duration_s:.1f} s)"
            )


def _reason(error: BaseException) -> str:
    """Why FFmpeg failed, in a few words and without the path that it repeats."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(said.split())[:120]
