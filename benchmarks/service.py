"""A service under load: answers a second, how long each takes, and what it costs in memory.

python -m benchmarks.service MODEL PICTURE [--clients 64] [--seconds 60]

Starts `spooftrace serve` on this machine and asks it over loopback; each client sends its next
request when it has its answer, and waits as `Retry-After` says after a 503.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx

from benchmarks.timing import record


def resident_mb(process: int) -> float:
    """Memory of the process, in megabytes (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (kilobytes,) = re.findall(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(kilobytes) / 1000


async def one_client(
    address: str, picture: bytes, until: float, seconds: list[float], refused: list[int]
) -> None:
    """Ask until the time is over; the seconds of every answer, the status of every refusal."""
    async with httpx.AsyncClient(timeout=120) as client:
        while time.monotonic() < until:
            start = time.perf_counter()
            response = await client.post(f"{address}/v1/analyze", files={"files": picture})
            if response.status_code == 200:
                seconds.append(time.perf_counter() - start)
            else:
                refused.append(response.status_code)
                await asyncio.sleep(float(response.headers.get("retry-after", 0)))


async def load(address: str, picture: bytes, clients: int, length: float) -> dict[str, object]:
    """All clients at once."""
    seconds: list[float] = []
    refused: list[int] = []
    start = time.monotonic()
    until = start + length
    tasks = (one_client(address, picture, until, seconds, refused) for _ in range(clients))
    await asyncio.gather(*tasks)
    took = time.monotonic() - start
    cuts = statistics.quantiles(seconds, n=100)
    return {
        "clients": clients,
        "seconds": round(took, 1),
        "answers": len(seconds),
        "answers_per_s": round(len(seconds) / took, 2),
        "p50_s": round(cuts[49], 3),
        "p95_s": round(cuts[94], 3),
        "p99_s": round(cuts[98], 3),
        "refused": {str(status): refused.count(status) for status in sorted(set(refused))},
    }


def main() -> None:
    """Serve, ask, stop, and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    command = [sys.executable, "-m", "spooftrace", "serve", "--port", "0", "--model", asked.model]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    address = ""
    while not address:
        found = re.search(r"running on (http://[\d.:]+)", process.stderr.readline())
        address = found[1] if found else ""
    # What is not read would fill the pipe, and hold up the service.
    sink = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
    try:
        picture = asked.picture.read_bytes()
        asyncio.run(load(address, picture, 1, 3))
        before = resident_mb(process.pid)
        result = asyncio.run(load(address, picture, asked.clients, asked.seconds))
        after = resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(60)
        sink.wait(60)
    memory = {"before_mb": round(before), "after_mb": round(after), "cores": os.cpu_count()}
    record("service", {**result, **memory})


if __name__ == "__main__":
    main()
