import csv
import io
import json

import pytest
from checked_latex import check_latex

from spooftrace.errors import ConfigError
from spooftrace.evaluation.render.data import csv_table, json_table
from spooftrace.evaluation.render.latex import latex_table
from spooftrace.evaluation.tables.table import Measured, Table, is_heading, shown
from spooftrace.metrics.intervals import clopper_pearson

RATE = Measured(value=0.125, interval=clopper_pearson(1, 8), events=1, trials=8)
DECIBEL = Measured(value=31.26, is_share=False, digits=1)
TABLE = Table(
    key="some-rates",
    title="Rates & more",
    columns=("medium", "APCER", "PSNR", "faces"),
    rows=(
        ("Group_1", "", "", ""),
        ("half_mask", RATE, DECIBEL, 8),
        ("print", None, Measured(value=None), 0),
    ),
    note="50% of it.",
)


def test_a_cell_as_text():
    assert shown(RATE) == "12.50 [0.32, 52.65] (1 / 8)"
    assert shown(DECIBEL) == "31.3"
    assert shown(None) == shown(Measured(value=None)) == "-"
    assert shown(0.123456) == "0.1235"
    assert shown(Measured(value=0.5, is_oracle=True)) == "50.00 (oracle)"


def test_tables_check_themselves():
    with pytest.raises(ConfigError, match="row 1: expected 2 cells, got 1"):
        Table(key="a", title="", columns=("a", "b"), rows=((1, 2), (1,)))
    with pytest.raises(ConfigError, match="expected a-z, 0-9 and hyphens, got 'A b'"):
        Table(key="A b", title="", columns=(), rows=())


def test_csv_holds_unrounded_numbers_with_intervals_and_counts():
    header, heading, first, second = csv.reader(io.StringIO(csv_table(TABLE)))
    parts = ["low", "high", "level", "method", "events", "trials", "oracle"]
    expected = ["medium", "APCER", *(f"APCER {part}" for part in parts)]
    assert header == [*expected, "PSNR", *(f"PSNR {part}" for part in parts), "faces"]
    assert len({len(header), len(heading), len(first), len(second)}) == 1
    row = dict(zip(header, first, strict=True))
    assert float(row["APCER"]) == 0.125
    assert float(row["APCER low"]) == clopper_pearson(1, 8).low
    assert (row["APCER events"], row["APCER trials"], row["APCER oracle"]) == ("1", "8", "no")
    assert row["PSNR"] == "31.26"
    assert second[1] == ""


def test_json_holds_the_numbers_with_their_intervals():
    read = json.loads(json_table(TABLE))
    assert read["columns"] == ["medium", "APCER", "PSNR", "faces"]
    assert read["rows"][1][1]["value"] == 0.125
    assert read["rows"][1][1]["interval"]["low"] == clopper_pearson(1, 8).low
    assert read["rows"][2][1] is None


def words(latex):
    """The text with runs of blanks folded, as LaTeX reads it."""
    return " ".join(latex.split())


def test_latex_is_whole():
    text = words(check_latex(latex_table(TABLE, ("Mind #1.",))))
    assert r"half\_mask & 12.50 [0.32, 52.65] (1 / 8) & 31.3 & 8 \\" in text
    assert r"\caption{Mind \#1. Rates \& more. 50\% of it.}" in text
    oracle = latex_table(
        Table(key="a", title="", columns=("x",), rows=((Measured(value=0.5, is_oracle=True),),))
    )
    assert "50.00 (oracle)" in oracle


def test_what_latex_would_read_as_its_own_in_a_caption():
    table = Table(key="a", title=r"a_b & 5% {x} \z ~ 1 ± 2", columns=("x",), rows=(("y",),))
    assert r"\caption{a\_b \& 5\% \{x\} \textbackslash{}z \textasciitilde{} 1 ± 2.}" in (
        check_latex(latex_table(table))
    )


def test_headings_within_a_table():
    assert is_heading(("Protocol 1", "", ""))
    assert not is_heading(("Protocol 1", "", "-"))
    assert not is_heading(("alone",))
