import re

import pytest
from checked_latex import check_latex
from made_reports import rich_report

from spooftrace.evaluation.table_files import is_heading, to_latex
from spooftrace.evaluation.tables import published
from spooftrace.evaluation.tables.naming import measured


@pytest.fixture(scope="module")
def report():
    return rich_report()


@pytest.fixture(scope="module")
def tables(report):
    return {table.key: table for table in published.published_tables(report)}


def test_what_is_published_is_called_so_and_what_is_measured_is_not(tables):
    for table in tables.values():
        assert "not measured by this package" in table.note
        for row in table.rows:
            if not is_heading(row):
                assert (row[0] == published.HERE) != row[0].endswith("(published)")


def test_the_measured_row_is_the_reports(report, tables):
    row = tables["paper-table-1a"].rows[-1]
    expected = [measured(report.pooled.figure(key)) for key in ("apcer/worst", "bpcer", "acer")]
    assert list(row[1:]) == expected
    apcer = next(row for row in tables["paper-table-2"].rows if row[0] == published.HERE)
    columns = tables["paper-table-2"].columns
    assert apcer[columns.index("Print")] == measured(report.pooled.figure("apcer/print"))
    assert apcer[columns.index("Half")] is None
    assert apcer[-1] == expected[0]


def test_latex_of_the_papers_tables_is_whole(tables):
    for table in tables.values():
        assert "published" in check_latex(to_latex(table))


@pytest.mark.parametrize("printed", [published.OULU, published.SIW])
def test_acer_as_printed_is_the_mean_of_the_two_rates_as_printed(printed):
    """Within rounding, and but for folds, where the mean of means may differ in the last digit."""
    for line in printed.splitlines():
        _, method, *cells = line.split("|")
        if "-" in cells:
            continue
        apcer, bpcer, acer = (float(cell.split(" ± ")[0]) for cell in cells)
        if (method, apcer) != ("DeSpooF", 4.0) and (method, apcer) != ("Auxiliary", 9.3):
            assert acer == pytest.approx((apcer + bpcer) / 2, abs=0.11), line


@pytest.mark.parametrize("printed", [published.SIWM_KNOWN, published.SIWM_UNKNOWN])
def test_thirteen_species_and_an_average(printed):
    for line in printed.splitlines():
        _, _, species, average = line.split("|")
        rates = [float(rate) for rate in species.split()]
        assert len(rates) == len(published.SPECIES) == 13
        assert all(0 <= rate <= 100 for rate in rates)
        assert re.fullmatch(r"\d+\.\d( ± \d+\.\d)?", average)


def test_averages_over_the_folds_as_printed_are_those_of_the_species():
    """Table 2 averages over species; a typing error in a number would show.

    The ACER of DTL on obfuscation is printed as 48.1, which is not the mean of 73.2 and 11.5.
    """
    for line in published.SIWM_UNKNOWN.splitlines():
        metric, method, species, average = line.split("|")
        if (metric, method) == ("ACER", "DTL"):
            continue
        rates = [float(rate) for rate in species.split()]
        assert sum(rates) / 13 == pytest.approx(float(average.split()[0]), abs=0.16), line


def test_acer_by_species_as_printed_is_the_mean_of_its_rates():
    found = {}
    for line in published.SIWM_UNKNOWN.splitlines():
        metric, method, species, _ = line.split("|")
        found[metric, method] = [float(rate) for rate in species.split()]
    for method in ("LBP+SVM", "Auxiliary", "STDN"):
        rows = zip(*(found[name, method] for name in ("APCER", "BPCER", "ACER")), strict=True)
        for apcer, bpcer, acer in rows:
            assert acer == pytest.approx((apcer + bpcer) / 2, abs=0.9), (method, apcer)
