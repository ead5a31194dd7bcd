"""A database of the field: what it is, and what the names of its files say.

A layout is data: a pattern of names and what its groups mean. `named` lists the files by it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.source import Job
from spooftrace.labels import Medium

SPECIES = "species"
"""Attribute: the kind of attack as finely as the database tells it, `print-1`; of live `live`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the name of a file says."""

    medium: Medium
    clip: str | None
    """Name of the recording, whatever folder or file format it lies in; None for a single picture
    that belongs to none."""
    subject: str | None = None
    device: str | None = None
    session: str | None = None
    frame: int | None = None
    """Of a picture that its name numbers within the clip."""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database of the field."""

    layout: Layout
    name: str
    """What the store's column `database` holds."""
    about: str
    ask: str
    """Where it is asked for."""
    licence: str
    tree: str
    """The expected folder, a line a kind of file."""
    example: str
    """A file's name, for messages."""
    pattern: re.Pattern[str]
    """Is searched for in the path below the source, without the suffix of the file."""
    states: Callable[[re.Match[str]], Stated]
    frames: bool = True
    """Whether its recordings are videos, which may lie there as folders of frames too; else each
    picture has a name of its own."""
    beside: re.Pattern[str] | None = None
    """Pictures and videos that are no presentations, such as enrolments: passed over, counted."""
    complete: Callable[[Path, tuple[Job, ...]], tuple[Job, ...]] | None = None
    """Adds what list files in the folder say."""
    names: Callable[[], Iterable[str]] | None = None
    """Every file of the whole database, where a rule gives them."""

    def stated(self, name: str) -> Stated | None:
        """What a name says, a path without suffix; None where it is no name of the database."""
        found = self.pattern.search(name)
        return None if found is None else self.states(found)
