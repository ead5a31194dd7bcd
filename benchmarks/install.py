"""What an install brings: megabytes by extra, and processor seconds until a detector is there.

Processor seconds, because a loaded machine stretches the clock's and hardly these.

python -m benchmarks.install                 fresh environments, kept as results/install.json
python benchmarks/install.py --megabytes     of the environment of this interpreter, alone
"""

import argparse
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = {"plain": ".", "data": ".[data]"}
IMPORTS = {
    "import spooftrace": "import spooftrace",
    "import the detector": "from spooftrace.detector.detector import SpoofDetector",
    "open the face mesh": (
        "import numpy as np; from spooftrace.faces.face_mesh import FaceMesh;"
        " FaceMesh().find(np.zeros((240, 320, 3), np.uint8))"
    ),
}
ROUNDS = 5
_NOT_OURS = ("pip", "setuptools", "wheel", "_distutils_hack", "pkg_resources")


def megabytes(packages: Path) -> dict[str, int]:
    """Of each entry of a folder of packages, largest first, and of all; without pip's own."""
    sizes: dict[str, float] = {}
    for entry in packages.iterdir():
        if entry.name.split("-")[0] not in _NOT_OURS:
            files = [entry] if entry.is_file() else [f for f in entry.rglob("*") if f.is_file()]
            sizes[entry.name] = sum(file.stat().st_size for file in files) / 1e6
    largest = dict(sorted(sizes.items(), key=lambda item: -item[1])[:8])
    return {name: round(size) for name, size in {"all": sum(sizes.values()), **largest}.items()}


def seconds(python: Path, code: str) -> float:
    """Median processor seconds of a program beyond those of an empty one, files in the cache."""

    def once(program: str) -> float:
        before = _of_children()
        subprocess.run([python, "-c", program], check=True, cwd="/")
        return _of_children() - before

    once(code)
    return statistics.median(once(code) - once("pass") for _ in range(ROUNDS))


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", action="store_true", help="only this environment's")
    if parser.parse_args().megabytes:
        sys.stdout.write(f"{megabytes(Path(sysconfig.get_paths()['purelib']))['all']}\n")
        return
    from benchmarks.timing import record

    result: dict[str, object] = {}
    for name, wanted in EXTRAS.items():
        with tempfile.TemporaryDirectory() as folder:
            venv.create(folder, with_pip=True)
            python = Path(folder) / "bin/python"
            install = [python, "-m", "pip", "install", "--quiet", wanted]
            subprocess.run(install, check=True, cwd=ROOT)
            where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
            packages = subprocess.check_output([python, "-c", where], text=True).strip()
            times = {what: round(seconds(python, code), 3) for what, code in IMPORTS.items()}
            result[name] = {"megabytes": megabytes(Path(packages)), "cpu_seconds": times}
    record("install", result)


if __name__ == "__main__":
    main()
