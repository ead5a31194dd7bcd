"""The report as tables of one kind, for the forms that show every table alike."""

from collections.abc import Iterator
from dataclasses import replace

from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.estimates.sections import Section
from spooftrace.evaluation.tables.naming import counts, heading, measured, origin, title
from spooftrace.evaluation.tables.table import Cell, Measured, Table
from spooftrace.metrics.bootstrap import MIN_CLUSTERS

_BY_SPECIES = {"APCER": "apcer/", "APNRR": "apnrr/", "IAPAR": "iapar/"}
_GROUP_KEYS = {
    "EER": "eer",
    "AUC": "auc",
    "APCER, worst": "apcer/worst",
    "BPCER": "bpcer",
    "ACER": "acer",
}
GROUP_TITLES = {"database": "source", "device": "device"}


def report_tables(report: Report) -> tuple[Table, ...]:
    """Every table of the report, those added to it behind its own."""
    own = [
        _species(report.pooled),
        _potentials(report.pooled),
        _figures(report.pooled),
        *(_group(report, grouping) for grouping in groupings(report)),
        _faces(report),
        _provenance(report),
    ]
    return (*(table for table in own if table.rows), *report.tables)


def groupings(report: Report) -> list[str]:
    """What the rows are told apart by, in order."""
    found = (section.grouping for section in report.sections)
    return list(dict.fromkeys(name for name in found if name is not None))


def _figures(section: Section) -> Table:
    return Table(
        key="figures",
        title=f"All rates, {heading(section)}",
        columns=("figure", "value", "interval", "interval from", "counts"),
        rows=tuple(
            (
                title(figure.key, figure.of),
                replace(measured(figure), interval=None, events=None, trials=None),
                measured(figure).interval_text() or None,
                origin(figure, section.cluster),
                counts(figure, section),
            )
            for figure in section.figures
        ),
        note="Rates in percent, AUC and ECE as fractions.",
    )


def _species(section: Section) -> Table:
    """One row per species, and their worst."""
    shown = {
        name: prefix
        for name, prefix in _BY_SPECIES.items()
        if section.figure(f"{prefix}worst") is not None
    }
    rows: list[tuple[Cell, ...]] = [
        (medium, number, *(_cell(section, prefix + medium) for prefix in shown.values()))
        for medium, number in section.attacks.items()
    ]
    if shown:
        worst = (_cell(section, f"{prefix}worst") for prefix in shown.values())
        rows.append(("worst species", sum(section.attacks.values()), *worst))
    return Table(
        key="species",
        title="Attacks by species",
        columns=("species", "attacks", *shown),
        rows=tuple(rows) if shown else (),
        note="A species is the medium of an attack. Rates in percent.",
    )


def _potentials(section: Section) -> Table:
    prefix = "apcer@potential="
    rows = [
        (figure.key.removeprefix(prefix), figure.of, measured(figure))
        for figure in section.figures
        if figure.key.startswith(prefix)
    ]
    return Table(
        key="attack-potentials",
        title="Attacks by attack potential",
        columns=("up to potential", "worst species", "APCER"),
        rows=tuple(rows),
        note="The worst species of this attack potential or a lower one.",
    )


def _group(report: Report, grouping: str) -> Table:
    sections = [report.pooled, *(s for s in report.sections if s.grouping == grouping)]
    fdr = report.options.resampling.fdr
    keys = _GROUP_KEYS | {f"TDR@FDR {fdr:.2%}": f"tdr@fdr={fdr:g}"}
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in grouping.lower())
    return Table(
        key=f"by-{safe}",
        title=f"By {GROUP_TITLES.get(grouping, grouping)}",
        columns=(GROUP_TITLES.get(grouping, grouping), "live", "attacks", *keys),
        rows=tuple(
            (
                section.name,
                section.live,
                sum(section.attacks.values()),
                *(_cell(section, key) for key in keys.values()),
            )
            for section in sections
        ),
        note=(
            "Rates in percent, AUC as a fraction; one threshold for all. No interval stands where "
            f"fewer than {MIN_CLUSTERS} are there to resample, or every draw gives the same value."
        ),
    )


def _faces(report: Report) -> Table:
    verdicts = {None: "-", True: "error", False: "right"}
    return Table(
        key="worst-faces",
        title="Faces the system is most wrong about",
        columns=("face", "is", "medium", "source", "score", "decision"),
        rows=tuple(
            (
                face.id,
                face.label,
                face.medium,
                face.source,
                face.score,
                verdicts[face.is_error],
            )
            for face in report.faces
        ),
        note="The live faces of the highest scores and the attacks of the lowest.",
    )


def _provenance(report: Report) -> Table:
    return Table(
        key="provenance",
        title="Where this comes from",
        columns=("what", "value"),
        rows=tuple(_stated(report)),
    )


def _stated(report: Report) -> Iterator[tuple[str, str]]:
    yield "system", report.system
    yield "rows reported on", report.split
    if report.threshold is not None:
        chosen = report.threshold
        yield "threshold", f"{chosen.value:.6g}"
        yield "threshold, rule", chosen.rule
        yield "threshold, chosen on", chosen.split or "no rows: it was stated"
        yield "threshold, in words", chosen.description
    yield from report.provenance


def _cell(section: Section, key: str) -> Measured | None:
    figure = section.figure(key)
    return None if figure is None else measured(figure)
