"""Keys and rates: who may ask, and how often."""

import asyncio
import base64
import hmac

import pytest
from toy_service import KEY, asked, png, toy_app

from spooftrace.service import access
from spooftrace.service.access import Access
from spooftrace.service.problems import RefusedError


def statuses(folder, *heads, **settings):
    async def whole():
        async with asked(toy_app(folder, **settings)) as client:
            return [await client.get("/v1/model", headers=head) for head in heads]

    return asyncio.run(whole())


def test_only_known_keys_may_ask(tmp_path):
    responses = statuses(
        tmp_path,
        {},
        {"X-API-Key": ""},
        {"X-API-Key": KEY[:-1]},
        {"Authorization": f"Basic {KEY}"},
        {"X-API-Key": KEY},
        {"Authorization": f"Bearer {KEY}"},
        {"X-API-Key": "another-key-of-ours"},
        api_keys=f"{KEY}, another-key-of-ours",
    )
    assert [response.status_code for response in responses] == [401] * 4 + [200] * 3
    assert responses[0].json()["error"]["code"] == "unauthorized"
    assert responses[0].headers["www-authenticate"] == "Bearer"


def test_nothing_is_read_without_a_key(tmp_path):
    """Pieces of the body that were taken from whoever sends it, by the key."""
    taken = {"wrong": 0, KEY: 0}

    async def body(key):
        for piece in (b'{"files": [{"data": "', base64.b64encode(png()), b'"}]}'):
            taken[key] += 1
            yield piece

    async def whole():
        async with asked(toy_app(tmp_path, api_keys=KEY)) as client:
            return [
                await client.post(
                    "/v1/analyze",
                    content=body(key),
                    headers={"Content-Type": "application/json", "X-API-Key": key},
                )
                for key in taken
            ]

    assert [response.status_code for response in asyncio.run(whole())] == [401, 200]
    assert taken == {"wrong": 0, KEY: 3}


def test_health_needs_no_key(tmp_path):
    async def whole():
        async with asked(toy_app(tmp_path, api_keys=KEY)) as client:
            return [(await client.get(path)).status_code for path in ("/healthz", "/readyz")]

    assert asyncio.run(whole()) == [200, 200]


def test_every_key_is_compared_whole(monkeypatch):
    """As many constant-time comparisons of one length, whichever key comes."""
    seen = []

    def compare(one, other):
        seen.append((len(one), len(other)))
        return hmac.compare_digest(one, other)

    class Counted:
        compare_digest = staticmethod(compare)

    monkeypatch.setattr(access, "hmac", Counted)
    keys = Access([KEY, "second-key-of-ours", "third"], 0)
    for key in (KEY, "third", "x", ""):
        seen.clear()
        keys.holds(key)
        assert seen == [(32, 32)] * 3


def test_a_rate_is_a_bucket_that_fills(tmp_path):
    now = [0.0]
    keys = Access([], 3, clock=lambda: now[0])
    for _ in range(3):
        keys.count("a")
    with pytest.raises(RefusedError, match="at most 3 requests a minute") as refused:
        keys.count("a")
    assert (refused.value.code.word, refused.value.retry_after_s) == ("rate_limited", 20)
    keys.count("b")
    now[0] = 19.9
    with pytest.raises(RefusedError):
        keys.count("a")
    now[0] = 20.1
    keys.count("a")


def test_the_rate_of_a_key_over_http(tmp_path):
    first, second, third = statuses(
        tmp_path, *[{"X-API-Key": KEY}] * 3, api_keys=KEY, rate_per_minute=2
    )
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 429)
    assert int(third.headers["retry-after"]) > 0


def test_callers_are_not_remembered_without_end(monkeypatch):
    monkeypatch.setattr(access, "REMEMBERED", 10)
    keys = Access([], 5)
    for number in range(100):
        keys.count(f"10.0.0.{number}")
    assert len(keys._buckets) == 10
