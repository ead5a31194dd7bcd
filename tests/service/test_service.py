"""What a service answers: the detector's own numbers, under the names of its documentation."""

import asyncio
import base64
import io
import json
import logging

import numpy as np
import pytest
from PIL import Image
from toy_service import BLUISH_SCORE, asked, clip, parts, png, toy_app

from spooftrace.detector.panel import HEIGHT, WIDTH
from spooftrace.service.logs import JsonLines


def run(folder, ask, **settings):
    """What `ask(client)` gives, of an application with these settings."""

    async def whole():
        async with asked(toy_app(folder, **settings)) as client:
            return await ask(client)

    return asyncio.run(whole())


def post(folder, *files, query="", **settings):
    return run(
        folder, lambda client: client.post(f"/v1/analyze{query}", files=parts(*files)), **settings
    )


def test_a_picture_is_judged_as_the_detector_judges_it(tmp_path):
    response = post(tmp_path, png())
    assert response.status_code == 200
    (answer,) = response.json()["results"]
    assert (answer["file"], answer["kind"], answer["decision"]) == (0, "picture", "live")
    assert answer["score"] == pytest.approx(BLUISH_SCORE, abs=1e-6)
    assert (answer["threshold"], answer["threshold_source"]) == (0.5, "eer on dev")
    assert answer["box"]["side"] == answer["native_size"] == 180
    assert answer["panel"] is None


def test_many_pictures_keep_their_order(tmp_path):
    white, black = png((255, 255, 255)), png((0, 0, 0))
    answers = post(tmp_path, white, black, png(), white).json()["results"]
    assert [one["decision"] for one in answers] == ["spoof", "no_answer", "live", "spoof"]
    assert [one["file"] for one in answers] == [0, 1, 2, 3]
    assert answers[1]["reason"] == "no_face"


def test_json_says_the_same_as_multipart(tmp_path):
    body = {"files": [{"data": base64.b64encode(png()).decode()}]}
    by_json = run(tmp_path, lambda client: client.post("/v1/analyze", json=body)).json()
    assert by_json["results"] == post(tmp_path, png()).json()["results"]


def test_a_clip_is_judged_by_the_median_of_its_frames(tmp_path):
    (answer,) = post(tmp_path, clip(frames=40), query="?every=10").json()["results"]
    assert (answer["kind"], answer["every"], answer["frames_seen"]) == ("video", 10, 4)
    assert [frame["frame"] for frame in answer["frames"]] == [0, 10, 20, 30]
    assert [frame["time_s"] for frame in answer["frames"]] == pytest.approx([0, 0.5, 1, 1.5])
    assert answer["score"] == np.median([frame["score"] for frame in answer["frames"]])
    # The codec moves a colour by a level or two.
    assert answer["score"] == pytest.approx(BLUISH_SCORE, abs=0.02)


def test_the_callers_threshold_decides_and_says_so(tmp_path):
    (answer,) = post(tmp_path, png(), query="?threshold=0.4").json()["results"]
    assert (answer["decision"], answer["threshold_source"]) == ("spoof", "caller")


def test_the_panel_comes_when_asked_for(tmp_path):
    (answer,) = post(tmp_path, png(), query="?panel=true").json()["results"]
    panel = Image.open(io.BytesIO(base64.b64decode(answer["panel"])))
    assert panel.size == (WIDTH, HEIGHT)


def test_a_clips_panel_and_sentence_are_of_its_own_face(tmp_path):
    (answer,) = post(tmp_path, clip(), query="?panel=true").json()["results"]
    assert Image.open(io.BytesIO(base64.b64decode(answer["panel"]))).size == (WIDTH, HEIGHT)
    assert answer["explanation"] in [frame["explanation"] for frame in answer["frames"]]
    (without,) = post(tmp_path, clip()).json()["results"]
    assert without["panel"] is None
    (black,) = post(tmp_path, clip(colour=(0, 0, 0)), query="?panel=true").json()["results"]
    assert (black["panel"], black["explanation"]) == (None, None)


def test_model_says_what_judges_and_the_limits(tmp_path):
    model = run(tmp_path, lambda client: client.get("/v1/model"), max_files=3).json()
    assert model["bundle"]["threshold"]["value"] == 0.5
    assert len(model["sha256"]) == 64
    assert model["limits"]["max_files"] == 3
    assert model["limits"]["min_size_px"] == 64
    assert model["figures"] == []


def test_the_request_id_is_kept_where_it_is_harmless(tmp_path):
    async def ask(client):
        kept = await client.get("/healthz", headers={"X-Request-ID": "door-7"})
        made = await client.get("/healthz", headers={"X-Request-ID": "no spaces {}"})
        return kept.headers["x-request-id"], made.headers["x-request-id"]

    kept, made = run(tmp_path, ask)
    assert kept == "door-7"
    assert len(made) == 32
    assert set(made) <= set("0123456789abcdef")


def test_metrics_count_answers_and_refusals(tmp_path):
    async def ask(client):
        await client.post("/v1/analyze", files=parts(png(), png((0, 0, 0))))
        await client.post("/v1/analyze", files=parts(b"nonsense"))
        return (await client.get("/metrics")).text

    lines = run(tmp_path, ask).splitlines()
    live = 'spooftrace_answers_total{decision="live",kind="picture",reason=""} 1.0'
    refused = (
        'spooftrace_requests_total{code="unreadable_file",route="/v1/analyze",status="422"} 1.0'
    )
    assert live in lines
    assert refused in lines
    assert "spooftrace_requests_in_hand 0.0" in lines


def test_logs_are_json_without_names_keys_or_queries(tmp_path, caplog):
    async def ask(client):
        files = [("files", ("secret-name.png", png(), "image/png"))]
        return await client.post("/v1/analyze?threshold=0.123", files=files)

    with caplog.at_level(logging.INFO, "spooftrace"):
        response = run(tmp_path, ask)
    lines = [JsonLines().format(record) for record in caplog.records]
    (line,) = [json.loads(line) for line in lines if json.loads(line)["message"] == "request"]
    assert line["request_id"] == response.headers["x-request-id"]
    assert (line["route"], line["status"], line["files"]) == ("/v1/analyze", 200, 1)
    assert not any("secret-name" in text or "0.123" in text for text in lines)


def test_answers_are_not_kept_by_anybody(tmp_path):
    headers = post(tmp_path, png()).headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert "access-control-allow-origin" not in headers


def test_pages_of_named_origins_may_ask_and_no_others(tmp_path):
    async def ask(client):
        heads = []
        for origin in ("https://bank.example", "https://other.example"):
            response = await client.get("/healthz", headers={"Origin": origin})
            heads.append(response.headers.get("access-control-allow-origin"))
        return heads

    assert run(tmp_path, ask) == [None, None]
    allowed = run(tmp_path, ask, cors_origins="https://bank.example")
    assert allowed == ["https://bank.example", None]
