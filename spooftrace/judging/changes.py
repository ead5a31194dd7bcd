"""What may be done to every face before it is judged."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.batches.degradation import equalise
from spooftrace.errors import ConfigError

EQUALISED_PX = (8, 256)
"""Below, no face is left; above, nothing is reduced: faces in a store have 256 pixels a side."""
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceChange:
    """The same for both classes, so that neither is told by its resolution or its light.

    Raises:
        ConfigError: a size out of range, or colours without a size.
    """

    equalise_px: int | None = None
    """Reduce to so many pixels a side and back; `None`: faces as they are."""
    grey_world: bool = False
    """Also remove colour casts."""

    def __post_init__(self) -> None:
        low, high = EQUALISED_PX
        if self.equalise_px is not None and not low <= self.equalise_px <= high:
            raise ConfigError(
                f"equalise: expected {low} to {high} pixels a side, got {self.equalise_px}"
            )
        if self.grey_world and self.equalise_px is None:
            raise ConfigError("grey_world: expected a size to equalise to as well, got none")

    def __bool__(self) -> bool:
        return self.equalise_px is not None

    def __str__(self) -> str:
        """In words, fit for a file name; empty where nothing is done."""
        if self.equalise_px is None:
            return ""
        return f"equalised-{self.equalise_px}px" + ("-grey-world" if self.grey_world else "")

    def function(self) -> Callable[[Picture], Picture] | None:
        """The change of one face, (h, w, 3) uint8 RGB, or `None` where nothing is done."""
        if self.equalise_px is None:
            return None
        size_px, grey_world = self.equalise_px, self.grey_world
        return lambda image: equalise(image, size_px, grey_world=grey_world)
