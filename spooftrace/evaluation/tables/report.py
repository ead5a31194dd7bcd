"""The report as a document: its tables, and what must be said about them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from spooftrace.evaluation.estimates.estimate import Section
from spooftrace.evaluation.estimates.rate import (
    ACER,
    AUC,
    BPCER,
    EER,
    WORST_APCER,
    Kind,
    Over,
    Rate,
    tdr_at_fdr,
)
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.tables.document import ORACLE_WARNING, Document
from spooftrace.evaluation.tables.glossary import glossary
from spooftrace.evaluation.tables.naming import (
    heading,
    interval_origin,
    measured,
    sizes,
    threshold_origin,
    title,
)
from spooftrace.evaluation.tables.published import has_rates, published_rates
from spooftrace.evaluation.tables.table import Cell, Measured, Table
from spooftrace.evaluation.tables.verdict import cautions, highlights, verdict
from spooftrace.metrics.bootstrap import MIN_CLUSTERS

_RATE_COLUMNS = ("rate", "value", "live + attacks", "interval from")
_IN_GROUPS = (EER, AUC, WORST_APCER, BPCER, ACER)
_GROUP_TITLES = {"database": "source"}


def report_document(report: Report, tables: Sequence[Table] = ()) -> Document:
    """Everything: for a page, a document, and a file a table.

    Args:
        report: the rates.
        tables: what else was measured on the same rows.
    """
    own = (
        _species(report),
        _potentials(report.pooled),
        _rates(report.pooled),
        *(table for grouping in _groupings(report) for table in _by_group(report, grouping)),
        *tables,
        *_published(report),
        _faces(report),
        glossary(each.rate.kind for section in report.sections for each in section.estimates),
        _provenance(report),
    )
    return _document(report, own)


def summary_document(report: Report, tables: Sequence[Table] = ()) -> Document:
    """What fits a terminal: all rates of all rows, the main ones by group, and the other tables."""
    groups = (_by_group(report, grouping)[0] for grouping in _groupings(report))
    return _document(report, (_rates(report.pooled), *groups, *tables))


def report_json(report: Report, tables: Sequence[Table] = ()) -> str:
    """Report and tables as one JSON object, unrounded; rates are fractions."""
    whole = asdict(report) | {"tables": [asdict(table) for table in tables]}
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _document(report: Report, tables: Sequence[Table]) -> Document:
    level = report.options.resampling.level
    return Document(
        title=report.system,
        headings=(f"system: {report.system}", f"rows: {report.split}", _threshold(report)),
        warnings=(ORACLE_WARNING,) if report.is_oracle else (),
        tables=tuple(table for table in tables if table.rows),
        notes=tuple(_notes(report)),
        verdict=tuple(verdict(report)),
        cautions=tuple(cautions(report.pooled, level)),
        highlights=tuple(highlights(report)),
    )


def _published(report: Report) -> Iterator[Table]:
    published = None if report.protocol is None else report.protocol.published
    if published is not None and has_rates(published):
        yield published_rates(published, report)


def _threshold(report: Report) -> str:
    threshold = report.threshold
    if threshold is None:
        return "threshold: none, so only rates that need none"
    return (
        f"threshold: {threshold.value:.6g}, {threshold_origin(threshold)}; {threshold.description}"
    )


def _groupings(report: Report) -> list[str]:
    """What the rows are told apart by, in order."""
    found = (section.grouping for section in report.sections)
    return list(dict.fromkeys(name for name in found if name is not None))


def _rates(section: Section) -> Table:
    return Table(
        key="rates",
        title=f"All rates, {heading(section)}",
        columns=_RATE_COLUMNS,
        rows=tuple(_rate_rows(section)),
        note="Rates in percent, AUC and ECE as fractions.",
    )


def _rate_rows(section: Section) -> Iterator[tuple[Cell, ...]]:
    for found in section.estimates:
        yield (
            title(found.rate, found.worst),
            measured(found),
            sizes(section),
            interval_origin(found, section.cluster),
        )


def _species(report: Report) -> Table:
    """One row per species, and their worst."""
    section = report.pooled
    column = "medium" if report.protocol is None else report.protocol.species
    kinds = [
        kind
        for kind in (Kind.APCER, Kind.APNRR, Kind.IAPAR)
        if section.estimate(Rate(kind, Over.WORST)) is not None
    ]
    rows: list[tuple[Cell, ...]] = [
        (medium, number, *(_cell(section, Rate(kind, species=medium)) for kind in kinds))
        for medium, number in section.attacks.items()
    ]
    worst = (_cell(section, Rate(kind, Over.WORST)) for kind in kinds)
    rows.append(("worst species", sum(section.attacks.values()), *worst))
    return Table(
        key="species",
        title="Attacks by species",
        columns=("species", "attacks", *(title(Rate(kind)) for kind in kinds)),
        rows=tuple(rows) if kinds else (),
        note=f"A species is the {column} of an attack. Rates in percent.",
    )


def _potentials(section: Section) -> Table:
    return Table(
        key="attack-potentials",
        title="Attacks by attack potential",
        columns=("up to potential", "worst species", "APCER"),
        rows=tuple(
            (found.rate.potential, found.worst, measured(found))
            for found in section.estimates
            if found.rate.potential is not None
        ),
        note="The worst species of this attack potential or a lower one.",
    )


def _by_group(report: Report, grouping: str) -> tuple[Table, Table]:
    """The main rates, a row a group; and every rate of every group."""
    called = _GROUP_TITLES.get(grouping, grouping)
    groups = [section for section in report.sections if section.grouping == grouping]
    rates = (*_IN_GROUPS, tdr_at_fdr(report.options.resampling.fdr))
    key = _key(grouping, _groupings(report))
    main = Table(
        key=f"by-{key}",
        title=f"By {called}",
        columns=(called, "live", "attacks", *map(title, rates)),
        rows=tuple(
            (
                section.name,
                section.live,
                sum(section.attacks.values()),
                *(_cell(section, rate) for rate in rates),
            )
            for section in (report.pooled, *groups)
        ),
        note=(
            "Rates in percent, AUC as a fraction; one threshold for all. No interval stands where "
            f"fewer than {MIN_CLUSTERS} are there to resample, or every draw gives the same value."
        ),
    )
    every = Table(
        key=f"rates-by-{key}",
        title=f"All rates by {called}",
        columns=(called, *_RATE_COLUMNS),
        rows=tuple((section.name, *row) for section in groups for row in _rate_rows(section)),
        note="Rates in percent, AUC as a fraction.",
    )
    return main, every


def _key(grouping: str, among: Sequence[str]) -> str:
    """A name for files; two groupings that differ in their signs alone are numbered."""

    def plain(name: str) -> str:
        return "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())

    alike = [name for name in among if plain(name) == plain(grouping)]
    return plain(grouping) + (f"-{alike.index(grouping) + 1}" if len(alike) > 1 else "")


def _faces(report: Report) -> Table:
    verdicts = {None: "-", True: "error", False: "right"}
    return Table(
        key="worst-faces",
        title="Faces the system is most wrong about",
        columns=("face", "is", "medium", "source", "score", "decision"),
        rows=tuple(
            (face.id, face.label, face.medium, face.source, face.score, verdicts[face.is_error])
            for face in report.faces
        ),
        note="The live faces of the highest scores and the attacks of the lowest.",
    )


def _provenance(report: Report) -> Table:
    rows: list[tuple[str, str]] = [("system", report.system), ("rows reported on", report.split)]
    if report.threshold is not None:
        chosen = report.threshold
        rows += [
            ("threshold", f"{chosen.value:.6g}"),
            ("threshold, rule", chosen.rule),
            ("threshold, chosen on", chosen.split or "no rows: it was stated"),
            ("threshold, in words", chosen.description),
        ]
    return Table(
        key="provenance",
        title="Where this comes from",
        columns=("what", "value"),
        rows=(*rows, *report.provenance),
    )


def _notes(report: Report) -> Iterator[str]:
    """Everything that the numbers need said about them; a note of several sections once."""
    level = report.options.resampling.level
    yield "rates in percent, AUC and ECE as fractions"
    yield (
        f"intervals: {level:.0%}, by resampling the units named, or exact (Clopper-Pearson) from "
        "counts as if rows were independent"
    )
    yield from report.notes
    said: dict[str, list[str]] = {}
    for section in report.sections:
        reasons = _reasons(section) if section.grouping is None else ()
        for note in (*section.notes, *cautions(section, level), *reasons):
            said.setdefault(note, []).append(section.name)
    for note, names in said.items():
        yield f"{', '.join(names)}: {note}"


def _reasons(section: Section) -> Iterator[str]:
    """Why some rates have no interval by cluster, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for found in section.estimates:
        if found.clustered.reason is not None:
            by_reason.setdefault(found.clustered.reason, []).append(title(found.rate, found.worst))
    for reason, titles in by_reason.items():
        yield f"no interval by {section.cluster} for {', '.join(titles)}: {reason}"


def _cell(section: Section, rate: Rate) -> Measured | None:
    found = section.estimate(rate)
    return None if found is None else measured(found)
