"""`spooftrace serve` as a process: it listens, answers, drains and ends with 0."""

import json
import os
import re
import signal
import subprocess
import sys

import httpx
import pytest
from toy_bundle import toy_info, write_toy
from toy_service import parts, png


def serve(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "spooftrace", "serve", "--port", "0", *map(str, arguments)],
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def model(tmp_path):
    return write_toy(tmp_path / "toy.onnx", toy_info())


def test_it_listens_answers_and_ends_when_told(model):
    process = serve(SPOOFTRACE_MODEL=str(model))
    lines = []
    try:
        for line in process.stderr:
            lines.append(line)
            if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                break
        response = httpx.post(f"{found[1]}/v1/analyze", files=parts(png()), timeout=60)
    finally:
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=60)
    (answer,) = response.json()["results"]
    assert (answer["decision"], answer["reason"]) == ("no_answer", "no_face")
    assert process.returncode == 0
    said = [json.loads(line) for line in [*lines, *rest.splitlines()] if line.startswith("{")]
    requests = [line for line in said if line["message"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [("/v1/analyze", 200)]
    assert "stopped" in [line["message"] for line in said]


@pytest.mark.parametrize(
    ("info", "environment", "said"),
    [
        (None, {"SPOOFTRACE_MODEL": "standart"}, "standart: expected a bundle"),
        ({"threshold": None}, {}, "expected a threshold in the bundle, got none"),
        ({}, {"SPOOFTRACE_QUEUE": "long"}, "SPOOFTRACE_QUEUE"),
        ({}, {"SPOOFTRACE_LIMITS": "min_size_px=9,min_colur=0"}, "did you mean 'min_colour'"),
    ],
)
def test_what_cannot_serve_ends_in_one_line(tmp_path, info, environment, said):
    given = [] if info is None else ["--model", write_toy(tmp_path / "m.onnx", toy_info(**info))]
    process = serve(*given, **environment)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.splitlines()[-1].startswith("error: ")
    assert said in err
