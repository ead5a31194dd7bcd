"""Files that mean harm: each is refused with a 4xx of a stable code, before it costs much."""

import asyncio
import base64
import io
import struct
import tempfile
import zipfile
import zlib

import pytest
from PIL import Image
from toy_service import asked, clip, parts, png, toy_app


def png_header(width, height, *, content=b""):
    """A PNG that announces a size, whatever it holds."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    return file.getvalue()


def animated():
    file = io.BytesIO()
    frames = [Image.new("L", (64, 64), level) for level in (0, 255)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


HOSTILE = {
    "zero bytes": (b"", "empty_file", 422),
    "text": (b"not a picture", "unreadable_file", 422),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "unreadable_file", 422),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable_file", 422),
    "truncated PNG": (png()[:200], "unreadable_file", 422),
    "truncated JPEG": (png(kind="JPEG")[:600], "unreadable_file", 422),
    "head of a PNG": (b"\x89PNG\r\n\x1a\n", "unreadable_file", 422),
    "100 megapixels": (png_header(10_000, 10_000), "too_many_pixels", 413),
    "the largest PNG": (png_header(2**31 - 1, 2**31 - 1), "too_many_pixels", 413),
    "bomb": (
        png_header(60_000, 60_000, content=zlib.compress(bytes(2_000_000))),
        "too_many_pixels",
        413,
    ),
    "wrong content": (png_header(8, 8, content=b"\xff" * 40), "unreadable_file", 422),
    "animation": (animated(), "unreadable_file", 422),
    "picture and archive": (png() + zipped(), "polyglot_file", 422),
    "archive": (zipped(), "polyglot_file", 422),
    "picture and PDF": (b"%PDF-1.7\n" + png(), "polyglot_file", 422),
    "picture and script": (png() + b"<script>alert(1)</script>", "polyglot_file", 422),
    "picture and PHP": (png() + b"<?PHP system('id');", "polyglot_file", 422),
    "head of an MP4": (b"\0\0\0\x18ftypisom\0\0\0\0isom", "unreadable_file", 422),
    "truncated MP4": (clip()[:1500], "unreadable_file", 422),
    "AVI of nonsense": (b"RIFF\xff\xff\xff\xffAVI " + bytes(400), "unreadable_file", 422),
    "Matroska of nonsense": (b"\x1aE\xdf\xa3" + b"\xff" * 400, "unreadable_file", 422),
    "playlist": (b"#EXTM3U\nfile:///etc/passwd\n", "unreadable_file", 422),
    "list of files": (b"ffconcat version 1.0\nfile /etc/passwd\n", "unreadable_file", 422),
    "clip of too many frames": (clip(frames=61), "too_many_frames", 413),
    "clip that is too long": (clip(frames=30, rate=1), "too_long", 413),
    "clip of too many pixels": (clip(frames=2, size=(2048, 1024)), "too_many_pixels", 413),
}
LIMITS = {"max_frames": 60, "max_duration_s": 20, "max_pixels": 2_000_000}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """The answer to each hostile file, as multipart and as JSON, and to a good one at the end."""

    async def ask():
        responses = {}
        async with asked(toy_app(tmp_path_factory.mktemp("app"), **LIMITS)) as client:
            for name, (data, _, _) in HOSTILE.items():
                body = {"files": [{"data": base64.b64encode(data).decode()}]}
                responses[name] = (
                    await client.post("/v1/analyze", files=parts(data)),
                    await client.post("/v1/analyze", json=body),
                )
            responses["good"] = await client.post("/v1/analyze", files=parts(png()))
        return responses

    return asyncio.run(ask())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_have_a_stable_code(answers, name):
    _, code, status = HOSTILE[name]
    for response in answers[name]:
        error = response.json()["error"]
        assert (error["code"], response.status_code) == (code, status), error
        assert error["request_id"] == response.headers["x-request-id"]
        assert "/proc/" not in error["message"]


def test_the_service_lives_on(answers):
    assert answers["good"].status_code == 200


def ask_one(folder, ask, **settings):
    async def whole():
        async with asked(toy_app(folder, **settings)) as client:
            return await ask(client)

    return asyncio.run(whole())


def code_of(response):
    return response.json()["error"]["code"], response.status_code


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"{", "application/json", ("bad_request", 400)),
        (b"[]", "application/json", ("bad_request", 400)),
        (b'{"files": []}', "application/json", ("bad_request", 400)),
        (b'{"files": [{"data": "@@@@"}]}', "application/json", ("bad_request", 400)),
        (
            b'{"files": [{"data": "", "path": "/etc/passwd"}]}',
            "application/json",
            ("bad_request", 400),
        ),
        (b'{"files": [{"data": "\xc3\xa4"}]}', "application/json", ("bad_request", 400)),
        (b"[" * 100_000, "application/json", ("bad_request", 400)),
        (b"x", "multipart/form-data", ("bad_request", 400)),
        (b"x", "multipart/form-data; boundary=b", ("bad_request", 400)),
        (b"--b\r\n\r\n", "multipart/form-data; boundary=b", ("bad_request", 400)),
        (b"x", "text/plain", ("unsupported_body", 415)),
        (b"x", "", ("unsupported_body", 415)),
    ],
)
def test_broken_bodies_have_a_stable_code(tmp_path, content, kind, code):
    def ask(client):
        return client.post("/v1/analyze", content=content, headers={"Content-Type": kind})

    assert code_of(ask_one(tmp_path, ask)) == code


def test_a_text_field_is_no_file(tmp_path):
    def ask(client):
        return client.post("/v1/analyze", files={"files": (None, "/etc/passwd")})

    assert code_of(ask_one(tmp_path, ask)) == ("bad_request", 400)


def test_a_files_name_is_never_used(tmp_path):
    def ask(client):
        files = [("files", ("../../../etc/passwd\r\nX: y", png(), "text/html"))]
        return client.post("/v1/analyze", files=files)

    response = ask_one(tmp_path, ask)
    assert response.status_code == 200
    assert "passwd" not in response.text


@pytest.mark.parametrize("announced", [True, False])
def test_more_bytes_than_may_come(tmp_path, announced):
    async def body():
        for _ in range(100):
            yield bytes(1000)

    async def ask(client):
        content = bytes(100_000) if announced else body()
        kind = {"Content-Type": "application/json"}
        return await client.post("/v1/analyze", content=content, headers=kind)

    assert code_of(ask_one(tmp_path, ask, max_bytes=5000)) == ("too_many_bytes", 413)


def test_more_files_than_may_come(tmp_path):
    async def ask(client):
        files = [png()] * 3
        body = {"files": [{"data": base64.b64encode(png()).decode()}] * 3}
        return (
            await client.post("/v1/analyze", files=parts(*files)),
            await client.post("/v1/analyze", json=body),
        )

    for response in ask_one(tmp_path, ask, max_files=2):
        assert code_of(response) == ("too_many_files", 413)


def test_a_body_that_does_not_come(tmp_path):
    async def body():
        yield b"{"
        await asyncio.sleep(60)

    def ask(client):
        kind = {"Content-Type": "application/json"}
        return client.post("/v1/analyze", content=body(), headers=kind)

    response = ask_one(tmp_path, ask, upload_timeout_s=0.05)
    assert code_of(response) == ("upload_timed_out", 408)


def test_nothing_touches_a_disk(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a file was made")

    noisy = png(size=(1500, 1500), kind="BMP")  # larger than the parser's own spool
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    response = ask_one(
        tmp_path, lambda client: client.post("/v1/analyze", files=parts(noisy, clip()))
    )
    assert response.status_code == 200
    assert len(response.json()["results"]) == 2


def test_unknown_routes_and_parameters(tmp_path):
    async def ask(client):
        return [
            await client.get("/v1/analyze"),
            await client.get("/v1/../etc/passwd"),
            await client.post("/v1/analyze?threshold=nan", files=parts(png())),
            await client.post("/v1/analyze?every=0", files=parts(png())),
        ]

    codes = [code_of(response) for response in ask_one(tmp_path, ask)]
    assert codes == [
        ("method_not_allowed", 405),
        ("not_found", 404),
        ("invalid_parameter", 422),
        ("invalid_parameter", 422),
    ]
