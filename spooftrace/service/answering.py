"""From named bytes to answers: bounded threads, batches of faces, a limit of what is in hand."""

import asyncio
import base64
import io
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from PIL import Image

from spooftrace.detector.detection import Detection, decide
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.following import FrameDetection
from spooftrace.detector.panel import draw_panel
from spooftrace.faces.finder import FoundFace, Rejection
from spooftrace.service.batching import Batching
from spooftrace.service.counters import Counters
from spooftrace.service.files import Reader, is_clip, refuse_polyglot
from spooftrace.service.problems import Code, RefusedError
from spooftrace.service.settings import Settings
from spooftrace.service.uploads import Upload

Record = dict[str, Any]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the files of a request are to be judged."""

    threshold: float | None = None
    """Spoof from this score on; None is the bundle's."""
    every: int
    """Of a clip, every n-th frame is judged."""
    wants_panel: bool = False
    """Whether each judged picture or clip comes with its panel."""


class Answering:
    """Judges the files of requests.

    As many requests as `settings.capacity` are in hand at once; the next one is refused at the
    door, so nothing here can grow. A thread that is still at work for a request which was given up
    keeps its place until it ends.

    Args:
        detector: shared by all threads.
        settings: the limits.
        counters: are told what happens.
    """

    def __init__(self, detector: SpoofDetector, settings: Settings, counters: Counters) -> None:
        self.detector = detector
        self._settings = settings
        self._counters = counters
        self._reader = Reader(settings)
        self._workers = ThreadPoolExecutor(settings.workers, thread_name_prefix="reader")
        self._network = ThreadPoolExecutor(1, thread_name_prefix="network")
        self._batching = Batching(
            detector.judge_found, settings.batch, self._network, counters.batch.observe
        )
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.is_draining = False

    def start(self) -> None:
        """Begin; to be called in the running event loop."""
        self._batching.start()

    async def drain(self) -> None:
        """Take nothing new, wait for what is in hand, end the threads."""
        self.is_draining = True
        # What is left then is cut off: whoever stops us has waited as long as was agreed.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.drain_s):
                await self._idle.wait()
        await self._batching.stop()
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._network.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def place(self) -> Iterator["Place"]:
        """One of the places for requests in hand; raises RefusedError (overloaded, draining)."""
        if self.is_draining:
            raise RefusedError(Code.DRAINING, "the service stops; ask another one", retry_after_s=5)
        if self._in_hand >= self._settings.capacity:
            raise RefusedError(
                Code.OVERLOADED,
                f"{self._in_hand} requests are in hand, as many as may be; try again",
                retry_after_s=1,
            )
        self._in_hand += 1
        self._counters.in_hand.set(self._in_hand)
        self._idle.clear()
        place = Place(self._free)
        try:
            yield place
        finally:
            place.leave()

    async def answer(self, uploads: Sequence[Upload], wish: Wish, place: "Place") -> list[Record]:
        """The records of files, in their order.

        Raises RefusedError for the first file that is refused, and (timed_out) where there is no
        answer in time; BundleError where there is no threshold, ConfigError where it is not finite.
        """
        self.detector.threshold(wish.threshold)
        deadline = time.monotonic() + self._settings.timeout_s
        files = [
            asyncio.ensure_future(self._file(upload, wish, deadline, place)) for upload in uploads
        ]
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return list(await asyncio.gather(*files))
        except TimeoutError as error:
            raise RefusedError(
                Code.TIMED_OUT, f"there was no answer within {self._settings.timeout_s:g} s"
            ) from error
        finally:
            for file in files:
                file.cancel()

    async def _file(self, upload: Upload, wish: Wish, deadline: float, place: "Place") -> Record:
        def work(do: Callable[[], Result]) -> Callable[[], Result]:
            def in_time() -> Result:
                if time.monotonic() > deadline:  # it waited in vain for a worker
                    raise RefusedError(Code.TIMED_OUT, "there was no answer in time")
                return do()

            return in_time

        if is_clip(upload.data):
            do = partial(self._clip, upload, wish, deadline)
            record = await place.in_thread(self._workers, work(do))
        else:
            found = await place.in_thread(self._workers, work(partial(self._look, upload)))
            detection = await self._judged(found, wish)
            panel = None
            if wish.wants_panel and detection.evidence is not None:
                panel = await place.in_thread(self._workers, work(partial(panel_png, detection)))
            record = {"kind": "picture", **detection.to_json(), "panel": panel}
        self._counters.answers.labels(
            record["kind"], record["decision"], record["reason"] or ""
        ).inc()
        return {"file": upload.index, **record}

    def _look(self, upload: Upload) -> FoundFace | Rejection:
        refuse_polyglot(upload)
        return self.detector.find(self._reader.picture(upload))

    async def _judged(self, found: FoundFace | Rejection, wish: Wish) -> Detection:
        limit, source = self.detector.threshold(wish.threshold)
        if isinstance(found, Rejection):
            return Detection.refused(found, threshold=limit, threshold_source=source)
        judged = await self._batching.judge(found)
        assert judged.score is not None  # of a face
        decision = decide(judged.score, limit)
        return replace(judged, decision=decision, threshold=limit, threshold_source=source)

    def _clip(self, upload: Upload, wish: Wish, deadline: float) -> Record:
        refuse_polyglot(upload)
        frames: list[Record] = []

        def judged(_: object, answer: FrameDetection) -> None:
            head = {"frame": answer.number, "time_s": answer.time_s, "track": answer.track}
            frames.append({**head, **answer.detection.to_json()})

        opened = self._reader.frames(upload, every=wish.every, deadline=deadline)
        with closing(opened):
            voted = self.detector.predict_video(opened, threshold=wish.threshold, on_frame=judged)
        seen = max(voted.tracks, key=lambda track: track.vote.answered, default=None)
        shown = seen.shown if seen else None
        return {
            "kind": "video",
            "every": wish.every,
            **voted.to_json(),
            "explanation": shown.explanation if shown else None,
            "panel": panel_png(shown) if shown and wish.wants_panel else None,
            "frames": frames,
        }

    def _free(self) -> None:
        self._in_hand -= 1
        self._counters.in_hand.set(self._in_hand)
        if self._in_hand == 0:
            self._idle.set()


class Place:
    """A request's place among those in hand; free when the request has left and its threads too."""

    def __init__(self, free: Callable[[], None]) -> None:
        self._free = free
        self._held = 1

    async def in_thread(self, executor: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        """What `work` returns, which runs in a thread; given up, it still holds the place."""
        running = asyncio.get_running_loop().run_in_executor(executor, work)
        self._held += 1
        running.add_done_callback(lambda _: self.leave())
        return await asyncio.shield(running)

    def leave(self) -> None:
        """One holder less."""
        self._held -= 1
        if self._held == 0:
            self._free()


def panel_png(detection: Detection) -> str:
    """The panel of a judged face, as a PNG file in base64."""
    file = io.BytesIO()
    Image.fromarray(draw_panel(detection)).save(file, "PNG", compress_level=1)
    return base64.b64encode(file.getvalue()).decode()
