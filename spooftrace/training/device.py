"""Where the arithmetic happens: moves batches there, chooses its precision."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Shaped
from numpy.typing import NDArray
from torch import Tensor

from spooftrace.data.batches.paired import PairedFaces
from spooftrace.errors import ConfigError
from spooftrace.training.batch import LiveTwins, PairedBatch
from spooftrace.training.schedule import Precision

AMPERE = 8
"""Major compute capability from which CUDA devices multiply bfloat16 natively."""


@dataclass(frozen=True, slots=True)
class Device:
    """A torch device and the size of the faces that go to it."""

    torch: torch.device
    image_size: int

    def batch(self, faces: PairedFaces) -> PairedBatch:
        """A batch on the device: bytes travel, and become [0, 1] there."""
        twins = faces.live_twins
        return PairedBatch(
            live=self.pictures(faces.live),
            spoof=self.pictures(faces.spoof),
            live_points=self._move(faces.live_points),
            spoof_points=self._move(faces.spoof_points),
            triangles=self._move(faces.triangles),
            dropped=self._move(faces.dropped),
            twins=None
            if twins is None
            else LiveTwins(self.pictures(twins.pictures), self._move(twins.known)),
        )

    def pictures(self, faces: NDArray[np.uint8]) -> Float[Tensor, "b 3 n n"]:
        """RGB bytes [b, n, n, 3] to [0, 1].

        NHWC bytes are NCHW channels-last as they lie.
        """
        return self._move(faces).permute(0, 3, 1, 2).float().div_(255)

    def _move(self, array: NDArray[np.generic]) -> Shaped[Tensor, "..."]:
        tensor = torch.from_numpy(array)
        if self.torch.type == "cuda":
            # A copy from pinned memory does not make the host wait.
            return tensor.pin_memory().to(self.torch, non_blocking=True)
        return tensor.to(self.torch)


def choose_device(name: str) -> torch.device:
    """`auto` is the first CUDA device or the CPU; anything else is torch's name of a device.

    Raises:
        ConfigError: torch does not know the name, or sees no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ConfigError(f"--device: expected auto, cpu, cuda or cuda:N, got {name!r}") from error
    if device.type not in ("cpu", "cuda"):
        raise ConfigError(f"--device: expected auto, cpu, cuda or cuda:N, got {name!r}")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigError(
            f"--device: got {name!r}, but torch sees {torch.cuda.device_count()} CUDA devices; "
            "install a CUDA build of torch or use --device cpu"
        )
    return device


def autocast(device: torch.device, precision: Precision) -> torch.autocast:
    """bfloat16 for the networks' convolutions where asked for.

    The method's arithmetic stays float32.
    """
    enabled = precision == "bf16" or (precision == "auto" and multiplies_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is faster than float32 there: elsewhere it is emulated and slower."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= AMPERE
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())
