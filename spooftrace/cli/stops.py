"""What ends a command before its end, and what is said then: how to go on.

Ctrl-C ends with 130; a closed pipe, a full disk or a place that is gone with 1.
"""

import contextlib
import errno
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, ParamSpec

from spooftrace.cli.output import printable, say

Parameters = ParamSpec("Parameters")

OUT_OF_REACH = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
"""A place that was written to is full, gone or closed: no fault of the program."""


@contextmanager
def going_on(how: Callable[[], str] | str) -> Iterator[None]:
    """Have it said how to go on, where the block is stopped. The outermost block speaks."""
    try:
        yield
    except (KeyboardInterrupt, OSError) as stop:
        stop.add_note(how if isinstance(how, str) else how())
        raise


def stoppable(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """The command with its early ends in one line on stderr, and their exit codes."""

    @functools.wraps(command)
    def run(*given: Parameters.args, **named: Parameters.kwargs) -> None:
        try:
            command(*given, **named)
        except (KeyboardInterrupt, OSError) as stop:
            end_early(stop)

    return run


def end_early(stop: KeyboardInterrupt | OSError) -> NoReturn:
    """End with one line on stderr that says why, and how to go on; raises what is a fault of ours.

    Raises:
        SystemExit: with the code of the process.
    """
    if isinstance(stop, OSError):
        if stop.errno not in OUT_OF_REACH:
            raise stop
        what, code = f"error: {stop.filename or 'a file'}: {stop.strerror}", 1
    else:
        what, code = "stopped", 130
    how = [note for note in getattr(stop, "__notes__", []) if note][-1:]
    say("; ".join([printable(what), *how]), err=True)
    raise SystemExit(code)


def flushed(code: int) -> int:
    """The exit code, once stdout is written out; 1 where it cannot be, which Python would hide."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if code == 0:
            say(f"error: {error.filename}: {error.strerror}", err=True)
        # Let go of what it still holds, or Python's own end fails with a code of its own.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or 1
    return code


@contextmanager
def after_this_one(message: str) -> Iterator[Callable[[], None]]:
    """Let Ctrl-C wait for the item in hand; a second one does not.

    Yields what is to be called between items: it raises `KeyboardInterrupt` when the time has come.
    """
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        say(message, err=True)

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not in the main thread: nothing is sent here
        yield check
        return
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)
