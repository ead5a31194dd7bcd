"""How many simulated faces a detector's quality gate would refuse: living, printed, replayed.

    python -m benchmarks.refusals

A detector refuses before it judges, so what its gate would refuse teaches it nothing. The
simulation draws a presentation anew that a stricter gate would refuse (`building.attacking`);
counted are the first draws, as cameras and rooms give them, and those that are kept.
"""

import argparse
from collections import Counter
from typing import Any

import cv2

from benchmarks.timing import record
from spooftrace.building.attacking import TRIES, can_be_judged
from spooftrace.building.portraits import Modelled, people_of_model
from spooftrace.faces.finder import Rejection, face_of_mesh
from spooftrace.faces.quality import QualityGate
from spooftrace.labels import Medium
from spooftrace.simulation.attacks import Presentation, present
from spooftrace.simulation.seeds import seed_of


def main() -> None:
    """Count, and keep the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=int, default=200)
    said = parser.parse_args()
    cv2.setNumThreads(1)
    media = (Medium.LIVE, Medium.PRINT, Medium.REPLAY)
    record(
        "refusals",
        {"people": said.people} | {each.value: drawn(each, said.people) for each in media},
    )


def drawn(medium: Medium, people: int) -> dict[str, Any]:
    """What the gate says of one presentation of each person, first drawn and kept."""
    portraits, draws = Modelled(), 0
    first: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for job in people_of_model(people, seed=0).jobs:
        portrait = portraits.portrait(job, 0)
        for attempt in range(TRIES):
            again = (attempt,) if attempt else ()
            shown = present(portrait, medium, seed_of("refusals", medium, job.file, *again))
            draws += 1
            if attempt == 0:
                first[said_by_gate(shown)] += 1
            if can_be_judged(shown):
                break
        kept[said_by_gate(shown)] += 1
    return {
        "draws": draws,
        "first_draws": dict(first.most_common()),
        "kept": dict(kept.most_common()),
    }


def said_by_gate(shown: Presentation) -> str:
    """The reason of the gate in use, or "accepted"."""
    found = face_of_mesh(shown.picture, shown.points, QualityGate())
    return found.reason.value if isinstance(found, Rejection) else "accepted"


if __name__ == "__main__":
    main()
