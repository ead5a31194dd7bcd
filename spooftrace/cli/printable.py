"""Text from outside, such as a file's name, made fit for one line of a terminal."""

_BYTES = range(0xDC80, 0xDD00)
"""What Python makes of bytes that are not UTF-8, from 0x80 on."""


def printable(text: str) -> str:
    r"""The text with everything unprintable escaped: a line feed as `\n`, a byte as `\xff`.

    A name can hold line feeds, which would forge a line of results, and bytes that no terminal
    takes.
    """
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    if ord(letter) in _BYTES:
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode("ascii")
