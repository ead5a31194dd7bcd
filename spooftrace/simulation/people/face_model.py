"""The statistical model of people: means and principal components fitted to studio portraits.

Fitted by `tools/fit_face_model.py` on the Face Research Lab London Set (CC BY 4.0, see NOTICE).
A person is one vector of standard scores; parts of it are the coefficients of shape, colour, hair,
outline and skin detail, so that what goes together in people goes together here.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Vector = NDArray[np.float32]

SCALE: Final = 0.8
"""People are drawn at this share of the deviation measured: nearer to the mean is more likely."""

HAIR_SCALE: Final = 1.2
"""The same for the shape of hair, which varies as people like."""

COARSE_SIZE: Final = 96
"""Side of the coarse colours and of the distances to outlines, over the whole texture."""
FINE_SIZE: Final = 256
"""Side of the fine brightness, over the window of the face."""
FINE_SPAN: Final = 0.6
"""Half of that window's side, in heights of the face."""
DETAIL_SIZE: Final = 32
"""Side of the maps of skin detail, over the same window."""
DETAIL_BANDS: Final = (0.0, 1.0, 2.2, 5.0)
"""Gaussian deviations in texture pixels between which the three bands of detail lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Mean (n,) and components (k, n), each times its deviation, of one aspect of people."""

    mean: Vector
    basis: Vector

    def at(self, scores: Floats) -> Vector:
        """What people with these standard scores (k,) have."""
        return np.asarray(self.mean + scores.astype(np.float32) @ self.basis, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The content of `face_model.npz`."""

    parts: dict[str, Part]
    """shape (468 * 3), texture, hair and outline (distances, 96^2 each), detail, colour of hair."""
    groups: Floats
    """(g, k) mean scores of groups of people who look alike."""
    spread: Floats
    """(k, k) lower triangle L: scores within a group are L times standard normal numbers."""
    smile_shape: Vector
    """(468, 3): what a smile adds to the shape."""
    smile_texture: Vector
    """What it adds to the texture."""
    coarse_mask: NDArray[np.bool_]
    """(96, 96): pixels of the coarse colours that the texture vector holds."""
    fine_mask: NDArray[np.bool_]
    """(256, 256): pixels of the fine brightness that follow them in the vector."""

    def scores(self, rng: np.random.Generator) -> dict[str, Floats]:
        """Standard scores of a new person, part by part."""
        group = self.groups[rng.integers(len(self.groups))]
        joint = SCALE * (group + self.spread @ rng.standard_normal(len(group)))
        joint[self._of("hair")] *= HAIR_SCALE / SCALE
        return {name: joint[self._of(name)] for name in self.parts}

    def _of(self, name: str) -> slice:
        """Where the scores of a part lie in the joint vector."""
        before = list(self.parts)[: list(self.parts).index(name)]
        start = sum(len(self.parts[part].basis) for part in before)
        return slice(start, start + len(self.parts[name].basis))


@functools.cache
def load() -> Model:
    """The model that the package ships."""
    with np.load(Path(__file__).with_name("face_model.npz")) as file:
        kept = {name: file[name] for name in file.files}
    parts = {
        str(name): Part(
            mean=kept[f"{name}_mean"].astype(np.float32),
            basis=kept[f"{name}_basis"] * kept[f"{name}_scale"].astype(np.float32)[:, None],
        )
        for name in kept["parts"]
    }
    return Model(
        parts=parts,
        groups=kept["groups"].astype(np.float64),
        spread=kept["spread"].astype(np.float64),
        smile_shape=kept["smile_shape"].astype(np.float32),
        smile_texture=kept["smile_texture"].astype(np.float32),
        coarse_mask=kept["coarse_mask"],
        fine_mask=kept["fine_mask"],
    )
