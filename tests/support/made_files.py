"""Picture and video files of every kind, written for the tests that read them."""

import struct

import av
import cv2
import numpy as np
from PIL import Image

SHAPE = (40, 60, 3)
MATRICES = {
    0: (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30),
    90: (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30),
    180: (-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30),
    270: (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30),
}


def corner_colours(shape=SHAPE):
    """Red at the top left, green at the top right, blue at the bottom left, white at the last."""
    picture = np.zeros(shape, np.uint8)
    half_rows, half_columns = shape[0] // 2, shape[1] // 2
    picture[:half_rows, :half_columns] = (250, 0, 0)
    picture[:half_rows, half_columns:] = (0, 250, 0)
    picture[half_rows:, :half_columns] = (0, 0, 250)
    picture[half_rows:, half_columns:] = (250, 250, 250)
    return picture


def corners(picture):
    """Initials of the colours at the top left, top right, bottom left and bottom right."""
    names = {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w", (0, 0, 0): "k"}
    places = (picture[y, x] for y in (5, -5) for x in (5, -5))
    return "".join(names[tuple((place > 128).astype(int).tolist())] for place in places)


def save(path, picture=None, **options):
    image = Image.fromarray(corner_colours() if picture is None else picture)
    image.save(path, **options)
    return path


def write_exact_video(path, pictures, *, rate=10):
    """A video of RGB pictures without loss (FFV1), whatever the version of the encoder."""
    with av.open(str(path), "w") as container:
        out = container.add_stream("ffv1", rate=rate)
        out.height, out.width = pictures[0].shape[:2]
        out.pix_fmt = "bgr0"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(out.encode(frame.reformat(format="bgr0")))
        container.mux(out.encode(None))
    return path


def write_video(path, pictures, *, code="mp4v", rate=10):
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), rate, (width, height))
    assert writer.isOpened()
    for picture in pictures:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def rotate_metadata(path, degrees):
    """Patch the display matrix of an mp4's track header (ISO/IEC 14496-12, `tkhd` version 0)."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd")
    assert data[start + 4] == 0
    matrix = start + 4 + 4 + 5 * 4 + 8 + 4 * 2
    assert struct.unpack(">9i", data[matrix : matrix + 36]) == MATRICES[0]
    data[matrix : matrix + 36] = struct.pack(">9i", *MATRICES[degrees])
    path.write_bytes(data)
    return path
