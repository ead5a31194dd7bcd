"""A bundle with random weights and a few rendered faces, to try an installation without torch.

Run as `python tools/sample_detector.py FOLDER`.
"""

import sys
from pathlib import Path

import torch
from PIL import Image

from spooftrace.building.portraits import Modelled, people_of_model
from spooftrace.detector.bundle_info import BundleInfo, CropRule
from spooftrace.export.onnx_file import export
from spooftrace.faces.crop import CROP_SIZE, ENLARGE
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import fixed_threshold
from spooftrace.simulation.attacks import present
from spooftrace.simulation.seeds import seed_of
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.initialise import initialise


def main(folder: Path) -> None:
    """Write `model.onnx` and `faces/`."""
    folder.mkdir(parents=True)
    generator = Generator.from_config(GeneratorConfig(image_size=64, width=0.25))
    initialise(generator, torch.Generator().manual_seed(0))
    info = BundleInfo(
        package_version="sample",
        image_size=64,
        alpha_0=1.0,
        threshold=fixed_threshold(0.5, "nobody: the weights are random"),
        media=(Medium.LIVE, Medium.PRINT, Medium.REPLAY),
        landmarker="any",
        crop=CropRule(size=CROP_SIZE, enlarge=ENLARGE),
        config_hash="sample",
        licence="Apache-2.0",
        trained_on="nothing",
        is_trained=False,
    )
    export(generator, info, folder / "model.onnx")
    _write_faces(folder / "faces")


def _write_faces(folder: Path) -> None:
    """`train|dev|test/live|spoof/...`: eight people, each alive, on paper and on a screen.

    So many that each part keeps both classes: a grey print, or a face that a dim room hides, has no
    answer.
    """
    for job in people_of_model(8, seed=0).jobs:
        portrait = Modelled().portrait(job, 0)
        for medium in (Medium.LIVE, Medium.PRINT, Medium.REPLAY):
            below = "live" if medium is Medium.LIVE else f"spoof/{medium}"
            place = folder / job.attributes["split"] / below
            place.mkdir(parents=True, exist_ok=True)
            shown = present(portrait, medium, seed_of(job.file, medium.value))
            Image.fromarray(shown.picture).save(place / f"{job.file}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
