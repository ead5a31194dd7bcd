"""Collects the loss terms of the iterations between two lines of the journal.

It also stops a run that diverges.
"""

import time
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from spooftrace.errors import DivergedError

FINITE = "finite/"
"""Prefix of the flags that say whether a step's loss was finite (`training.batch.report`)."""


class Meter:
    """Means of loss terms over a window, and images a second.

    On a CPU every iteration is checked at once. On an accelerator reading a number waits for it, so
    flags are only read with the journal; meanwhile `Guard` keeps weights from moving on a loss
    that is not finite.
    """

    def __init__(self, *, last_good: Callable[[], str]) -> None:
        self.last_good = last_good
        self._window: list[tuple[int, dict[str, Tensor]]] = []
        self._images = 0
        self._since = time.perf_counter()

    def add(self, step: int, terms: dict[str, Tensor], *, images: int) -> None:
        """Take the terms of an iteration over `images`; they may be under way on the device."""
        self._window.append((step, terms))
        self._images += images
        if next(iter(terms.values())).device.type == "cpu":
            _check(step, terms, self.last_good)

    def check(self) -> None:
        """Raise `DivergedError` for the first iteration of the window whose loss was not finite."""
        for step, terms in self._window:
            _check(step, terms, self.last_good)

    def read(self) -> dict[str, float]:
        """Mean of each term over the window, images a second; starts a new window."""
        self.check()
        names = [name for name in self._window[0][1] if not name.startswith(FINITE)]
        means = torch.stack(
            [
                torch.stack([terms[name] for _, terms in self._window]).float().mean()
                for name in names
            ]
        ).tolist()
        seconds = time.perf_counter() - self._since
        rate = self._images / seconds
        self._window.clear()
        self._images = 0
        self._since = time.perf_counter()
        return dict(zip(names, means, strict=True)) | {"images_per_second": rate}


def _check(step: int, terms: Mapping[str, Tensor], last_good: Callable[[], str]) -> None:
    flags = [value for name, value in terms.items() if name.startswith(FINITE)]
    if bool(torch.stack(flags).all()):
        return
    numbers = ", ".join(
        f"{name} {float(value):.4g}" for name, value in terms.items() if not name.startswith(FINITE)
    )
    raise DivergedError(
        f"iteration {step + 1}: a loss or gradient is not finite ({numbers}); no weight moved on "
        f"it. {last_good()}; try a smaller training.learning_rate, or --set training.precision=fp32"
    )
