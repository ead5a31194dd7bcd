"""Text as data: what a reader sees of any string, whoever named the group, the file or the person.

A name may hold an escape sequence of a terminal, an order to write from right to left, half of a
surrogate pair from a file name that is not UTF-8. None of these is obeyed: they are shown as what
they are. Everything else stays as it came, and each renderer escapes what its own form reads as
markup.
"""

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # controls of C0 and C1 but the newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # orders about the direction of writing
    "\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"  # separators, marks, halves of surrogate pairs
)


def visible(text: str) -> str:
    r"""The text with what cannot be seen written as Python does: `\x1b`, `\u202e`, ...

    A newline stays; `one_line` writes it too.
    """
    return _UNSEEN.sub(lambda found: ascii(found.group())[1:-1], text)


def one_line(text: str) -> str:
    r"""The same for a form whose cells hold no line break; a newline is written `\n`."""
    return visible(text).replace("\n", r"\n")
