"""The layouts that a source may have."""

from enum import StrEnum


class Layout(StrEnum):
    """How a source is laid out; each has a module of its name here."""

    MANIFEST = "manifest"
    RELEASE = "release"
    FOLDER = "folder"
    VIDEO = "video"
