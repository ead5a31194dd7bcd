"""Contact sheets of a simulated store: what each attack makes of living faces, to look at."""

import io
from collections.abc import Sequence

from PIL import Image

from spooftrace.data.folder import Folder
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError
from spooftrace.labels import Medium
from spooftrace.simulation.contact_sheet import contact_sheet

SHEETS = "sheets"
"""Folder in a store's."""
SHEET_FACES = 12


def write_sheets(store: Store, folder: Folder, media: Sequence[Medium]) -> None:
    """A PNG for each medium of which the store holds true traces.

    Raises:
        ConfigError: they cannot be written.
    """
    named = store.columns()["medium"]
    for medium in media:
        rows = [row for row, name in enumerate(named) if name == medium.value]
        faces = [store.sample(row) for row in rows[:: max(1, len(rows) // SHEET_FACES)]]
        shown = [
            (f.live_twin, f.image, f.trace) for f in faces[:SHEET_FACES] if f.trace is not None
        ]
        if not shown:
            continue
        lives, images, traces = zip(*shown, strict=True)
        file = io.BytesIO()
        Image.fromarray(contact_sheet(medium.value, lives, images, traces)).save(file, "PNG")
        try:
            folder.write(f"{medium.value}.png", file.getvalue())
        except OSError as error:
            raise ConfigError(
                f"--sheets: expected a folder to write contact sheets into, cannot write to "
                f"{folder.shown} ({error}); the store is complete: repeat the command with another "
                "--sheets"
            ) from error
