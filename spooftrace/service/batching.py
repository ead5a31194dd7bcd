"""Faces of many requests, judged together: what waits while the network runs is its next batch.

Nothing waits for company: an idle service judges a face at once, alone, and the busier it is, the
larger its batches.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from spooftrace.detector.detection import Detection
from spooftrace.faces.finder import FoundFace

Waiting = tuple[FoundFace, asyncio.Future[Detection]]
Judge = Callable[[list[FoundFace]], Sequence[Detection]]


class Batching:
    """Awaits one face's answer while another thread judges them by the batch.

    Args:
        judge: answers for faces, in their order.
        most: most faces of one batch.
        executor: where `judge` runs, one batch after the other.
        seen: is told how many faces each batch has.
    """

    def __init__(
        self, judge: Judge, most: int, executor: Executor, seen: Callable[[int], object]
    ) -> None:
        self._judge = judge
        self._most = most
        self._executor = executor
        self._seen = seen
        self._waiting: asyncio.Queue[Waiting] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to judge; to be called in the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Judge no more; whoever still waits is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def judge(self, face: FoundFace) -> Detection:
        """The answer for one face; raises what the judge raised for its batch."""
        answer: asyncio.Future[Detection] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((face, answer))
        return await answer

    async def _run(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < self._most and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            # Who left meanwhile, because there was no answer in time, is not judged.
            batch = [(face, answer) for face, answer in batch if not answer.done()]
            if batch:
                await self._answer(batch)

    async def _answer(self, batch: list[Waiting]) -> None:
        self._seen(len(batch))
        faces = [face for face, _ in batch]
        loop = asyncio.get_running_loop()
        try:
            detections = await loop.run_in_executor(self._executor, self._judge, faces)
        except asyncio.CancelledError:
            for _, answer in batch:
                answer.cancel()
            raise
        except Exception as error:  # it belongs to those who wait for it
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), detection in zip(batch, detections, strict=True):
            if not answer.done():
                answer.set_result(detection)
