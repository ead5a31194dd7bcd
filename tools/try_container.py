"""Take the Dockerfile's steps without an engine: a fresh environment, a size, an answer.

Run as `python tools/try_container.py FOLDER [MODEL]`: makes FOLDER/venv by the RUN line of the
first stage, prints its megabytes and, with a MODEL, starts it as the image would, waits for
/readyz, and stops it.
"""

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
PORT = 8765
MOST_MB = 460
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


def ready_after(command: list[str], environment: dict[str, str]) -> float:
    """Seconds until the service answers /readyz; it is stopped then, and must end with 0."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=environment, cwd="/")
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2).close()
                seconds = time.monotonic() - start
                break
            except OSError:
                if process.poll() is not None or time.monotonic() - start > 120:
                    raise
                time.sleep(0.1)
    finally:
        process.terminate()
    code = process.wait(60)
    if code != 0:
        raise SystemExit(f"expected the service to end with 0, got {code}")
    return seconds


def main(folder: Path, model: Path | None) -> None:
    """Build, measure, start."""
    venv = folder.absolute() / "venv"
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    subprocess.run(["sh", "-ec", build_steps(text, venv, sys.executable)], check=True)
    size = megabytes(venv)
    sys.stdout.write(f"{size:.0f} MB in the environment\n")
    if size > MOST_MB:
        raise SystemExit(f"expected at most {MOST_MB} MB, got {size:.0f}; what came in?")
    if model:
        path = f"{venv / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        environment |= {"SPOOFTRACE_MODEL": str(model.absolute())}
        command = [str(venv / "bin/spooftrace"), "serve", "--port", str(PORT)]
        sys.stdout.write(f"ready after {ready_after(command, environment):.1f} s\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
