"""What the commands print: results on stdout, everything else on stderr.

What a terminal or a stream's encoding cannot show is escaped, never an error.
"""

import contextlib
import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
    # At once: whoever reads results through a pipe gets each when it is there.
    print(text, file=sys.stderr if err else sys.stdout, end=end, flush=True)


def console(**options: Any) -> "Console":
    """A Rich console on stdout; one whose reader has gone is an error here as elsewhere."""
    from rich.console import Console

    class Stdout(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE), "standard output")

    return Stdout(**options)


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
            stream = os.fdopen(descriptor, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)
    # Where somebody else has put a stream of his own there, it is left as it is.
    if sys.stdout is sys.__stdout__ and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = _Results(sys.stdout)
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _Messages(sys.stderr)


class _Escaping(io.TextIOWrapper):
    """A standard stream that escapes what its encoding lacks, in place of the one it is given."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        stream.flush()
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=stream.line_buffering,
        )


class _Results(_Escaping):
    """Stdout, whose errors say that they are its own."""

    def write(self, text: str) -> int:
        with self._named():
            return super().write(text)

    def flush(self) -> None:
        with self._named():
            super().flush()

    @staticmethod
    @contextlib.contextmanager
    def _named() -> "Iterator[None]":
        try:
            yield
        except OSError as error:
            error.filename = "standard output"
            raise


class _Messages(_Escaping):
    """Stderr that never fails: a full disk behind it must not cost the work it speaks of."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            super().flush()


def _escaped(letter: str) -> str:
    if ord(letter) in _BYTES:
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode("ascii")
