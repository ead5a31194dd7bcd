"""The bundle in ONNX Runtime against eager torch, one face at a time.

Run by `python -m benchmarks.inference`.

The paper's networks at 256 px, float32, same number of threads, everything from bytes to score and
evidence.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch

from benchmarks.timing import interleaved, record
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import BundleInfo, CropRule
from spooftrace.export.graph import DetectorGraph
from spooftrace.export.onnx_file import export
from spooftrace.labels import Medium
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.initialise import initialise


def info(size: int) -> BundleInfo:
    """Metadata of a bundle that decides nothing."""
    return BundleInfo(
        package_version="benchmark",
        image_size=size,
        alpha_0=1.0,
        threshold=None,
        media=(Medium.LIVE, Medium.REPLAY),
        landmarker="none",
        crop=CropRule(size=256, enlarge=1.2),
        config_hash="benchmark",
        licence="none",
        trained_on="nothing",
        is_trained=False,
    )


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    results = {}
    for name, config in {
        "paper, 256 px": GeneratorConfig(),
        "small, 128 px": GeneratorConfig(image_size=128, width=0.5),
    }.items():
        results[name] = compare(config, rounds=arguments.rounds, threads=arguments.threads)
    record("inference-cpu", results)


def compare(config: GeneratorConfig, *, rounds: int, threads: int) -> dict[str, float]:
    """Milliseconds a face of both runtimes, and their ratio."""
    generator = Generator.from_config(config)
    initialise(generator, torch.Generator().manual_seed(0))
    generator.eval()
    eager = DetectorGraph(generator, 1.0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export(generator, info(config.image_size), path)
        bundle = Bundle.load(path, threads=threads)
    faces = np.random.default_rng(0).integers(
        0, 256, (1, config.image_size, config.image_size, 3), dtype=np.uint8
    )
    tensor = torch.from_numpy(faces)

    @torch.no_grad()
    def in_torch() -> object:
        return eager(tensor)

    seconds = interleaved(
        {"torch": in_torch, "onnxruntime": lambda: bundle.run(faces)},
        rounds=rounds,
        synchronise=lambda: None,
    )
    return {
        **{f"milliseconds_{name}": round(1e3 * value, 2) for name, value in seconds.items()},
        "torch_over_onnxruntime": round(seconds["torch"] / seconds["onnxruntime"], 2),
    }


if __name__ == "__main__":
    main()
