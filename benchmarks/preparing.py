"""What `prepare` costs: python -m benchmarks.preparing

    memory      most that was ever resident in a preparation of 100 and of 1000 clips, each in a
                process of its own; a stand-in finds a face in every frame, since the question is
                what grows with the clips
    processor   time of one thread for each stage, and of the whole over the face finder alone, on
                the same pictures of rendered people in frames of 1280 x 720

Times are the processor's, which other programs of the machine stretch less than those of a clock;
ratios within one run are what to compare.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.timing import record
from spooftrace.building.portraits import Modelled, people_of_model
from spooftrace.building.preparation import prepare, prepare_one
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.sample import FaceSample
from spooftrace.data.sources.pictures import read_picture
from spooftrace.data.store.schema import to_batch
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import find_face, find_meshes
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.mesh import CANONICAL
from spooftrace.faces.quality import QualityGate
from spooftrace.labels import Medium
from spooftrace.simulation.attacks import present
from spooftrace.simulation.seeds import seed_of

CLIPS = (100, 1000)
FRAMES = 4
PEOPLE = 6
COPIES = 8
ROUNDS = 3
OPEN = QualityGate(min_sharpness=0, min_brightness=0, max_brightness=1, min_range=0, min_colour=0)


class AlwaysOne:
    """Finds the mean face in the middle of every picture."""

    name, version = "one", "1"

    def find(self, image: np.ndarray) -> list[Mesh]:
        height, width = image.shape[:2]
        points = 0.7 * min(height, width) * CANONICAL[:, :2] + [width / 2, height / 2]
        return [Mesh(points=points.astype(np.float32))]


def main() -> None:
    """Measure and record; with a folder, answer for its clips alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="?", type=Path)
    given = parser.parse_args()
    if given.clips:
        print(json.dumps(memory_of(given.clips)))
        return
    record("preparing", {"memory": memory(), "processor": processor()})


def memory() -> dict[str, object]:
    """Peak memory by the number of clips."""
    found = {}
    with tempfile.TemporaryDirectory() as made:
        clip = Path(made) / "clip.mkv"
        write_clip(clip)
        for count in CLIPS:
            root = Path(made) / f"clips{count}"
            (root / "live").mkdir(parents=True)
            for number in range(count):
                (root / f"live/{number}.mkv").hardlink_to(clip)
            words = [sys.executable, "-m", "benchmarks.preparing", str(root)]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
            found[str(count)] = json.loads(done.stdout.splitlines()[-1])
    few, many = (found[str(count)]["peak_mb"] for count in CLIPS)
    return {"frames_per_clip": FRAMES, "clips": found, "peak_many_over_few": round(many / few, 3)}


def memory_of(root: Path) -> dict[str, float]:
    """Prepare the clips of a folder in this process (Linux)."""
    before = peak_mb()
    done = prepare(read_source(root), root / "store", landmarker=AlwaysOne, gate=OPEN)
    after = peak_mb()
    size = sum(path.stat().st_size for path in (root / "store").glob("*.parquet"))
    store_mb = round(size / 1e6, 1)
    return {"faces": done.found, "store_mb": store_mb, "before_mb": before, "peak_mb": after}


def peak_mb() -> float:
    """Most memory that this process ever had resident."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def processor() -> dict[str, object]:
    """Processor time of the stages, and of the whole over that of the face finder."""
    cv2.setNumThreads(1)
    mesh, gate = FaceMesh(), QualityGate()
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "faces"
        write_people(root, mesh, gate)
        jobs = read_source(root).jobs
        opened = [read_picture(job.path) for job in jobs]
        samples = [one for job in jobs for one in prepare_one(job, mesh, gate)]
        faces = [one for one in samples if isinstance(one, FaceSample)]
        assert len(faces) == len(jobs)
        ways: dict[str, Callable[[], object]] = {
            "decode": lambda: [read_picture(job.path) for job in jobs],
            "find": lambda: [find_meshes(picture, mesh, gate) for picture in opened],
            "find_gate_and_crop": lambda: [find_face(picture, mesh, gate) for picture in opened],
            "encode": lambda: [to_batch([face]) for face in faces],
            "prepare": lambda: prepare(
                read_source(root), tempfile.mkdtemp(dir=made), landmarker=lambda: mesh
            ),
        }
        seconds = {name: cpu_seconds(way) / len(jobs) for name, way in ways.items()}
    return {
        "pictures": len(jobs),
        "cpu_milliseconds_a_picture": {k: round(1e3 * v, 2) for k, v in seconds.items()},
        "prepare_over_find": round(seconds["prepare"] / seconds["find"], 3),
    }


def cpu_seconds(way: Callable[[], object]) -> float:
    """The least of some rounds, after one to warm up."""
    way()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        way()
        times.append(time.process_time() - start)
    return min(times)


def write_clip(path: Path) -> None:
    """A video of some frames of 480 x 480 that compress about as faces do."""
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 480
        for _ in range(FRAMES):
            coarse = rng.uniform(40, 220, (6, 6, 3)).astype(np.float32)
            smooth = cv2.resize(coarse, (480, 480), interpolation=cv2.INTER_CUBIC)
            noisy = np.clip(smooth + rng.normal(0, 1.5, smooth.shape), 0, 255)
            frame = av.VideoFrame.from_ndarray(noisy.astype(np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_people(root: Path, mesh: FaceMesh, gate: QualityGate) -> None:
    """Rendered people, alive and printed, in frames of 1280 x 720, each under several names.

    Those in whom no face is found are left out: they are turned and looked at again, which is
    another work.
    """
    for job in people_of_model(PEOPLE, seed=0).jobs:
        portrait = Modelled().portrait(job, 0)
        for medium, folder in ((Medium.LIVE, "live"), (Medium.PRINT, "spoof/print")):
            frame = np.full((720, 1280, 3), 128, np.uint8)
            shown = present(portrait, medium, seed_of(job.file, medium.value)).picture
            frame[104:616, 384:896] = cv2.resize(shown, (512, 512))
            (root / folder).mkdir(parents=True, exist_ok=True)
            for copy in range(COPIES):
                path = root / folder / f"{job.file}-{copy}.jpg"
                cv2.imwrite(str(path), frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    for job in read_source(root).jobs:
        if not any(isinstance(one, FaceSample) for one in prepare_one(job, mesh, gate)):
            job.path.unlink()


if __name__ == "__main__":
    main()
