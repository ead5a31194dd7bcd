"""The page is drawn by Gradio, of which nothing else is open, and keeps nothing."""

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from toy_service import KEY, asked, parts, png, toy_app

from spooftrace.errors import ConfigError
from spooftrace.service.page import mount

NEEDS_GRADIO = "the page needs the extra 'page'"


def run(folder, ask, *, page=True, **settings):
    async def whole():
        async with asked(toy_app(folder, page=page, **settings)) as client:
            return await ask(client)

    return asyncio.run(whole())


def test_without_gradio_the_page_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(mount, "EXTRA", "no_such_package")

    async def ask(client):
        judged = await client.post("/v1/analyze", files=parts(png()))
        return await client.get("/"), judged, await client.get("/nowhere")

    page, judged, nowhere = run(tmp_path, ask)
    assert (page.status_code, judged.status_code) == (200, 200)
    assert "pip install '.[page]'" in page.text
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "not_found")


def test_the_page_can_be_switched_off(tmp_path):
    assert run(tmp_path, lambda client: client.get("/"), page=False).status_code == 404


def test_the_page_and_its_files_are_there_and_the_api_beside_them(tmp_path):
    pytest.importorskip("gradio", reason=NEEDS_GRADIO)

    async def ask(client):
        page = await client.get("/?deep_link=x")
        asset = re.search(r"assets/[\w.-]+\.js", page.text)[0]
        return page, await client.get(f"/{asset}"), await client.get("/healthz")

    page, asset, healthz = run(tmp_path, ask)
    assert [page.status_code, asset.status_code, healthz.status_code] == [200, 200, 200]
    assert "spooftrace.judgeAgain()" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; connect-src 'self';" in policy
    assert "http" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert asset.headers["cache-control"] == "max-age=86400"
    # What of another server the template names is refused by the policy; nothing else may be asked.
    assert not re.search(r"<(script|iframe)[^>]+src=\"(https?:)?//", page.text)


def test_no_other_route_of_gradio_is_open(tmp_path):
    pytest.importorskip("gradio", reason=NEEDS_GRADIO)
    from spooftrace.service.page.blocks import drawn_by_gradio

    (mounted,) = drawn_by_gradio(needs_key=False, highest=1).routes
    routes = {
        (path, method.upper())
        for path, methods in mounted.app.openapi()["paths"].items()
        for method in methods
    }
    closed = {
        (path, method)
        for path, method in routes
        if method not in ("GET", "HEAD")
        or not (path in mount._FILES or path.startswith(mount._FOLDERS))
    }
    assert len(closed) > 40
    assert {("/gradio_api/upload", "POST"), ("/gradio_api/queue/join", "POST")} <= closed

    async def ask(client):
        asked_for = [(re.sub(r"{[^}]*}", "x", path), method) for path, method in sorted(closed)]
        asked_for += [(f"/gradio_api/file={path}", "GET") for path in ("/etc/passwd", __file__)]
        return {
            (path, method): (await client.request(method, path)).status_code
            for path, method in asked_for
        }

    statuses = run(tmp_path, ask)
    # /openapi.json is the service's own.
    answered = {route: status for route, status in statuses.items() if status != 404}
    assert {path for path, _ in answered} <= {"/openapi.json"}


def test_a_file_system_without_a_temporary_folder_is_named(tmp_path, monkeypatch):
    pytest.importorskip("gradio", reason=NEEDS_GRADIO)
    from spooftrace.service.page import blocks

    def refuse(**_):
        raise FileNotFoundError("No usable temporary directory")

    monkeypatch.setattr(blocks, "drawn_by_gradio", refuse)
    with pytest.raises(ConfigError, match=r"No usable temporary directory.*--tmpfs /tmp"):
        toy_app(tmp_path, page=True)


def test_a_socket_is_closed():
    async def unreachable(*_):
        raise AssertionError("it came through")

    sent = []

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "websocket", "path": "/", "headers": []}
    asyncio.run(mount.FilesAlone(unreachable)(scope, unreachable, send))
    assert sent == ["websocket.close"]


def test_what_is_judged_beside_the_page_touches_no_folder(tmp_path, monkeypatch):
    pytest.importorskip("gradio", reason=NEEDS_GRADIO)
    kept = tmp_path / "temporary"
    kept.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(kept))
    monkeypatch.setattr(tempfile, "tempdir", str(kept))

    async def ask(client):
        await client.get("/")
        upload = await client.post("/gradio_api/upload", files=parts(png()))
        return upload, await client.post("/v1/analyze?panel=true", files=parts(png()))

    upload, judged = run(tmp_path, ask)
    assert (upload.status_code, judged.status_code) == (404, 200)
    assert list(Path(kept).rglob("*")) == []


def test_the_page_needs_no_key_and_knows_nothing(tmp_path):
    pytest.importorskip("gradio", reason=NEEDS_GRADIO)

    async def ask(client):
        return await client.get("/"), await client.get("/v1/model")

    page, model = run(tmp_path, ask, api_keys=KEY)
    assert (page.status_code, model.status_code) == (200, 401)
    assert "eer on dev" not in page.text
    assert KEY not in page.text


def test_drawing_the_page_asks_no_server():
    pytest.importorskip("gradio", reason=NEEDS_GRADIO)
    code = """
import socket, sys, time
def refuse(event, given):
    if event in ("socket.connect", "socket.getaddrinfo") and sys.stdout.write(f"{event} {given}"):
        raise OSError(event)
sys.addaudithook(refuse)
from spooftrace.service.page.blocks import drawn_by_gradio
drawn_by_gradio(needs_key=True, highest=1)
time.sleep(1)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == ""
