"""What figures are called, and how their numbers are shown."""

from spooftrace.evaluation.estimates.figures import Figure
from spooftrace.evaluation.estimates.sections import Section
from spooftrace.evaluation.tables.table import Measured

_TITLES = {
    "eer": "EER",
    "eer/hull": "EER on the ROC convex hull",
    "auc": "AUC",
    "bpcer": "BPCER",
    "acer": "ACER",
    "hter": "HTER",
    "bpnrr": "BPNRR",
    "frr": "FRR, whole system",
    "riapar": "RIAPAR",
    "ece": "ECE",
    "apcer/pooled": "APCER, all attacks",
}
PLAIN = ("auc", "ece")
"""Figures that are no percentages."""


def title(key: str, of: str | None = None) -> str:
    """What a figure is called; `of` names the species that it is of."""
    name, _, detail = key.partition("=")
    species = f" ({of})" if of else ""
    if name == "tdr@fdr":
        return f"TDR@FDR {float(detail):.2%}"
    if name == "bpcer@apcer":
        return f"BPCER{round(1 / float(detail))}{species}"
    if name == "apcer@potential":
        return f"APCER up to {detail}{species}"
    rate, _, species_of = key.partition("/")
    if species_of == "worst":
        return f"{rate.upper()}, worst{species}"
    if key in _TITLES:
        return _TITLES[key]
    return f"{rate.upper()} {species_of}" if species_of else rate.upper()


def measured(figure: Figure) -> Measured:
    """The figure as a cell of a table."""
    is_plain = figure.key in PLAIN
    return Measured(
        value=figure.value,
        interval=figure.interval,
        events=figure.events,
        trials=figure.trials,
        is_share=not is_plain,
        digits=4 if is_plain else 2,
        is_oracle=figure.is_oracle,
    )


def origin(figure: Figure, unit: str) -> str:
    """What the interval shown was made of."""
    if figure.is_counted:
        return "counts"
    return "-" if figure.interval is None else f"{figure.clustered.clusters} x {unit}"


def counts(figure: Figure, section: Section) -> str:
    """Events and trials, or how many live faces and attacks the figure is read from."""
    return sizes(section) if figure.trials is None else f"{figure.events} / {figure.trials}"


def sizes(section: Section) -> str:
    """Numbers of live faces and of attacks."""
    return f"{section.live} + {sum(section.attacks.values())}"


def heading(section: Section) -> str:
    """The section and what it is made of."""
    shown = (f"{count} {medium}" for medium, count in section.attacks.items())
    silent = f"; {section.unanswered} without an answer" if section.unanswered else ""
    return f"{section.name}: {section.live} live, {', '.join(shown) or 'no attacks'}{silent}"
