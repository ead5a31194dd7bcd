"""Take the Dockerfile's steps without an engine: a fresh environment, a size, an answer.

Run as `python tools/try_container.py FOLDER [MODEL]`: makes FOLDER/venv by the RUN line of the
first stage, prints its megabytes and, with a MODEL, starts it as the image would, waits for
/readyz, has a picture and a clip of a rendered person judged, and stops it.
"""

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import av
import httpx
import numpy as np
from PIL import Image

from spooftrace.building.portraits import Modelled, people_of_model
from spooftrace.faces.finder import Rejection
from spooftrace.labels import Medium
from spooftrace.simulation.attacks import present
from spooftrace.simulation.seeds import seed_of

ROOT = Path(__file__).parents[1]
SERVICE = "http://127.0.0.1:8765"
MOST_MB = 390
"""Of the environment; more is an error, as it would creep in unseen."""


def build_steps(text: str, venv: Path, python: str) -> str:
    """The shell commands of the first RUN, for this folder and interpreter."""
    joined = text.replace("\\\n", " ")
    run = next(line for line in joined.splitlines() if line.startswith("RUN "))
    extras = re.search(r"^ARG EXTRAS=(\S+)", text, re.MULTILINE)
    assert extras
    run = run.removeprefix("RUN ").replace("/source", str(ROOT)).replace("/venv", str(venv))
    return run.replace("${EXTRAS}", extras[1]).replace("python -m venv", f"{python} -m venv", 1)


def megabytes(folder: Path) -> float:
    """Of all files below, links not followed."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def largest(venv: Path) -> list[tuple[str, float]]:
    """The packages that are more than 5 MB, with the libraries that they bring."""
    sizes: dict[str, float] = {}
    for entry in next(venv.glob("lib/python*/site-packages")).iterdir():
        name = entry.name.removesuffix(".libs").replace("opencv_python_headless", "cv2")
        size = megabytes(entry) if entry.is_dir() else entry.stat().st_size / 1e6
        sizes[name] = sizes.get(name, 0) + size
    return [pair for pair in sorted(sizes.items(), key=lambda pair: -pair[1]) if pair[1] > 5]


def tried(command: list[str], environment: dict[str, str]) -> str:
    """What a started service did; it is stopped then, and must end with 0."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=environment, cwd="/")
    try:
        while not _is_ready():
            if process.poll() is not None or time.monotonic() - start > 120:
                raise SystemExit("expected the service to be ready within two minutes")
            time.sleep(0.1)
        seconds = time.monotonic() - start
        picture, clip = _judged()
    finally:
        process.terminate()
    code = process.wait(60)
    if code != 0:
        raise SystemExit(f"expected the service to end with 0, got {code}")
    return f"ready after {seconds:.1f} s; scores: picture {picture:.4f}, clip {clip:.4f}"


def _is_ready() -> bool:
    try:
        return httpx.get(f"{SERVICE}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def _judged() -> tuple[float, float]:
    """Scores of a picture and a clip of somebody who does not exist."""
    job = people_of_model(1, seed=0).jobs[0]
    portrait = Modelled().portrait(job, 0)
    assert not isinstance(portrait, Rejection)
    shown = present(portrait, Medium.LIVE, seed_of(job.file, "live")).picture
    files = [("files", ("x", data)) for data in (_png(shown), _mp4(shown))]
    answer = httpx.post(f"{SERVICE}/v1/analyze?every=2", files=files, timeout=120)
    if answer.status_code != 200:
        raise SystemExit(f"expected two answers, got {answer.text[:500]}")
    picture, clip = (result["score"] for result in answer.json()["results"])
    return float(picture), float(clip)


def _png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def _mp4(picture: np.ndarray, frames: int = 8) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], "yuv420p"
        stream.bit_rate = 4_000_000
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def main(folder: Path, model: Path | None) -> None:
    """Build, measure, start."""
    venv = folder.absolute() / "venv"
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    subprocess.run(["sh", "-ec", build_steps(text, venv, sys.executable)], check=True)
    size = megabytes(venv)
    sys.stdout.write(f"{size:.0f} MB in the environment\n")
    for name, share in largest(venv):
        sys.stdout.write(f"  {share:4.0f} {name}\n")
    if size > MOST_MB:
        raise SystemExit(f"expected at most {MOST_MB} MB, got {size:.0f}; what came in?")
    if model:
        path = f"{venv / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        environment |= {"SPOOFTRACE_MODEL": str(model.absolute())}
        port = SERVICE.rpartition(":")[2]
        command = [str(venv / "bin/spooftrace"), "serve", "--port", port]
        sys.stdout.write(f"{tried(command, environment)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
