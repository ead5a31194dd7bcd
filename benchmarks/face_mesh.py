"""The face mesh in ONNX Runtime beside MediaPipe's graphs: where the vertices are, and how soon.

    pip install '.[data,mediapipe]'      an environment of its own: MediaPipe wants NumPy 1
    python -m benchmarks.face_mesh --people 500 --pictures FOLDER --pictures FOLDER

Both look at the same pictures in turns, one thread each where they have a say. Offsets are in
pixels of the 256 px crop.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import record
from spooftrace.building.preparation import prepare_one
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.sources import pictures, video
from spooftrace.faces.crop import face_box
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.landmarker import Landmarker
from spooftrace.faces.mediapipe_mesh import MediaPipeLandmarker
from spooftrace.faces.mesh import VERTICES
from spooftrace.faces.quality import QualityGate
from spooftrace.labels import Medium
from spooftrace.simulation.people.person import draw_person, render
from spooftrace.simulation.scene.light import encode, to_picture

Picture = NDArray[np.uint8]
EVERY = 10
"""Of a video, every n-th frame."""
PREPARED = 200
"""Files of a folder that are prepared for the clock."""


def people(count: int) -> Iterator[tuple[str, Picture]]:
    """Rendered people before grey."""
    for number in range(count):
        rng = np.random.default_rng([7, number])
        look = render(draw_person(rng), rng)
        light = 0.3 + look.matte[..., None] * (look.light - np.float32(0.3))
        yield f"person {number}", to_picture(encode(light.astype(np.float32)))


def files(folder: Path) -> Iterator[tuple[str, Picture]]:
    """The pictures and some frames of the videos of a folder."""
    for path in sorted(folder.rglob("*")):
        if pictures.is_picture(path):
            yield str(path.relative_to(folder)), pictures.read_picture(path)
        elif pictures.is_video(path):
            for frame in video.frames(path, every=EVERY):
                yield f"{path.relative_to(folder)} frame {frame.number}", frame.picture


def compare(seen: Iterator[tuple[str, Picture]]) -> dict[str, Any]:
    """Offsets and times of both on pictures, and the pictures where only one finds a face."""
    ways: dict[str, Landmarker] = {"onnx": FaceMesh(), "mediapipe": MediaPipeLandmarker()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    busy = dict.fromkeys(ways, 0.0)
    offsets, count, only = [], 0, {name: [] for name in ways}
    for name, picture in seen:
        count += 1
        if count == 1:
            _ = [way.find(picture) for way in ways.values()]
        found = {}
        # The second to look finds the picture in the cache: they change places.
        for way in list(ways)[:: 1 if count % 2 else -1]:
            start, before = time.perf_counter(), _busy()
            found[way] = [mesh.points for mesh in ways[way].find(picture)]
            seconds[way].append(time.perf_counter() - start)
            busy[way] += _busy() - before
        for way, other in (("onnx", "mediapipe"), ("mediapipe", "onnx")):
            if found[way] and not found[other]:
                only[way].append(name)
        offsets += [
            min((np.linalg.norm(mesh - one, axis=1) for one in found["onnx"]), key=np.mean)
            * (256 / face_box(mesh).side)
            for mesh in found["mediapipe"]
            if found["onnx"]
        ]
    away = np.array(offsets)[:, VERTICES]
    return {
        "pictures": count,
        "faces": len(away),
        "offset_px": {"median": _px(np.median(away)), "p99": _px(np.percentile(away, 99))},
        "mean_offset_of_a_face_px": {
            "p99": _px(np.percentile(away.mean(axis=1), 99)),
            "most": _px(away.mean(axis=1).max()),
        },
        "found_by_one_only": only,
        "median_ms": {
            way: round(float(np.median(times)) * 1e3, 2) for way, times in seconds.items()
        },
        "mean_ms": {way: round(float(np.mean(times)) * 1e3, 2) for way, times in seconds.items()},
        "mean_cpu_ms": {way: _ms(total / count) for way, total in busy.items()},
    }


def prepared(folder: Path) -> dict[str, dict[str, float]]:
    """Faces a second and processor time a face of the work of `prepare` on one process, in turns.

    The networks' way looks a second time at faces that it is not sure of; MediaPipe's takes every
    face for one.
    """
    jobs = read_source(folder, medium=Medium.LIVE).jobs
    jobs = [job for job in jobs if not job.video][:: max(1, len(jobs) // PREPARED)]
    ways: dict[str, Landmarker] = {"onnx": FaceMesh(), "mediapipe": MediaPipeLandmarker()}
    seconds, busy, gate = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0), QualityGate()
    for way in ways.values():
        list(prepare_one(jobs[0], way, gate))
    for number, job in enumerate(jobs):
        for way in list(ways)[:: 1 if number % 2 else -1]:
            start, before = time.perf_counter(), _busy()
            list(prepare_one(job, ways[way], gate))
            seconds[way] += time.perf_counter() - start
            busy[way] += _busy() - before
    return {
        way: {
            "faces_per_second": round(len(jobs) / seconds[way], 1),
            "cpu_ms": _ms(busy[way] / len(jobs)),
        }
        for way in ways
    }


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _ms(seconds: Any) -> float:
    return round(float(seconds) * 1e3, 2)


def _px(value: Any) -> float:
    return round(float(value), 4)


def main() -> None:
    """Measure, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100, help="rendered people")
    parser.add_argument("--pictures", type=Path, action="append", default=[], help="folder")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    result: dict[str, Any] = {"people of the model": compare(people(args.people))}
    for folder in args.pictures:
        result[folder.name] = compare(files(folder))
        if (folder / "manifest.csv").exists():
            result[folder.name]["prepare"] = prepared(folder)
    record("face-mesh-cpu", result)


if __name__ == "__main__":
    main()
