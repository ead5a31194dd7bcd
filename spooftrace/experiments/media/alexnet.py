"""AlexNet, the simple CNN of Sec. 4.4: five convolutions and three fully connected layers.

The network is that of Krizhevsky, Sutskever and Hinton (NIPS 2012), two-group convolutions and
local response normalisation included: 60 965 224 parameters with 1000 classes. The weights start
from He's initialisation, with which it learns from scratch on inputs of any scale.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from spooftrace.errors import ConfigError

SMALLEST_PX = 67
"""Below, nothing is left behind the last pooling."""
DROPOUT = 0.5


class AlexNet(nn.Module):
    """Pictures [b, 3, n, n] to logits [b, classes]; n = 227 in the original.

    Args:
        classes: how many.
        size_px: n, at least 67.
        width: factor on every number of channels and hidden units; 1 is the original.

    Raises:
        ConfigError: a size or width that makes no network.
    """

    def __init__(self, classes: int, *, size_px: int = 227, width: float = 1.0) -> None:
        super().__init__()
        if size_px < SMALLEST_PX:
            raise ConfigError(f"--size: expected {SMALLEST_PX} or more pixels, got {size_px}")
        if not 0 < width <= 1:
            raise ConfigError(f"--width: expected a factor in (0, 1], got {width}")
        a, b, c, hidden = (2 * max(1, round(n * width / 2)) for n in (96, 256, 384, 4096))
        side = _pooled(_pooled(_pooled((size_px - 11) // 4 + 1)))
        self.features = nn.Sequential(
            *(nn.Conv2d(3, a, 11, stride=4), nn.ReLU(), _normalise(), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(a, b, 5, padding=2, groups=2), nn.ReLU(), _normalise(), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(b, c, 3, padding=1), nn.ReLU()),
            *(nn.Conv2d(c, c, 3, padding=1, groups=2), nn.ReLU()),
            *(nn.Conv2d(c, b, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        )
        self.hidden = nn.ModuleList([nn.Linear(b * side**2, hidden), nn.Linear(hidden, hidden)])
        self.output = nn.Linear(hidden, classes)

    def forward(self, picture: Tensor, rng: torch.Generator | None = None) -> Tensor:
        """Logits; `rng` draws the dropout before the hidden layers, without one nothing drops."""
        x = self.features(picture).flatten(1)
        for layer in self.hidden:
            x = functional.relu(layer(_drop(x, rng)))
        logits: Tensor = self.output(x)
        return logits


def initialise(network: AlexNet, rng: torch.Generator) -> None:
    """He's normal weights and zero biases, in place."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=rng)
            assert module.bias is not None
            nn.init.zeros_(module.bias)


def _normalise() -> nn.Module:
    """Local response normalisation with the paper's constants; torch divides alpha by the size."""
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)


def _pooled(side: int) -> int:
    return (side - 3) // 2 + 1


def _drop(x: Tensor, rng: torch.Generator | None) -> Tensor:
    if rng is None:
        return x
    kept = torch.rand(x.shape, generator=rng, device=rng.device).to(x.device) >= DROPOUT
    return x * kept / (1 - DROPOUT)
