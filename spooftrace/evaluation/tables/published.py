"""Tables 1 and 2 of the paper as printed, with a row for what was measured here.

The numbers are those of STDN (Liu et al., ECCV 2020) and of the systems it cites. They were
measured on other rows: a row measured here stands beside them for orientation, and compares only
where the database, the protocol and the species are the same.
"""

from collections.abc import Sequence
from itertools import groupby

from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.tables.naming import measured
from spooftrace.evaluation.tables.table import Cell, Table

HERE = "measured here"
_CAUTION = (
    "Rows are published figures as printed in STDN (ECCV 2020), not measured by this package, but "
    f'for those called "{HERE}", which compare only on the same database and protocol.'
)

SPECIES = (
    ("Replay", "replay"),
    ("Print", "print"),
    ("Half", "half_mask"),
    ("Silic.", "silicone_mask"),
    ("Trans.", "transparent_mask"),
    ("Paper", "paper_mask"),
    ("Manne.", "mannequin"),
    ("Ob.", "obfuscation"),
    ("Im.", "impersonation"),
    ("Cos.", "cosmetic"),
    ("Funny.", "funny_eye"),
    ("Papergls.", "paper_glasses"),
    ("Part. paper", "partial_paper"),
)
"""Columns of the tables on SiW-M, and their media."""

OULU = """\
1|STASN|1.2|2.5|1.9
1|Auxiliary|1.6|1.6|1.6
1|DeSpooF|1.2|1.7|1.5
1|STDN|0.8|1.3|1.1
2|Auxiliary|2.7|2.7|2.7
2|GRADIANT|3.1|1.9|2.5
2|STASN|4.2|0.3|2.2
2|STDN|2.3|1.6|1.9
3|DeSpooF|4.0 ± 1.8|3.8 ± 1.2|3.6 ± 1.6
3|Auxiliary|2.7 ± 1.3|3.1 ± 1.7|2.9 ± 1.5
3|STASN|4.7 ± 3.9|0.9 ± 1.2|2.8 ± 1.6
3|STDN|1.6 ± 1.6|4.0 ± 5.4|2.8 ± 3.3
4|Auxiliary|9.3 ± 5.6|10.4 ± 6.0|9.5 ± 6.0
4|STASN|6.7 ± 10.6|8.3 ± 8.4|7.5 ± 4.7
4|DeSpooF|5.1 ± 6.3|6.1 ± 5.1|5.6 ± 5.7
4|STDN|2.3 ± 3.6|5.2 ± 5.4|3.8 ± 4.2
"""
"""Table 1(a): protocol, method, APCER, BPCER, ACER in percent."""

SIW = """\
1|Auxiliary|3.6|3.6|3.6
1|STASN|-|-|1.0
1|Meta-FAS-DR|0.5|0.5|0.5
1|STDN|0.0|0.0|0.0
2|Auxiliary|0.6 ± 0.7|0.6 ± 0.7|0.6 ± 0.7
2|Meta-FAS-DR|0.3 ± 0.3|0.3 ± 0.3|0.3 ± 0.3
2|STASN|-|-|0.3 ± 0.1
2|STDN|0.0 ± 0.0|0.0 ± 0.0|0.0 ± 0.0
3|STASN|-|-|12.1 ± 1.5
3|Auxiliary|8.3 ± 3.8|8.3 ± 3.8|8.3 ± 3.8
3|Meta-FAS-DR|8.0 ± 5.0|7.4 ± 5.7|7.7 ± 5.3
3|STDN|8.3 ± 3.3|7.5 ± 3.3|7.9 ± 3.3
"""
"""Table 1(b), as above."""

SIWM_KNOWN = """\
ACER|Auxiliary|5.1 5.0 5.0 10.2 5.0 9.8 6.3 19.6 5.0 26.5 5.5 5.2 5.0|6.3
ACER|STDN|3.2 3.1 3.0 9.0 3.0 3.4 4.7 3.0 3.0 24.5 4.1 3.7 3.0|4.1
EER|Auxiliary|4.7 0.0 1.6 10.5 4.6 10.0 6.4 12.7 0.0 19.6 7.2 7.5 0.0|6.6
EER|STDN|2.1 2.2 0.0 7.2 0.1 3.9 4.8 0.0 0.0 19.6 5.3 5.4 0.0|4.8
TDR@FDR 0.5 %|STDN|90.1 76.1 80.7 71.5 62.3 74.4 85.0 100.0 100.0 33.8 49.6 30.6 97.7|70.4
"""
"""Table 1(c): metric, method, thirteen species, overall."""

SIWM_UNKNOWN = """\
APCER|LBP+SVM|19.1 15.4 40.8 20.3 70.3 0.0 4.6 96.9 35.3 11.3 53.3 58.5 0.6|32.8 ± 29.8
APCER|Auxiliary|23.7 7.3 27.7 18.2 97.8 8.3 16.2 100.0 18.0 16.3 91.8 72.2 0.4|38.3 ± 37.4
APCER|DTL|1.0 0.0 0.7 24.5 58.6 0.5 3.8 73.2 13.2 12.4 17.0 17.0 0.2|17.1 ± 23.3
APCER|STDN|1.6 0.0 0.5 7.2 9.7 0.5 0.0 96.1 0.0 21.8 14.4 6.5 0.0|12.2 ± 26.1
BPCER|LBP+SVM|22.1 21.5 21.9 21.4 20.7 23.1 22.9 21.7 12.5 22.2 18.4 20.0 22.9|21.0 ± 2.9
BPCER|Auxiliary|10.1 6.5 10.9 11.6 6.2 7.8 9.3 11.6 9.3 7.1 6.2 8.8 10.3|8.9 ± 2.0
BPCER|DTL|18.6 11.9 29.3 12.8 13.4 8.5 23.0 11.5 9.6 16.0 21.5 22.6 16.8|16.6 ± 6.2
BPCER|STDN|14.0 14.6 13.6 18.6 18.1 8.1 13.4 10.3 9.2 17.2 27.0 35.5 11.2|16.2 ± 7.6
ACER|LBP+SVM|20.6 18.4 31.3 21.4 45.5 11.6 13.8 59.3 23.9 16.7 35.9 39.2 11.7|26.9 ± 14.5
ACER|Auxiliary|16.8 6.9 19.3 14.9 52.1 8.0 12.8 55.8 13.7 11.7 49.0 40.5 5.3|23.6 ± 18.5
ACER|DTL|9.8 6.0 15.0 18.7 36.0 4.5 13.4 48.1 11.4 14.2 19.3 19.8 8.5|16.8 ± 11.1
ACER|STDN|7.8 7.3 7.1 12.9 13.9 4.3 6.7 53.2 4.6 19.5 20.7 21.0 5.6|14.2 ± 13.2
EER|LBP+SVM|20.8 18.6 36.3 21.4 37.2 7.5 14.1 51.2 19.8 16.1 34.4 33.0 7.9|24.5 ± 12.9
EER|Auxiliary|14.0 4.3 11.6 12.4 24.6 7.8 10.0 72.3 10.1 9.4 21.4 18.6 4.0|17.0 ± 17.7
EER|DTL|10.0 2.1 14.4 18.6 26.5 5.7 9.6 50.2 10.1 13.2 19.8 20.5 8.8|16.1 ± 12.2
EER|STDN|7.6 3.8 8.4 13.8 14.5 5.3 4.4 35.4 0.0 19.3 21.0 20.8 1.6|12.0 ± 10.0
TDR@FDR 0.5 %|STDN|45.0 40.5 45.7 36.7 11.7 40.9 74.0 0.0 67.5 16.0 13.4 9.4 62.8|35.7 ± 23.9
"""
"""Table 2: metric, method, thirteen species, average over the folds."""


def published_tables(report: Report) -> tuple[Table, ...]:
    """Tables 1(a), 1(b), 1(c) and 2 of the paper, each with what this report has to show."""
    return (
        _protocols("paper-table-1a", "Table 1(a) of STDN: OULU-NPU", OULU, report),
        _protocols("paper-table-1b", "Table 1(b) of STDN: SiW", SIW, report),
        _species(
            "paper-table-1c",
            "Table 1(c) of STDN: SiW-M, protocol I, known attacks",
            SIWM_KNOWN,
            report,
            "Overall",
        ),
        _species(
            "paper-table-2",
            "Table 2 of STDN: SiW-M, protocol II, unknown attacks",
            SIWM_UNKNOWN,
            report,
            "Average",
        ),
    )


def _protocols(key: str, name: str, printed: str, report: Report) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for protocol, lines in groupby(_fields(printed), key=lambda fields: fields[0]):
        rows.append((f"Protocol {protocol}", "", "", ""))
        rows += [(f"{method} (published)", *rates) for _, method, *rates in lines]
    here = [_here(report, key) for key in ("apcer/worst", "bpcer", "acer")]
    rows += [("No protocol: the rows of this report", "", "", ""), (HERE, *here)]
    columns = ("method", "APCER (%)", "BPCER (%)", "ACER (%)")
    return Table(key=key, title=name, columns=columns, rows=tuple(rows), note=_CAUTION)


def _species(key: str, name: str, printed: str, report: Report, overall: str) -> Table:
    columns = ("method", *(shown for shown, _ in SPECIES), overall)
    rows: list[tuple[Cell, ...]] = []
    for metric, lines in groupby(_fields(printed), key=lambda fields: fields[0]):
        unit = "" if metric.endswith("%") else " (%)"
        rows.append((metric + unit, *[""] * (len(columns) - 1)))
        rows += [
            (f"{method} (published)", *species.split(), average)
            for _, method, species, average in lines
        ]
        rows.append((HERE, *_own_row(metric, report)))
    return Table(key=key, title=name, columns=columns, rows=tuple(rows), note=_CAUTION)


def _own_row(metric: str, report: Report) -> Sequence[Cell]:
    """What this report has: APCER by species, and pooled figures under the average."""
    overall = {"APCER": "apcer/worst", "TDR@FDR 0.5 %": "tdr@fdr=0.005"}.get(metric, metric.lower())
    by_species = [
        _here(report, f"apcer/{medium}") if metric == "APCER" else None for _, medium in SPECIES
    ]
    return (*by_species, _here(report, overall))


def _here(report: Report, key: str) -> Cell:
    figure = report.pooled.figure(key)
    return None if figure is None else measured(figure)


def _fields(printed: str) -> list[list[str]]:
    return [line.split("|") for line in printed.splitlines()]
