"""Try the doors with damaged files.

Usage: python tools/fuzz_inputs.py [--videos 2000] [--pictures 8000]

Every damaged file must end in frames, a picture or a `PictureError`: another exception, a decoder
that ends the process and one that does not come back within a minute are failures. The seed and
a file's number say how it is damaged, so that a failure can be made again. Exits with 1 on failure.
"""

import argparse
import io
import multiprocessing
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import av
import numpy as np
from PIL import Image, features

from spooftrace.data.sources.pictures import decode_picture
from spooftrace.data.sources.video import frames
from spooftrace.errors import PictureError

LONGEST_S: Final = 60
"""Of one file; unhandled, the alarm ends the process, which no decoder can hold up."""
CODECS: Final = (
    ("mp4", "libx264", "mp4"), ("mp4", "mpeg4", "mp4"), ("mov", "mjpeg", "mov"),
    ("mkv", "libx264", "matroska"), ("mkv", "mpeg4", "matroska"), ("webm", "libvpx", "webm"),
    ("webm", "libvpx-vp9", "webm"), ("avi", "mjpeg", "avi"), ("avi", "mpeg4", "avi"),
    ("mts", "mpeg2video", "mpegts"), ("mpg", "mpeg2video", "mpeg"), ("h264", "libx264", "h264"),
)  # fmt: skip
"""Ending, codec and container of the videos."""
PICTURES: Final = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF", "PPM", "AVIF")
SIDE: Final = 64


@dataclass(frozen=True)
class Failure:
    """A damaged file that did not end as it should."""

    number: int
    name: str
    what: str


Reader = Callable[[str, bytes], None]
"""Read a file of that name and content to its end."""
Files = list[tuple[str, bytes]]


def main() -> None:
    """Try all of them and say how they ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=2000)
    parser.add_argument("--pictures", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    failed = False
    for kind, count, whole, read in (
        ("videos", given.videos, whole_videos(), read_video),
        ("pictures", given.pictures, whole_pictures(), read_picture),
    ):
        refused, failures = tried(whole, read, count, seed=given.seed, workers=given.workers)
        print(f"{count} damaged {kind}: {refused} refused, {len(failures)} failed", flush=True)
        for failure in failures:
            print(f"  {failure.number} ({failure.name}): {failure.what}", file=sys.stderr)
        failed |= bool(failures)
    sys.exit(failed)


def tried(
    whole: Files, read: Reader, count: int, *, seed: int, workers: int
) -> tuple[int, list[Failure]]:
    """How many of `count` damaged files were refused, and those that failed.

    They are read in processes of their own; one that dies is followed by another.
    """
    context = multiprocessing.get_context("spawn")
    shares = [list(range(first, count, workers)) for first in range(workers)]
    refused, failures = 0, []
    while any(shares):
        running = []
        for share in filter(None, shares):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(whole, read, share, seed, theirs))
            process.start()
            theirs.close()
            running.append((share, process, ours))
        shares = []
        for share, process, ours in running:
            ended = 0
            try:
                while True:
                    what = ours.recv()
                    refused += what == "refused"
                    if what not in ("read", "refused"):
                        failures.append(_failure(whole, share[ended], what))
                    ended += 1
            except EOFError:
                process.join()
            if ended < len(share):
                what = f"the process died (exit code {process.exitcode})"
                failures.append(_failure(whole, share[ended], what))
                shares.append(share[ended + 1 :])
    return refused, sorted(failures, key=lambda failure: failure.number)


def _failure(whole: Files, number: int, what: str) -> Failure:
    return Failure(number, whole[number % len(whole)][0], what)


def _work(whole: Files, read: Reader, share: list[int], seed: int, said: Connection) -> None:
    warnings.simplefilter("ignore")
    for number in share:
        name, data = whole[number % len(whole)]
        signal.alarm(LONGEST_S)
        try:
            read(name, damaged(data, seed, number))
            said.send("read")
        except PictureError:
            said.send("refused")
        except Exception as error:
            said.send(f"{type(error).__name__}: {error}"[:200])
    said.close()


def damaged(data: bytes, seed: int, number: int) -> bytes:
    """`data` with one to eight faults: bits, bytes, runs, lengths, pieces lost, doubled or cut."""
    random = np.random.default_rng([seed, number])
    made = bytearray(data)
    for _ in range(random.integers(1, 9)):
        # Half of the faults hit the beginning, where headers are.
        end = len(made) if random.random() < 0.5 else min(len(made), 512)
        at = int(random.integers(max(end, 1)))
        length = int(random.integers(1, 65))
        match random.integers(6):
            case 0:
                made[at : at + 1] = bytes([made[at] ^ 1 << int(random.integers(8))])
            case 1:
                made[at : at + length] = random.bytes(length)
            case 2:
                extreme = random.choice([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
                made[at : at + 4] = int(extreme).to_bytes(4, "big")
            case 3:
                del made[at : at + length]
            case 4:
                made[at:at] = made[at : at + length]
            case _ if len(made) > 64 and random.random() < 0.3:
                del made[int(random.integers(64, len(made))) :]
    return bytes(made)


def read_picture(name: str, data: bytes) -> None:
    """Through the door for pictures."""
    picture = decode_picture(data, name)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise TypeError(f"a picture of {picture.shape} {picture.dtype}")


def read_video(name: str, data: bytes) -> None:
    """Through the door for videos, to the last frame."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        for frame in frames(path):
            if frame.picture.dtype != np.uint8 or frame.picture.shape[2:] != (3,):
                raise TypeError(f"a frame of {frame.picture.shape} {frame.picture.dtype}")


def _scenes(count: int) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """A disc that moves over noise: something to predict, something that is new."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    noise = np.random.default_rng(0).integers(0, 64, (SIDE, SIDE, 3), dtype=np.uint8)
    scenes = []
    for number in range(count):
        disc = (rows - 32) ** 2 + (columns - 10 - 3 * number) ** 2 < 200
        scenes.append(noise + np.uint8(120) * disc[:, :, None].astype(np.uint8))
    return scenes


def whole_pictures() -> Files:
    """One of every format that this Pillow writes, and of some the other modes."""
    plain = Image.fromarray(_scenes(1)[0])
    files = []
    for form in PICTURES:
        if form == "AVIF" and not features.check("avif"):
            continue
        modes = {"PNG": ("RGB", "L", "P", "RGBA", "I;16"), "TIFF": ("RGB", "CMYK")}
        for mode in modes.get(form, ("RGB",)):
            file = io.BytesIO()
            made = plain.convert("L" if mode == "I;16" else mode)
            (made.convert("I").convert("I;16") if mode == "I;16" else made).save(file, form)
            files.append((f"{mode}.{form.lower()}", file.getvalue()))
    return files


def whole_videos() -> Files:
    """One of every container and codec that this FFmpeg writes, of 16 frames."""
    files = []
    for ending, codec, form in CODECS:
        if codec not in av.codecs_available:
            continue
        file = io.BytesIO()
        with av.open(file, "w", format=form) as container:
            stream = container.add_stream(codec, rate=25)
            stream.width = stream.height = SIDE
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for number, scene in enumerate(_scenes(16)):
                frame = av.VideoFrame.from_ndarray(scene, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        files.append((f"{codec}.{ending}", file.getvalue()))
    return files


if __name__ == "__main__":
    main()
