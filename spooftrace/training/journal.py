"""What a run says of itself: `journal.jsonl`, TensorBoard scalars and grids of pictures."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter

from spooftrace.data.files import write_whole
from spooftrace.run_folder import RunFolder


class Journal:
    """Writes one line a logged step; after a resume, lines beyond the resumed step are gone."""

    def __init__(self, folder: RunFolder, *, resumed_at: int) -> None:
        self.path = folder.journal
        self.images = folder.images
        _cut(self.path, resumed_at)
        self._lines = self.path.open("a", encoding="utf-8")
        self._board = SummaryWriter(str(folder.tensorboard), purge_step=resumed_at + 1)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """One line {step, ...values}, and a scalar each."""
        self._lines.write(json.dumps({"step": step, **values}) + "\n")
        self._lines.flush()
        for name, value in values.items():
            self._board.add_scalar(name, value, step)

    def picture(self, step: int, grid: NDArray[np.uint8]) -> None:
        """A grid (HWC uint8 RGB) to TensorBoard and to `images/`."""
        from PIL import Image

        self.images.mkdir(exist_ok=True)
        Image.fromarray(grid).save(self.images / f"step-{step:08d}.png")
        self._board.add_image("faces", grid, step, dataformats="HWC")

    def close(self) -> None:
        """Flush and close."""
        self._lines.close()
        self._board.close()


def _cut(path: Path, step: int) -> None:
    """Keep the lines up to `step`.

    A killed run may have logged further than its last checkpoint.
    """
    if not path.exists():
        return
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            if json.loads(line)["step"] <= step:
                kept.append(line + "\n")
        except (ValueError, KeyError):
            break  # the line that the kill cut short
    write_whole(path, "".join(kept))
