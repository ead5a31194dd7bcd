"""The container's recipe, as a linter of recipes reads it, and what makes it a safe one."""

import re
import shlex
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def instructions():
    """(name, rest) of each instruction, lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def last_stage():
    whole = instructions()
    return whole[max(i for i, (name, _) in enumerate(whole) if name == "FROM") :]


def test_bases_are_slim_and_pinned():
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert bases == ["python:${PYTHON}-slim"] * 2
    (python,) = [rest for name, rest in instructions() if rest.startswith("PYTHON=")]
    assert re.fullmatch(r"PYTHON=3\.\d+", python)


def test_it_runs_as_nobody_in_particular():
    users = [rest for name, rest in last_stage() if name == "USER"]
    assert users == ["10001"]
    after = [name for name, _ in last_stage()]
    assert "RUN" not in after[after.index("USER") :]


def test_nothing_that_trains_is_installed():
    text = (ROOT / "Dockerfile").read_text("utf-8")
    (extras,) = re.findall(r"^ARG EXTRAS=(\S+)", text, re.MULTILINE)
    assert extras.split(",") == ["serve", "video"]
    assert not re.search(r"\[(train|data|dev|page)|\btorch==", text)


def test_it_has_a_health_check_and_commands_in_the_form_that_gets_signals():
    kinds = dict(last_stage())
    assert "/readyz" in kinds["HEALTHCHECK"]
    assert kinds["ENTRYPOINT"].startswith('["spooftrace", "serve"')
    assert kinds["CMD"].startswith("[")


def test_commands_keep_no_cache_and_fetch_nothing_by_hand():
    for name, rest in instructions():
        assert name not in ("ADD", "MAINTAINER", "SHELL")
        if name == "RUN":
            words = shlex.split(rest)
            assert not {"sudo", "curl", "wget", "ssh", "apt-get", "chmod"} & set(words)
            assert ("install" in words) <= ("--no-cache-dir" in words)


def test_only_the_package_is_sent_to_the_engine():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    sent = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        word
        for name, rest in instructions()
        if name == "COPY" and not rest.startswith("--from")
        for word in rest.split()[:-1]
    }
    assert rules[0] == "*"
    assert sent == copied
    assert all((ROOT / name).exists() for name in copied)


def test_compose_takes_every_right_away_and_waits_for_the_drain():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["spooftrace"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert all(volume.endswith(":ro") for volume in service["volumes"])
    assert int(service["stop_grace_period"].removesuffix("s")) > 30
