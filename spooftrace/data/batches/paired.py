"""Balanced batches: as many live as spoof faces (Secs. 3.3, 3.5).

Each spoof comes with a random live target.

Every draw is a function of (seed, step): a batch can be made again at any time, in any order, by
any number of threads, so that the position in the data is the number of the step and nothing else.
"""

import collections
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.batches.augmentation import AugmentationConfig, Face, Points, move, recapture
from spooftrace.data.prefetch import prefetched
from spooftrace.data.sample import without_trace
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError, SplitError
from spooftrace.faces import topology
from spooftrace.faces.crop import CROP_SIZE, resize_face
from spooftrace.labels import Label

ELEMENTS = 4
"""s, b, C, T: one of them is taken from each synthesized spoof (Sec. 3.3)."""
FAVOUR = 3
"""How often a favoured medium comes for each time that another does."""
NOTHING = -1
"""In place of an element's number: none is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchConfig:
    """What a batch is made of."""

    pairs: int = 4
    """Live faces, and as many spoof faces, in a batch; the paper's batch of 8 is 4 pairs
    (Sec. 4.1)."""
    harder_samples: bool = True
    """Whether each synthesized spoof loses one element of its trace (Sec. 3.3). `False` where the
    trace has a single layer, which would leave a live face called a spoof."""
    balance: tuple[str, ...] = ("medium",)
    """Columns whose combinations are drawn equally often within each class."""
    twins: float = 0.0
    """Share of the live faces that are live twins of simulated spoof faces of the same batch: the
    same person, light and camera without the medium."""
    window_px: int | None = None
    """Side of the random windows of the face that are learnt from, in pixels of the model's input;
    `None` is the whole face. A convolutional generator is judged on whole faces all the same."""
    narrowing: int = 0
    """Iterations over which windows narrow: the first are the whole face reduced to `window_px`,
    and by the last of these a window is as large as it is shown. 0: they are so from the start."""
    whole_from: int | None = None
    """Iteration from which faces are learnt from as they are judged: whole, at the model's own
    size, and in as much smaller a batch as they have more pixels. `None`: windows to the end."""
    favoured: tuple[str, ...] = ()
    """Media that come `FAVOUR` times as often as others, where `balance` has the medium."""

    def __post_init__(self) -> None:
        if self.pairs < 1:
            raise ConfigError(f"batches.pairs: expected 1 or more, got {self.pairs}")
        if not 0 <= self.twins <= 1:
            raise ConfigError(f"batches.twins: expected a share in [0, 1], got {self.twins}")
        if self.window_px is not None and (self.window_px < 32 or self.window_px % 16):
            raise ConfigError(
                f"batches.window_px: expected a multiple of 16, at least 32, got {self.window_px}"
            )
        if self.narrowing < 0:
            raise ConfigError(f"batches.narrowing: expected 0 or more, got {self.narrowing}")
        if self.whole_from is not None and self.whole_from < 0:
            raise ConfigError(f"batches.whole_from: expected 0 or more, got {self.whole_from}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTwins:
    """The spoof faces of a batch as they would look without their true traces.

    Through the very same draws of augmentation: (spoof - twin) / 255 is the true trace of the spoof
    face *in the batch*. A live face is its own twin.
    """

    pictures: NDArray[np.uint8]
    """[b, n, n, 3] RGB; the spoof face itself where no trace is known."""
    known: NDArray[np.bool_]
    """[b]: whether the true trace of spoof face k is known, that is, whether it was simulated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedFaces:
    """One batch in host memory.

    Live face k is the target that the trace of spoof face k is carried to.
    """

    live: NDArray[np.uint8]
    """[b, n, n, 3] RGB."""
    spoof: NDArray[np.uint8]
    """[b, n, n, 3] RGB."""
    live_points: NDArray[np.float32]
    """[b, v, 2] mesh points with anchors, in pixels of the n x n image."""
    spoof_points: NDArray[np.float32]
    """[b, v, 2], likewise."""
    triangles: NDArray[np.int32]
    """[b, f, 3] topology that does not fold on the live face."""
    dropped: NDArray[np.int64]
    """[b] number of the element that the synthesized spoof loses (Sec. 3.3); `NOTHING`: none."""
    live_twins: LiveTwins | None = None
    """Of the spoof faces; `None` where nobody asked for them."""


class PairedBatches:
    """Batches of the rows of a store, numbered by the step that uses them.

    With `live_twins` the true live pictures of simulated spoofs come along; the faces are the same
    with and without. Raises `SplitError` when `rows` lacks a class, `ConfigError` when a window is
    larger than the face.
    """

    def __init__(
        self,
        store: Store,
        rows: Sequence[int] | NDArray[np.intp],
        *,
        config: BatchConfig,
        augmentation: AugmentationConfig,
        image_size: int,
        seed: int,
        live_twins: bool = False,
    ) -> None:
        self.store = store
        self.config = config
        self.augmentation = augmentation
        self.image_size = image_size
        self.seed = seed
        self.live_twins = live_twins
        if (config.window_px or 0) > image_size:
            raise ConfigError(
                f"batches.window_px: expected at most generator.image_size ({image_size}), "
                f"got {config.window_px}"
            )
        self.queues = {
            label: GroupedQueue(_groups(store, rows, label, config), seed=(seed, int(label)))
            for label in Label
        }

    @cached_property
    def as_judged(self) -> "PairedBatches":
        """Batches of the same rows as a model is judged on them: whole faces at its own size."""
        if self.config.window_px is None:
            return self
        share = (self.config.window_px / self.image_size) ** 2
        pairs = max(1, round(self.config.pairs * share))
        judged = copy(self)
        judged.config = replace(self.config, pairs=pairs, window_px=None, whole_from=None)
        return judged

    def batch(self, step: int) -> PairedFaces:
        """The batch of one step."""
        if self.config.whole_from is not None and step >= self.config.whole_from:
            return self.as_judged.batch(step)
        spoof = [self._face(Label.SPOOF, step, k) for k in range(self.config.pairs)]
        twins = [face.live() for face in spoof if face.live_twin is not None]
        twins = twins[: round(self.config.twins * self.config.pairs)]
        live = [self._face(Label.LIVE, step, k) for k in range(self.config.pairs - len(twins))]
        faces = {Label.LIVE: live + twins, Label.SPOOF: spoof}
        points = {label: np.stack([self._points(face) for face in faces[label]]) for label in Label}
        return PairedFaces(
            live=np.stack([face.image for face in faces[Label.LIVE]]),
            spoof=np.stack([face.image for face in faces[Label.SPOOF]]),
            live_points=points[Label.LIVE],
            spoof_points=points[Label.SPOOF],
            triangles=np.stack(
                [topology.triangles_for(f.vertices, self.image_size) for f in faces[Label.LIVE]]
            ),
            dropped=self._dropped(step),
            live_twins=_twins_of(faces[Label.SPOOF]) if self.live_twins else None,
        )

    def stream(self, start: int, stop: int, *, workers: int) -> Iterator[PairedFaces]:
        """Batches of the steps from `start` up to `stop`, in order.

        They are made ahead by `workers` threads.
        """
        steps = range(start, stop)
        return prefetched(self.batch, steps, ahead=2 * workers, workers=workers)

    def _face(self, label: Label, step: int, slot: int) -> Face:
        """One augmented face at the model's size."""
        row = self.queues[label].row(step * self.config.pairs + slot)
        rng = self._rng(step, int(label), slot)
        image, twin = self.store.image(row), None
        asked = self.live_twins or self.config.twins > 0
        if asked and (trace := self.store.trace(row)) is not None:
            twin = without_trace(image, trace)
        face = Face(image=image, vertices=self.store.vertices[row], live_twin=twin)
        face = move(face, self.augmentation, rng)
        scale = self.image_size / CROP_SIZE
        points = ((face.vertices + 0.5) * scale - 0.5).astype(np.float32)
        face = face.changed(lambda picture: resize_face(picture, self.image_size), points)
        return self._window(recapture(face, self.augmentation, rng), step, rng)

    def _points(self, face: Face) -> Points:
        """Mesh points of the whole face and its anchors, in pixels of the picture."""
        points = topology.with_anchors(face.vertices, self.image_size)
        corner = np.array(face.corner, np.float32)
        return (points - corner + 0.5) * np.float32(face.scale) - np.float32(0.5)

    def _window(self, face: Face, step: int, rng: np.random.Generator) -> Face:
        """A random window of the face, the larger the earlier, at the side that is learnt from."""
        shown = self.config.window_px
        if shown is None:
            return face
        early = max(0.0, 1 - step / self.config.narrowing) if self.config.narrowing else 0.0
        side = shown + round((self.image_size - shown) * early)
        left, top = (int(start) for start in rng.integers(0, self.image_size - side + 1, 2))
        cut = face.changed(
            lambda image: resize_face(image[top : top + side, left : left + side], shown)
        )
        return replace(cut, corner=(left, top), scale=shown / side)

    def _dropped(self, step: int) -> NDArray[np.int64]:
        if not self.config.harder_samples:
            return np.full(self.config.pairs, NOTHING, dtype=np.int64)
        return self._rng(step, 2).integers(0, ELEMENTS, self.config.pairs)

    def _rng(self, *key: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, *key))


class GroupedQueue:
    """An endless order of rows in which every group comes equally often.

    Every row of a group comes before any of them again.
    """

    def __init__(self, groups: Sequence[NDArray[np.intp]], *, seed: tuple[int, ...]) -> None:
        self.groups = groups
        self.seed = seed
        self._shuffled = lru_cache(maxsize=2 * len(groups) + 2)(self._shuffle)

    def row(self, draw: int) -> int:
        """Row of draw number `draw`."""
        cycle, place = divmod(draw, len(self.groups))
        group = int(self._shuffled(0, cycle, len(self.groups))[place])
        rows = self.groups[group]
        epoch, position = divmod(cycle, len(rows))
        return int(rows[self._shuffled(1 + group, epoch, len(rows))[position]])

    def _shuffle(self, stream: int, turn: int, count: int) -> NDArray[np.int64]:
        return np.random.default_rng((*self.seed, stream, turn)).permutation(count)


def _twins_of(faces: Sequence[Face]) -> LiveTwins:
    known = np.array([face.live_twin is not None for face in faces])
    pictures = [face.image if face.live_twin is None else face.live_twin for face in faces]
    return LiveTwins(pictures=np.stack(pictures), known=known)


def _groups(
    store: Store, rows: Sequence[int] | NDArray[np.intp], label: Label, config: BatchConfig
) -> list[NDArray[np.intp]]:
    """The rows of one class, apart by the values of columns, in a fixed order.

    A group of a favoured medium is there `FAVOUR` times: its rows are drawn as often.
    """
    table, columns = store.columns(), config.balance
    for column in columns:
        if column not in table:
            raise ConfigError(
                f"batches.balance: the store has no column {column!r}; "
                f"it has {', '.join(sorted(table))}"
            )
    groups: dict[tuple[str, ...], list[int]] = collections.defaultdict(list)
    for row in rows:
        if table["label"][row] == label:
            groups[tuple(str(table[column][row]) for column in columns)].append(int(row))
    if not groups:
        raise SplitError(
            f"training rows: expected live and spoof faces, got no {label.name.lower()} face "
            f"among {len(rows)} rows; check the split, or prepare a store that has both"
        )
    return [
        np.array(groups[key], dtype=np.intp)
        for key in sorted(groups)
        for _ in range(FAVOUR if set(key) & set(config.favoured) else 1)
    ]
