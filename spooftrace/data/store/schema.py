"""The columns of a store, and how a face becomes a row and a row a face.

    id            string
    image         256 x 256 RGB, lossless WebP (a reader takes PNG as well)
    vertices      float32[280]: x0 y0 x1 y1 ... in crop pixels
    label         int8: 0 live, 1 spoof
    medium        string
    database      string
    clip          string or null
    frame         int32 or null
    subject       string or null
    device        string or null
    session       string or null
    box           list of float32 or null: left, top, right, bottom, pixels of the original picture
    native_size   int32 or null: side of the box
    quality       struct of float32 or null: sharpness, brightness, inside
    trace         binary or null: Zstandard over 256 x 256 x 3 little-endian float16, RGB
    attributes    map of strings

WebP at effort 0 was measured on face crops against PNG at its fastest: a fifth smaller, faster to
write (2.7 against 3.2 ms) and to read (1.1 against 1.7 ms).
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from spooftrace.data.sample import IMAGE_SHAPE, VERTICES_SHAPE, FaceSample
from spooftrace.errors import StoreError
from spooftrace.faces.crop import Box
from spooftrace.faces.quality import Quality
from spooftrace.labels import Label, Medium

SCHEMA_VERSION: Final = 1

_VERTEX_NUMBERS: Final = VERTICES_SHAPE[0] * VERTICES_SHAPE[1]
_TRACE_BYTES: Final = 2 * IMAGE_SHAPE[0] * IMAGE_SHAPE[1] * IMAGE_SHAPE[2]

SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("image", pa.binary(), nullable=False),
        pa.field("vertices", pa.list_(pa.float32(), _VERTEX_NUMBERS), nullable=False),
        pa.field("label", pa.int8(), nullable=False),
        pa.field("medium", pa.string(), nullable=False),
        pa.field("database", pa.string(), nullable=False),
        pa.field("clip", pa.string()),
        pa.field("frame", pa.int32()),
        pa.field("subject", pa.string()),
        pa.field("device", pa.string()),
        pa.field("session", pa.string()),
        # Of no fixed size: Arrow cannot read back a Parquet list of fixed size that is null.
        pa.field("box", pa.list_(pa.float32())),
        pa.field("native_size", pa.int32()),
        pa.field(
            "quality",
            pa.struct([(name, pa.float32()) for name in ("sharpness", "brightness", "inside")]),
        ),
        pa.field("trace", pa.binary()),
        pa.field("attributes", pa.map_(pa.string(), pa.string())),
    ]
)

EARLIER_TYPES: Final = {"box": pa.list_(pa.float32(), 4)}
"""Types that stores of this version have as well; they are read as those of `SCHEMA`."""

METADATA_COLUMNS: Final = tuple(
    name for name in SCHEMA.names if name not in ("image", "vertices", "trace")
)


def encode_image(image: NDArray[np.uint8]) -> bytes:
    """A (h, w, 3) uint8 RGB picture as lossless WebP."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "WEBP", lossless=True, quality=0, method=0)
    return file.getvalue()


def decode_image(data: Any, where: str) -> NDArray[np.uint8]:
    """The crop, (256, 256, 3) uint8 RGB, of an `image` cell; `StoreError` naming `where`."""
    # OpenCV rather than Pillow: it decodes faster, and outside the interpreter's lock.
    raw = np.frombuffer(data, np.uint8)
    image = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    if image is None or image.shape != IMAGE_SHAPE:
        came = "an undecodable image" if image is None else f"an image of shape {image.shape}"
        raise StoreError(f"{where}: expected an image of shape {IMAGE_SHAPE}, got {came}")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def encode_trace(trace: NDArray[np.float16]) -> bytes:
    """A (256, 256, 3) float16 trace as the bytes of a `trace` cell, bit for bit."""
    return pa.compress(trace.astype("<f2").tobytes(), codec="zstd", asbytes=True)  # type: ignore[no-any-return]


def decode_trace(data: Any, where: str) -> NDArray[np.float16]:
    """The (256, 256, 3) float16 trace of a `trace` cell; `StoreError` naming `where`."""
    try:
        raw = pa.decompress(data, decompressed_size=_TRACE_BYTES, codec="zstd")
    except OSError as error:
        raise StoreError(f"{where}: the trace is damaged ({error})") from error
    return np.frombuffer(raw, "<f2").astype(np.float16).reshape(IMAGE_SHAPE)


def to_batch(samples: Sequence[FaceSample]) -> pa.RecordBatch:
    """Rows of a store."""
    return pa.RecordBatch.from_pylist([_to_row(sample) for sample in samples], schema=SCHEMA)


def to_sample(row: Mapping[str, Any], where: str) -> FaceSample:
    """The face of one row, given as Python objects by column name."""
    known = {name: row[name] for name in ("id", "database", "clip", "frame", "native_size")}
    return FaceSample(
        **known,
        subject=row["subject"],
        device=row["device"],
        session=row["session"],
        image=decode_image(row["image"], where),
        vertices=np.array(row["vertices"], np.float32).reshape(VERTICES_SHAPE),
        label=Label(row["label"]),
        medium=Medium(row["medium"]),
        box=_to_box(row["box"], where),
        quality=None if row["quality"] is None else Quality(**row["quality"]),
        trace=None if row["trace"] is None else decode_trace(row["trace"], where),
        attributes=dict(row["attributes"] or ()),
    )


def _to_row(sample: FaceSample) -> dict[str, Any]:
    quality = sample.quality
    return {
        "id": sample.id,
        "image": encode_image(sample.image),
        "vertices": sample.vertices.ravel(),
        "label": int(sample.label),
        "medium": sample.medium.value,
        "database": sample.database,
        "clip": sample.clip,
        "frame": sample.frame,
        "subject": sample.subject,
        "device": sample.device,
        "session": sample.session,
        "box": None
        if (box := sample.box) is None
        else [box.left, box.top, box.left + box.side, box.top + box.side],
        "native_size": sample.native_size,
        "quality": None
        if quality is None
        else {
            "sharpness": quality.sharpness,
            "brightness": quality.brightness,
            "inside": quality.inside,
        },
        "trace": None if sample.trace is None else encode_trace(sample.trace),
        "attributes": sorted(sample.attributes.items()),
    }


def _to_box(numbers: Sequence[float] | None, where: str) -> Box | None:
    if numbers is None:
        return None
    if len(numbers) != 4:
        raise StoreError(f"{where}: the box should be 4 numbers, is {len(numbers)}")
    left, top, right, _ = (int(number) for number in numbers)
    return Box(left=left, top=top, side=right - left)
