"""What the words of a report mean, for a reader who knows none of them."""

from collections.abc import Iterable
from typing import Final

from spooftrace.evaluation.estimates.rate import Kind
from spooftrace.evaluation.tables.table import Table

_ALWAYS: Final = {
    "presentation": "a face shown to the camera, or a picture of one; here a row of the scores",
    "live, bona fide": "the presentation of a person who is there",
    "attack, spoof": "the presentation of something else: a print, a screen, a mask, make-up",
    "species": "attacks of one kind, made by the same means",
    "score": "what the system says of a face; higher: more likely an attack",
    "threshold": "a score from which on a face is called an attack and refused",
    "95 % interval": "of a hundred such intervals about 95 hold the rate that endless recordings of"
    " this kind would show",
}
_OF_KIND: Final = {
    Kind.APCER: "attacks of a species that pass as live; worst: of the species that passes most;"
    " pooled: of all attacks together",
    Kind.BPCER: "live faces that are refused as attacks",
    Kind.ACER: "half the sum of worst APCER and BPCER; ISO/IEC 30107-3 does not use it",
    Kind.HTER: "half the sum of pooled APCER and BPCER",
    Kind.EER: "both errors at the threshold of these rows where they are equal; nobody has it"
    " beforehand",
    Kind.EER_ON_HULL: "the same on the convex hull of the curve of errors",
    Kind.AUC: "how often an attack has a higher score than a live face; 1: always, 0.5: by chance",
    Kind.TDR_AT_FDR: "attacks detected where at most the share named of live faces is refused",
    Kind.BPCER_AT_APCER: "live faces refused where of each species at most 1 in 10, 20, 100 passes",
    Kind.APNRR: "attacks of a species to which the system gave no answer",
    Kind.BPNRR: "live faces to which the system gave no answer",
    Kind.IAPAR: "attacks on another person's identity that detection and matcher accept together",
    Kind.FRR: "genuine people whom detection and matcher refuse together",
    Kind.RIAPAR: "IAPAR of the worst species and FRR together, from 0 to 2",
    Kind.ECE: "how far stated probabilities of an attack are from what is seen, on average",
}
_CALLED: Final = {
    Kind.EER_ON_HULL: "EER on the hull",
    Kind.TDR_AT_FDR: "TDR@FDR",
    Kind.BPCER_AT_APCER: "BPCER10, 20, 100",
}


def glossary(kinds: Iterable[Kind]) -> Table:
    """The words that every report uses, and those of the rates of these kinds, one each."""
    there = set(kinds)
    rates = (
        (_CALLED.get(kind, kind.upper()), meaning)
        for kind, meaning in _OF_KIND.items()
        if kind in there
    )
    return Table(
        key="glossary",
        title="Words",
        columns=("word", "meaning"),
        rows=(*_ALWAYS.items(), *rates),
        note="Shares are in percent where nothing else is said. Definitions: docs/metrics.md.",
    )
