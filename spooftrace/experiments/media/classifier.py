"""Training a picture classifier whose epoch is chosen on development pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from spooftrace.experiments.media.alexnet import AlexNet, initialise

EpochWatch = Callable[[int], None]
"""Called after each epoch with the number done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierConfig:
    """How the classifier is trained; the paper names AlexNet and no number."""

    size_px: int = 227
    """Side of its input (Sec. 4.4: AlexNet's)."""
    width: float = 1.0
    """Factor on its channels."""
    epochs: int = 30
    """Most of them; the best on development pictures is kept."""
    batch: int = 32
    """Pictures a step."""
    learning_rate: float = 1e-4
    """Of Adam."""
    seed: int = 0
    """Of weights, order, mirroring and dropout."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Pictures and their classes."""

    pictures: NDArray[np.float16]
    """(n, 3, s, s), of any scale."""
    classes: NDArray[np.int64]
    """(n,)"""


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A trained classifier."""

    network: AlexNet
    scale: "Scale"
    epoch: int
    """The one that was kept, from 1."""
    size_px: int
    device: torch.device
    dev_accuracy: float = 0.0

    @torch.no_grad()
    def predict(self, pictures: NDArray[np.float16]) -> NDArray[np.int64]:
        """(n,): the class of each picture."""
        found = [np.empty(0, np.int64)]
        for part in _parts(np.arange(len(pictures)), 64):
            faces = self.scale.apply(pictures[part], self.size_px, self.device)
            found.append(self.network(faces).argmax(dim=1).cpu().numpy())
        return np.concatenate(found)


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of each channel over the training pictures."""

    mean: Tensor
    deviation: Tensor

    @classmethod
    def of(cls, pictures: NDArray[np.float16]) -> "Scale":
        """Measured in float64, picture by picture."""
        means = np.array([p.mean(axis=(1, 2), dtype=np.float64) for p in pictures])
        squares = np.array([np.square(p.astype(np.float64)).mean(axis=(1, 2)) for p in pictures])
        variance = squares.mean(axis=0) - means.mean(axis=0) ** 2
        deviation = np.sqrt(np.maximum(variance, 1e-12))
        shape = (1, 3, 1, 1)
        return cls(_float(means.mean(axis=0)).view(shape), _float(deviation).view(shape))

    def apply(self, pictures: NDArray[np.float16], size_px: int, device: torch.device) -> Tensor:
        """[b, 3, n, n] float32, standardised and resized bilinearly."""
        faces = (torch.from_numpy(pictures).float() - self.mean) / self.deviation
        sized = functional.interpolate(
            faces, size=(size_px, size_px), mode="bilinear", align_corners=False, antialias=True
        )
        return sized.to(device)


def train_classifier(
    train: Examples,
    dev: Examples,
    classes: int,
    config: ClassifierConfig,
    device: torch.device,
    watch: EpochWatch,
) -> Classifier:
    """Train from scratch; keeps the epoch with the best accuracy on `dev`, of equals the latest.

    Accuracy is the mean over classes of the share found, in training weighted likewise: classes of
    any size count the same.
    """
    weights_rng, order_rng = torch.Generator(), np.random.default_rng(config.seed)
    network = AlexNet(classes, size_px=config.size_px, width=config.width)
    initialise(network, weights_rng.manual_seed(config.seed))
    network.to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
    dropout = torch.Generator().manual_seed(config.seed + 1)
    scale = Scale.of(train.pictures)
    # All classes count alike; 1 on average over rows.
    sizes = np.maximum(np.bincount(train.classes, minlength=classes), 1)
    balance = _float(len(train.classes) / (classes * sizes)).to(device)
    best: Classifier | None = None
    state: dict[str, Tensor] = {}
    for epoch in range(1, config.epochs + 1):
        for rows in _parts(order_rng.permutation(len(train.classes)), config.batch):
            faces = scale.apply(train.pictures[rows], config.size_px, device)
            faces = faces.flip(3) if order_rng.random() < 0.5 else faces
            wanted = torch.from_numpy(train.classes[rows]).to(device)
            loss = functional.cross_entropy(network(faces, dropout), wanted, weight=balance)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        now = Classifier(network, scale, epoch, config.size_px, device)
        accuracy = balanced_accuracy(now.predict(dev.pictures), dev.classes)
        now = replace(now, dev_accuracy=accuracy)
        if best is None or now.dev_accuracy >= best.dev_accuracy:
            best = now
            state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        watch(epoch)
    assert best is not None
    network.load_state_dict(state)
    return best


def balanced_accuracy(predicted: NDArray[np.int64], classes: NDArray[np.int64]) -> float:
    """Mean over the classes present of the share found."""
    return float(np.mean([np.mean(predicted[classes == c] == c) for c in np.unique(classes)]))


def _parts(rows: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    for at in range(0, len(rows), size):
        yield rows[at : at + size]


def _float(array: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))
