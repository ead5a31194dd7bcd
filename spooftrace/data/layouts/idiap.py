"""What the names of Idiap's two replay databases say alike: part, person, session, light, support.

Source: bob.db.replay and bob.db.replaymobile (`create.py`: naming).
"""

import re

from spooftrace.data.layouts.database import SPECIES, Stated
from spooftrace.labels import Medium, split_named


def stated(name: re.Match[str], *, instrument: str | None, kind: str | None, device: str) -> Stated:
    """What a name says.

    Args:
        name: with the groups part, clip, client, session, light and support.
        instrument: what shows the face, "print" or a display; None for a living face.
        kind: of attack, as finely as the database tells it beside print and replay.
        device: the camera.
    """
    medium = {None: Medium.LIVE, "print": Medium.PRINT}.get(instrument, Medium.REPLAY)
    is_live = instrument is None
    return Stated(
        medium=medium,
        clip=name["clip"],
        subject=name["client"],
        device=device,
        session=name["session"],
        attributes={
            "split": split_named(name["part"]) or "",
            SPECIES: "live" if is_live else f"{medium.value}-{kind}",
            "light": name["light"],
            **({} if is_live else {"support": name["support"]}),
        },
    )
