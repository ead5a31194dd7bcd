"""More than the service can do, and its end: refused at once, nothing lost, nothing left."""

import asyncio
import threading

import pytest
from toy_landmarker import CentredFaces
from toy_service import BLUISH_SCORE, asked, parts, png, toy_app

from spooftrace.service.batching import Batching


class Gated(CentredFaces):
    """Finds no face before it is let go."""

    def __init__(self):
        super().__init__()
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def find(self, image):
        self.begun.release()
        assert self.go.wait(30)
        return super().find(image)


def post(client):
    return client.post("/v1/analyze", files=parts(png()))


async def begun(gated, number):
    for _ in range(number):
        await asyncio.to_thread(gated.begun.acquire)


async def until(holds):
    """Let the loop run until it holds."""
    for _ in range(3000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never held")


def test_one_more_than_may_be_in_hand_is_refused_at_once(tmp_path):
    gated = Gated()
    app = toy_app(tmp_path, landmarker=gated, workers=1, queue=2)

    async def whole():
        async with asked(app) as client:
            taken = [asyncio.ensure_future(post(client)) for _ in range(3)]
            await until(lambda: app.state.answering._in_hand == 3)
            refused = [await post(client) for _ in range(5)]
            gated.go.set()
            return refused, await asyncio.gather(*taken), await post(client)

    refused, taken, after = asyncio.run(whole())
    for response in refused:
        assert response.status_code == 503
        assert response.json()["error"]["code"] == "overloaded"
        assert int(response.headers["retry-after"]) >= 1
    for response in [*taken, after]:
        assert response.json()["results"][0]["score"] == pytest.approx(BLUISH_SCORE, abs=1e-6)


def test_no_answer_in_time_holds_its_place_until_its_thread_ends(tmp_path):
    gated = Gated()
    app = toy_app(tmp_path, landmarker=gated, workers=1, queue=0, timeout_s=0.2)

    async def whole():
        async with asked(app) as client:
            late = await post(client)
            while_at_work = await post(client)
            gated.go.set()
            await until(lambda: app.state.answering._in_hand == 0)
            return late, while_at_work

    late, while_at_work = asyncio.run(whole())
    assert (late.status_code, late.json()["error"]["code"]) == (504, "timed_out")
    assert while_at_work.json()["error"]["code"] == "overloaded"


def test_the_end_waits_for_what_is_in_hand_and_takes_nothing_new(tmp_path):
    gated = Gated()
    app = toy_app(tmp_path, landmarker=gated, workers=1)

    async def whole():
        async with asked(app) as client:
            taken = asyncio.ensure_future(post(client))
            await begun(gated, 1)
            ending = asyncio.ensure_future(app.state.answering.drain())
            await asyncio.sleep(0)
            refused, ready = await post(client), await client.get("/readyz")
            assert not ending.done()
            gated.go.set()
            await ending
            return await taken, refused, ready

    taken, refused, ready = asyncio.run(whole())
    assert taken.json()["results"][0]["decision"] == "live"
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "draining")
    assert ready.status_code == 503


def test_the_end_does_not_wait_for_ever(tmp_path):
    gated = Gated()
    app = toy_app(tmp_path, landmarker=gated, workers=1, drain_s=0.05)

    async def whole():
        async with asked(app) as client:
            taken = asyncio.ensure_future(post(client))
            await begun(gated, 1)
            await app.state.answering.drain()
            assert not taken.done()
            gated.go.set()
            await asyncio.gather(taken, return_exceptions=True)

    asyncio.run(whole())


def test_what_waits_is_the_next_batch():
    """While a face is judged five more come: they are judged together, each with its own answer."""
    from concurrent.futures import ThreadPoolExecutor

    go, sizes = threading.Event(), []

    def judge(faces):
        assert go.wait(30)
        return list(faces)

    async def whole():
        with ThreadPoolExecutor(1) as executor:
            batching = Batching(judge, 4, executor, sizes.append)
            batching.start()
            faces = list(range(6))
            waiting = [asyncio.ensure_future(batching.judge(faces[0]))]
            await until(lambda: sizes == [1])
            waiting += [asyncio.ensure_future(batching.judge(face)) for face in faces[1:]]
            await asyncio.sleep(0)
            go.set()
            answers = await asyncio.gather(*waiting)
            await batching.stop()
            return answers

    assert asyncio.run(whole()) == [0, 1, 2, 3, 4, 5]
    assert sizes == [1, 4, 1]


def test_a_batch_that_fails_fails_those_who_wait_for_it_and_no_others():
    from concurrent.futures import ThreadPoolExecutor

    def judge(faces):
        if 1 in faces:
            raise RuntimeError("broken")
        return list(faces)

    async def whole():
        with ThreadPoolExecutor(1) as executor:
            batching = Batching(judge, 1, executor, lambda _: None)
            batching.start()
            waiting = [batching.judge(face) for face in range(3)]
            answers = await asyncio.gather(*waiting, return_exceptions=True)
            await batching.stop()
            return answers

    zero, broken, two = asyncio.run(whole())
    assert (zero, two) == (0, 2)
    assert isinstance(broken, RuntimeError)


def test_a_fault_of_ours_has_a_code_and_no_details(tmp_path, monkeypatch):
    app = toy_app(tmp_path)

    def broken(*_, **__):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(app.state.answering.detector.landmarker, "find", broken)

    async def whole():
        async with asked(app) as client:
            return await post(client)

    response = asyncio.run(whole())
    assert (response.status_code, response.json()["error"]["code"]) == (500, "internal_error")
    assert "secret" not in response.text
