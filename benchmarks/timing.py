"""Times of two ways to do one thing, taken in turns.

Machines are noisy, ratios of one run less so.
"""

import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def interleaved(
    ways: Mapping[str, Callable[[], object]], *, rounds: int, synchronise: Callable[[], object]
) -> dict[str, float]:
    """Median seconds of each way over `rounds`, after one warm-up each."""
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            synchronise()
            start = time.perf_counter()
            way()
            synchronise()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def record(name: str, result: Mapping[str, Any]) -> None:
    """Print a result and keep it as `results/NAME.json`, with the machine it was measured on."""
    whole = {**result, "machine": machine()}
    text = json.dumps(whole, indent=2)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def machine() -> dict[str, str]:
    """Processor and versions; threads and GPU where torch is there to say."""
    known = {"processor": _processor(), "python": platform.python_version()}
    if find_spec("torch") is None:
        return known
    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    threads = str(torch.get_num_threads())
    return {**known, "threads": threads, "gpu": gpu, "torch": torch.__version__}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor()
    lines = info.read_text(encoding="utf-8").splitlines()
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    known = ("amx_bf16", "avx512_bf16", "avx512f", "avx2")
    flags = next((line for line in lines if line.startswith("flags")), "")
    return f"{name} ({next((f for f in known if f in flags), 'no vector extension known')})"
