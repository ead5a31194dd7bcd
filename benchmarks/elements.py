"""Do the single elements of the trace mean something?

Run by `python -m benchmarks.elements RUN... --store S`.

On the development spoofs of each run's checkpoint:

* `energy_ratio`: the elements' energies added up, over the energy of their sum. 1 where elements
  complement each other; far above 1 where they cancel.
* `lattice_share` of C and T: the share of an element's variance that repeats on the decoder's
  lattice of 8 x 8 pixels, the same in every face. Moire does not; a checkerboard is nothing else.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from benchmarks.timing import record
from spooftrace import runs
from spooftrace.data.store.store import Store
from spooftrace.evaluation.protocols.splits import split_rows
from spooftrace.faces.crop import resize_face
from spooftrace.labels import Label
from spooftrace.run_folder import RunFolder
from spooftrace.stdn.generator import Generator
from spooftrace.stdn.trace import TraceElements, enlarge

LATTICE = 8


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--store", required=True)
    parser.add_argument("--step", type=int, help="checkpoint of this step; default: the best")
    parser.add_argument("--name", default="elements")
    arguments = parser.parse_args()
    store = Store.open(arguments.store)
    record(
        arguments.name,
        {run.name: measure(run, store, arguments.step) for run in arguments.runs},
    )


@torch.no_grad()
def measure(run: Path, store: Store, step: int | None) -> dict[str, float | int]:
    """Figures of one run."""
    folder = RunFolder(run)
    path = folder.checkpoint(step) if step else folder.best
    trained = runs.trained(path, torch.device("cpu"))
    config = trained.config
    image = faces(store, split_rows(store.columns(), config.split).dev, config.generator.image_size)
    elements = look(trained.generator.eval(), image)
    shares = elements.shares(image)
    together = elements.compose(image).square().mean().item()
    energies = {e.value: s.expand_as(image).square().mean().item() for e, s in shares.items()}
    return {
        "step": trained.progress.step,
        "faces": len(image),
        "rms_trace": round(together**0.5, 5),
        **{f"rms_{name}": round(energy**0.5, 5) for name, energy in energies.items()},
        "energy_ratio": round(sum(energies.values()) / together, 3),
        "lattice_share_content": lattice_share(enlarge(elements.content, image.shape[-1])),
        "lattice_share_texture": lattice_share(elements.texture),
    }


def faces(store: Store, rows: np.ndarray, size: int) -> torch.Tensor:
    """The spoofs among `rows`, [b, 3, n, n] in [0, 1]."""
    labels = store.columns()["label"]
    pictures = [resize_face(store.image(int(r)), size) for r in rows if labels[r] == Label.SPOOF]
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255


def look(generator: Generator, image: torch.Tensor) -> TraceElements:
    """Elements of all faces."""
    parts = [generator(batch).trace for batch in image.split(16)]
    names = TraceElements.__slots__
    return TraceElements(**{n: torch.cat([getattr(p, n) for p in parts]) for n in names})


def lattice_share(element: torch.Tensor) -> float:
    """Variance of the mean over faces and lattice cells, over all variance.

    The border is left out.
    """
    inner = element[..., LATTICE:-LATTICE, LATTICE:-LATTICE]
    inner = inner - inner.mean(dim=(2, 3), keepdim=True)
    batch, channels, height, width = inner.shape
    cells = inner.view(batch, channels, height // LATTICE, LATTICE, width // LATTICE, LATTICE)
    pattern = cells.mean(dim=(0, 2, 4))
    return round((pattern.square().mean() / inner.square().mean()).item(), 4)


if __name__ == "__main__":
    main()
