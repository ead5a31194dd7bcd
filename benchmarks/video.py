"""Frames per second of our door for videos beside OpenCV's, in turns, two threads each.

    python -m benchmarks.video                       H.264 clips made here
    python -m benchmarks.video --videos FOLDER       and the clips of a folder

Both give every frame as an array: ours upright RGB of square pixels by the stated colours, theirs
BGR. A ratio above 1: ours is quicker.
"""

import argparse
import os
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

THREADS = 2
# OpenCV reads it when it first opens a video.
os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = f"threads;{THREADS}"

import av  # noqa: E402
import cv2  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.timing import record  # noqa: E402
from spooftrace.data.sources import pictures, video  # noqa: E402

ROUNDS = 3
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}


def write_clip(path: Path, width: int, height: int, count: int) -> None:
    """Moving waves under noise, H.264 at about what a phone writes."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    with av.open(str(path), "w") as container:
        out = container.add_stream("libx264", rate=30, options={"crf": "23", "preset": "veryfast"})
        out.width, out.height, out.pix_fmt = width, height, "yuv420p"
        for number in range(count):
            wave = 128 + 80 * np.sin((x + 9 * number) / 37) * np.cos((y - 5 * number) / 23)
            grain = rng.integers(-12, 13, (height, width, 3))
            shown = np.clip(wave[..., None] * [1, 0.8, 0.7] + grain, 0, 255).astype(np.uint8)
            container.mux(out.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(out.encode(None))


def ours(path: Path) -> int:
    return sum(1 for _ in video.frames(path))


def theirs(path: Path) -> int:
    capture, count = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), 0
    while capture.read()[0]:
        count += 1
    capture.release()
    return count


def compare(path: Path) -> dict[str, Any]:
    """Frames a second of both, medians of rounds in turns after one that is not counted."""
    ways = {"ours": ours, "opencv": theirs}
    counts = {name: way(path) for name, way in ways.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name in list(ways)[:: 1 if number % 2 else -1]:
            start = perf_counter()
            ways[name](path)
            seconds[name].append(perf_counter() - start)
    rates = {name: round(counts[name] / median(times), 1) for name, times in seconds.items()}
    pairs = zip(seconds["opencv"], seconds["ours"], strict=True)
    return {
        "frames": counts,
        "frames_per_second": rates,
        "ratio": round(median(them / us for them, us in pairs), 2),
    }


def main() -> None:
    """Measure, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=120, help="of a clip made here")
    parser.add_argument("--videos", type=Path, help="folder of clips")
    args = parser.parse_args()
    cv2.setNumThreads(THREADS)
    result: dict[str, Any] = {"threads": THREADS, "rounds": ROUNDS}
    with tempfile.TemporaryDirectory() as folder:
        for name, (width, height) in SIZES.items():
            path = Path(folder) / f"{name}.mp4"
            write_clip(path, width, height, args.frames)
            result[name] = compare(path)
    for path in sorted(args.videos.rglob("*")) if args.videos else []:
        if pictures.is_video(path):
            result[path.name] = compare(path)
    record("video", result)


if __name__ == "__main__":
    main()
