"""One face of a store, in memory; its true trace, and the live face that it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import StoreError
from spooftrace.faces.crop import CROP_SIZE, Box
from spooftrace.faces.mesh import VERTEX_COUNT
from spooftrace.faces.picture import Picture
from spooftrace.faces.quality import Quality
from spooftrace.labels import Label, Medium

IMAGE_SHAPE = (CROP_SIZE, CROP_SIZE, 3)
VERTICES_SHAPE = (VERTEX_COUNT, 2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceSample:
    """One cropped face with what is known about it; one row of a store.

    Raises `StoreError` where an array has another shape or type than a store holds, or is not
    finite, or where the medium contradicts the label.
    """

    id: str
    """Stable and unique in a store: database, file, and the frame where the file is a video."""
    image: Picture
    """The crop: (256, 256, 3), RGB, uint8."""
    vertices: NDArray[np.float32]
    """The 140 mesh vertices: (140, 2), (x, y) in pixels of the crop."""
    label: Label
    medium: Medium
    database: str
    """The recording campaign, or for a manifest its `source`."""
    clip: str | None = None
    """The video or folder of frames that the face is from; unique within a database."""
    frame: int | None = None
    """Number of the frame within its clip, from 0 where it was read from a video."""
    subject: str | None = None
    device: str | None = None
    session: str | None = None
    box: Box | None = None
    """The square of the original picture that was cut out."""
    native_size: int | None = None
    """Side of that square in pixels of the original picture."""
    quality: Quality | None = None
    trace: NDArray[np.float16] | None = None
    """True signed trace where simulated: (256, 256, 3), RGB, where an image is [0, 1]."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Anything else that a database states."""

    @property
    def live_twin(self) -> Picture | None:
        """The living face that the camera would have seen at the same moment: (256, 256, 3) uint8.

        Of a live face the picture itself, of a simulated spoof the picture without its trace;
        `None` of any other spoof.
        """
        if self.label is Label.LIVE:
            return self.image
        return None if self.trace is None else without_trace(self.image, self.trace)

    def __post_init__(self) -> None:
        """Reject what a store cannot hold."""
        self._expect("image", self.image, IMAGE_SHAPE, np.uint8)
        self._expect("vertices", self.vertices, VERTICES_SHAPE, np.float32)
        if self.trace is not None:
            self._expect("trace", self.trace, IMAGE_SHAPE, np.float16)
        if self.medium.label is not self.label:
            raise StoreError(
                f"sample {self.id!r}: the label is {self.label.name.lower()} but the medium is"
                f" {self.medium.value!r}; one of them is wrong"
            )

    def _expect(
        self, name: str, array: NDArray[np.generic], shape: tuple[int, ...], dtype: type
    ) -> None:
        if array.shape != shape or array.dtype != dtype:
            raise StoreError(
                f"sample {self.id!r}: {name} should be {np.dtype(dtype)} of shape {shape},"
                f" got {array.dtype} of shape {array.shape}"
            )
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            place = tuple(int(axis) for axis in np.argwhere(~np.isfinite(array))[0])
            raise StoreError(
                f"sample {self.id!r}: {name} should be finite, got {array[place]} at {place};"
                " what made it is at fault"
            )


def without_trace(spoof: Picture, trace: NDArray[np.float16]) -> Picture:
    """The live picture below a simulated spoof: image minus trace, rounded (Eq. 1).

    Both (n, n, 3). A trace is the difference of two pictures, and half precision is fine enough
    for rounding to restore every grey level.
    """
    live = spoof.astype(np.float32) - trace.astype(np.float32) * np.float32(255)
    return np.asarray(np.clip(np.rint(live), 0, 255), np.uint8)
