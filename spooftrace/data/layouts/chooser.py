"""Which layout a source has, and its jobs."""

from functools import partial
from pathlib import Path
from typing import Final, Protocol

from spooftrace.data.layouts import folder, manifest, release, video
from spooftrace.data.layouts.databases import DATABASES
from spooftrace.data.layouts.named import Named, recognise
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.listing import check_name
from spooftrace.data.sources.remote import is_url, read_remote
from spooftrace.data.sources.source import Source
from spooftrace.errors import SourceError
from spooftrace.labels import Medium


class _Reader(Protocol):
    def read(
        self, root: Path, *, database: str | None, medium: Medium | None, pass_over: bool
    ) -> Source: ...


# In the order in which they are tried: a manifest says most, names of a known database more than
# landmarks, landmarks more than folders.
_READERS: Final[dict[Layout, _Reader]] = {
    Layout.MANIFEST: manifest,
    **{database.layout: Named(database) for database in DATABASES},
    Layout.RELEASE: release,
    Layout.FOLDER: folder,
    Layout.VIDEO: video,
}


def detect_layout(path: Path) -> Layout:
    """The layout of a source, by what lies there; `SourceError` where none fits."""
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder")
    if manifest.fits(path):
        return Layout.MANIFEST
    if database := recognise(path):
        return database.layout
    for layout, reader in ((Layout.RELEASE, release), (Layout.FOLDER, folder)):
        if path.is_dir() and reader.fits(path):
            return layout
    if video.fits(path):
        return Layout.VIDEO
    if not path.is_dir():
        raise SourceError(
            f"{path}: expected a folder, a table (.csv) or a video, got another file; a single"
            " picture is read from the folder that it lies in"
        )
    raise SourceError(
        f"{path}: expected a manifest.csv, folders live/ and spoof/, videos, or a database of"
        " `spooftrace databases`, found none of them; see docs/preparing-data.md, or say with"
        " --layout and --medium what it is"
    )


def read_source(
    place: str | Path,
    *,
    layout: Layout | None = None,
    database: str | None = None,
    medium: Medium | None = None,
    pass_over: bool = False,
) -> Source:
    """The jobs of a source, a path or an fsspec URL; without a layout it is detected.

    `database` names the source, by default as its folder. `medium` says what a face is where the
    source does not. `pass_over` leaves out folders that are neither live nor spoof, instead of
    refusing them. Raises `SourceError`.
    """
    if is_url(place):
        again = partial(
            read_source, layout=layout, database=database, medium=medium, pass_over=pass_over
        )
        return read_remote(str(place), again)
    path = Path(place)
    check_name(path)
    if layout is None:
        unsorted = medium is not None and path.is_dir() and not manifest.fits(path)
        if unsorted and not folder.fits(path) and not recognise(path):
            layout = Layout.FOLDER
        else:
            layout = detect_layout(path)
    elif not path.exists():
        raise SourceError(f"{path}: no such file or folder")
    return _READERS[layout].read(path, database=database, medium=medium, pass_over=pass_over)
