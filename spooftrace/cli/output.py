"""What the commands print: results on stdout, everything else on stderr.

What a terminal or a stream's encoding cannot show is escaped, never an error.
"""

import contextlib
import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console, RenderableType

_BYTES = range(0xDC80, 0xDD00)
"""What Python makes of bytes that are not UTF-8, from 0x80 on."""


def printable(text: str) -> str:
    r"""The text with everything unprintable escaped: a line feed as `\n`, a byte as `\xff`.

    A file's name can hold line feeds, which would forge a line of results, and bytes that no
    terminal takes.
    """
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def say(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Print text as it is, on stdout or stderr; `printable` is for what came from outside."""
    print(text, file=sys.stderr if err else sys.stdout, end=end)


def console(**options: Any) -> "Console":
    """A Rich console on stdout."""
    from rich.console import Console

    return Console(**options)


def show(what: "RenderableType", folders: "Sequence[Path]" = ()) -> None:
    """Print tables, and where they were written."""
    console().print(what)
    for folder in folders:
        say(f"written: {printable(str(folder))}")


def open_streams() -> None:
    """Make the standard streams fit to be written to, whatever the process was given.

    A stream that was closed (`2>&-`, a windowed program) becomes the null device: its descriptor
    would else be that of the next file opened, and messages would end up in a store. Letters that
    a stream's encoding lacks are escaped. Messages that cannot be written are lost, and stop
    nothing.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free descriptor is what opening takes: this one.
            os.open(os.devnull, os.O_RDWR)
    for name, descriptor, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if isinstance(sys.stderr, io.TextIOWrapper) and not isinstance(sys.stderr, _Messages):
        sys.stderr = _Messages(sys.stderr)


class _Messages(io.TextIOWrapper):
    """Stderr that never fails: a full disk behind it must not cost the work it speaks of."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__(
            stream.detach(),
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=True,
        )

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            super().flush()


def flush() -> None:
    """Write out what stdout still holds; raises the `OSError` that Python would lose at exit."""
    sys.stdout.flush()


def abandon(stream: TextIO) -> None:
    """Let go of what a stream holds and cannot write, or Python ends with an error of its own."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def is_out_of_reach(error: OSError) -> bool:
    """Whether a place that was written to is full, gone or closed: not a fault of the program."""
    return error.errno in (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _escaped(letter: str) -> str:
    if ord(letter) in _BYTES:
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode("ascii")
