"""Runs a preparation with the fake landmarker, as a process that a test can kill."""

import sys
from pathlib import Path

from fake_landmarker import FakeLandmarker

from spooftrace.building.engines import on_this_machine
from spooftrace.building.preparation import prepare
from spooftrace.data.layouts.chooser import read_source

if __name__ == "__main__":
    source, out, log, delay_s, workers = sys.argv[1:]
    prepare(
        read_source(Path(source)),
        out,
        landmarker=FakeLandmarker(log=Path(log), delay_s=float(delay_s)),
        engine=on_this_machine(int(workers)),
    )
