"""Who may ask, and how often."""

import hashlib
import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from fastapi import Request

from spooftrace.service.problems import Code, RefusedError

REMEMBERED: Final = 10_000
"""Callers whose rate is kept; beyond, the one that asked longest ago is forgotten."""


class Access:
    """Checks keys in constant time, and counts requests per caller in token buckets.

    Args:
        keys: the keys that may ask; none: everybody may.
        rate_per_minute: requests of one caller, which may come all at once; 0: no limit.
        clock: seconds that never run backwards.
    """

    def __init__(
        self,
        keys: Sequence[str],
        rate_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = [_digest(key) for key in keys]
        self._rate = rate_per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Whether no key is needed."""
        return not self._keys

    def holds(self, key: str) -> bool:
        """Whether the key is one of ours; takes as long for every key."""
        came = _digest(key)
        # Every key is compared: an early end would tell how many come before it.
        return sum(hmac.compare_digest(came, ours) for ours in self._keys) > 0

    def caller(self, request: Request) -> str:
        """Who asks: the first letters of a key's hash, or the address where no key is needed.

        Raises RefusedError (unauthorized) for a missing or unknown key.
        """
        if self.is_open:
            return request.client.host if request.client else "unknown"
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        key = request.headers.get("x-api-key", "") or (
            bearer.strip() if scheme.lower() == "bearer" else ""
        )
        if not self.holds(key):
            raise RefusedError(
                Code.UNAUTHORIZED,
                "expected an API key of this service, as `Authorization: Bearer KEY` or "
                "`X-API-Key: KEY`; got none, or one that is not known",
            )
        return f"key-{_digest(key).hex()[:8]}"

    def count(self, caller: str) -> None:
        """Take one request from the caller's bucket; RefusedError (rate_limited) when empty."""
        if not self._rate:
            return
        now = self._clock()
        left, before = self._buckets.pop(caller, (float(self._rate), now))
        left = min(float(self._rate), left + (now - before) * self._rate / 60)
        if left >= 1:
            self._keep(caller, left - 1, now)
            return
        self._keep(caller, left, now)
        wait = math.ceil((1 - left) * 60 / self._rate)
        raise RefusedError(
            Code.RATE_LIMITED,
            f"at most {self._rate} requests a minute are answered to one caller; wait {wait} s",
            retry_after_s=wait,
        )

    def _keep(self, caller: str, left: float, now: float) -> None:
        self._buckets[caller] = (left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)


def _digest(key: str) -> bytes:
    """Of one length for all keys, so that a comparison does not tell it."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
