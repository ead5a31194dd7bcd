"""From a frame of 1080p to a decision: how long each stage takes, in one run.

Run by `python -m benchmarks.stages BUNDLE PICTURE`; the picture is laid into a grey frame of
1920 x 1080, which it fills in height. One thread throughout. Compare shares and ratios: absolute
times are those of whatever machine this was.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from benchmarks.timing import interleaved, record
from spooftrace.data.sources import pictures
from spooftrace.detector.detector import SpoofDetector
from spooftrace.faces.crop import resize_face
from spooftrace.faces.finder import FoundFace, face_of_mesh, find_meshes

SIZE = (1920, 1080)


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    detector = SpoofDetector.load(given.bundle, threads=1)
    frame = framed(pictures.read_picture(given.picture))
    data = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    meshes = find_meshes(frame, detector.landmarker, detector.gate)
    if not isinstance(meshes, list):
        raise SystemExit(f"{given.picture}: no face: {meshes.detail}")
    face = face_of_mesh(frame, meshes[0], detector.gate)
    if not isinstance(face, FoundFace):
        raise SystemExit(f"{given.picture}: no good face: {face.detail}")
    inputs = resize_face(face.image, detector.bundle.info.image_size)[None]
    stages = {
        "decode_jpeg": lambda: pictures.decode_picture(data, "frame"),
        "find_and_mesh": lambda: find_meshes(frame, detector.landmarker, detector.gate),
        "gate_and_crop": lambda: face_of_mesh(frame, meshes[0], detector.gate),
        "network": lambda: detector.bundle.run(inputs),
    }
    whole = {"predict": lambda: detector.predict(frame, threshold=0.0)}
    seconds = interleaved({**stages, **whole}, rounds=given.rounds, synchronise=lambda: None)
    total = sum(seconds[name] for name in stages)
    record(
        "stages-cpu",
        {
            "image_size": detector.bundle.info.image_size,
            **{f"milliseconds_{name}": round(1e3 * value, 2) for name, value in seconds.items()},
            **{f"share_{name}": round(seconds[name] / total, 3) for name in stages},
            "around_the_network_over_network": round(
                (total - seconds["network"]) / seconds["network"], 2
            ),
        },
    )


def framed(picture: pictures.Picture) -> pictures.Picture:
    """The picture in the middle of a grey frame of 1080p, as high as it."""
    width = min(SIZE[0], round(picture.shape[1] * SIZE[1] / picture.shape[0]))
    frame = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    left = (SIZE[0] - width) // 2
    frame[:, left : left + width] = cv2.resize(picture, (width, SIZE[1]))
    return frame


if __name__ == "__main__":
    main()
