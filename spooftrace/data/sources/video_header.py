"""What a video file says of itself, read without decoding a frame."""

from dataclasses import dataclass
from pathlib import Path

import av
from av.error import FFmpegError

from spooftrace.data.sources.video import FILES
from spooftrace.errors import PictureError


@dataclass(frozen=True, slots=True)
class VideoHeader:
    """The first video stream of a file; a header may lie, and nobody has looked yet."""

    width: int
    height: int
    frames: int
    """0 where the file does not say."""
    duration_s: float | None
    """None where the file does not say."""


def read(path: str | Path) -> VideoHeader:
    """The header of a file; PictureError where there is no video in it."""
    path = Path(path)
    options = {"format_whitelist": ",".join(FILES), "protocol_whitelist": "file"}
    try:
        with av.open(
            f"file:{path.absolute()}", options=options, metadata_errors="ignore"
        ) as container:
            if not container.streams.video:
                raise PictureError(f"{path}: expected a video, found none beside its other streams")
            stream = container.streams.video[0]
            if not stream.codec_context:
                raise PictureError(f"{path}: the video is of a codec that is not known here")
            duration = container.duration
            return VideoHeader(
                width=stream.codec_context.width,
                height=stream.codec_context.height,
                frames=stream.frames,
                duration_s=None if duration is None else duration / av.time_base,
            )
    except (FFmpegError, OSError, ValueError) as error:
        raise PictureError(f"{path}: not a video, or a truncated one") from error
