"""Which rows of a store hold the same picture.

The same file in two folders, or under two names, gives the same crop, and that the same bytes.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

import pyarrow as pa
import pyarrow.compute as pc


class Contents(Sequence[str]):
    """A string for each row, equal where the pictures are equal; computed when first looked at.

    Only pictures of as many bytes as another are hashed: the others are alone in any case.
    """

    def __init__(self, images: Sequence[pa.Array]) -> None:
        self._images = images

    def __len__(self) -> int:
        return sum(len(part) for part in self._images)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._names[index]

    @cached_property
    def _names(self) -> list[str]:
        lengths = [pc.binary_length(part).to_pylist() for part in self._images]
        of_length = Counter(length for part in lengths for length in part)
        return [
            f"{length}" if of_length[length] == 1 else f"{length}-{_hash(part[row])}"
            for part, found in zip(self._images, lengths, strict=True)
            for row, length in enumerate(found)
        ]


def _hash(cell: Any) -> str:
    return hashlib.blake2b(cell.as_buffer(), digest_size=16).hexdigest()
