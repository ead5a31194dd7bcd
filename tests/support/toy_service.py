"""A service of the toy detector, asked in this process."""

import io
import threading
import time
from contextlib import asynccontextmanager, contextmanager

import httpx
import numpy as np
import uvicorn
from PIL import Image
from toy_bundle import toy_info, write_toy
from toy_landmarker import OPEN_GATE, CentredFaces

from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import SpoofDetector
from spooftrace.service.app import create_app
from spooftrace.service.settings import Settings

BLUISH = (51, 102, 204)
BLUISH_SCORE = 7 / 30 + 0.23
"""Of a face of that colour, see toy_bundle: map_score 7/30, trace_score 0.115, alpha_0 2."""
KEY = "a-key-of-the-bank"


def toy_detector(folder, landmarker=None):
    bundle = Bundle.load(write_toy(folder / "toy.onnx", toy_info()), threads=1)
    return SpoofDetector.load(bundle, landmarker=landmarker or CentredFaces(), gate=OPEN_GATE)


def toy_app(folder, *, landmarker=None, page=False, **settings):
    """Without the page unless asked for: Gradio takes a second to draw it."""
    return create_app(toy_detector(folder, landmarker), Settings(page=page, **settings))


@asynccontextmanager
async def asked(app):
    """A client of the running application; it has stopped and drained afterwards."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        yield client


def png(colour=BLUISH, size=(400, 300), kind="PNG"):
    """A picture of one colour, as a file."""
    file = io.BytesIO()
    Image.fromarray(np.broadcast_to(np.uint8(colour), (*size[::-1], 3)).copy()).save(file, kind)
    return file.getvalue()


def clip(frames=40, colour=BLUISH, size=(160, 120), rate=20):
    """A clip of one colour, as an MP4 file."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        picture = np.broadcast_to(np.uint8(colour), (size[1], size[0], 3)).copy()
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def parts(*files):
    """The multipart field of the files."""
    return [("files", ("x", data, "application/octet-stream")) for data in files]


@contextmanager
def served(app):
    """The address of the application, which listens on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
