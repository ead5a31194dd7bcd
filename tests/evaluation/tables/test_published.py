import pytest
from checked_latex import check_latex
from made_reports import QUICK, rich_rows

from spooftrace.errors import SplitError
from spooftrace.evaluation.estimates.rate import ACER, BPCER, WORST_APCER
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.protocols.average import average
from spooftrace.evaluation.protocols.protocol import Fold, Protocol
from spooftrace.evaluation.protocols.published import (
    SIW_M_KNOWN,
    SIW_M_UNKNOWN,
    oulu_npu,
    siw,
)
from spooftrace.evaluation.render.latex import latex_table
from spooftrace.evaluation.tables.naming import measured
from spooftrace.evaluation.tables.published import HERE, published_by_attack
from spooftrace.evaluation.tables.report import report_document, report_json
from spooftrace.evaluation.tables.table import is_heading
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import fixed_threshold

BY_RATE = [*map(oulu_npu, range(1, 5)), *map(siw, range(1, 4))]


def protocol(database=None):
    return Protocol(
        name="OULU-NPU 1",
        folds=(Fold(name="all", split=None),),
        database=database,
        published=oulu_npu(1),
    )


def build(protocol):
    half = fixed_threshold(0.5, "me")
    return build_report(rich_rows(), half, system="toy", options=QUICK, protocol=protocol)


def test_a_report_of_no_protocol_shows_no_published_figure():
    document = report_document(build(None))
    assert not [made for made in document.tables if made.key.startswith("published")]


def test_a_report_of_a_protocol_stands_beside_what_others_reached_by_it():
    report = build(protocol())
    made = report_document(report).table("published-oulu-npu")
    assert [row[0] for row in made.rows][-1] == HERE
    assert all(row[0].endswith(" (published)") for row in made.rows[:-1])
    assert "not measured by this package" in made.note
    expected = [measured(report.pooled.estimate(rate)) for rate in (WORST_APCER, BPCER, ACER)]
    assert list(made.rows[-1][1:]) == expected
    assert made.rows[0] == ("STASN (published)", "1.2", "2.5", "1.9")
    assert '"name": "OULU-NPU 1"' in report_json(report)
    check_latex(latex_table(made))


def test_rows_of_another_database_are_refused():
    with pytest.raises(SplitError, match="expected every row of database OULU-NPU"):
        build(protocol("OULU-NPU"))


@pytest.mark.parametrize("published", BY_RATE, ids=lambda each: each.title)
def test_acer_as_printed_is_the_mean_of_the_two_rates_as_printed(published):
    """Within rounding, and but for folds, where the mean of means may differ in the last digit."""
    assert published.rows()
    for row in published.rows():
        if not row["apcer"]:
            continue
        apcer, bpcer, acer = (float(row[name]) for name in ("apcer", "bpcer", "acer"))
        if (row["method"], apcer) not in (("DeSpooF", 4.0), ("Auxiliary", 9.3)):
            assert acer == pytest.approx((apcer + bpcer) / 2, abs=0.11), row


@pytest.mark.parametrize("published", [SIW_M_KNOWN, SIW_M_UNKNOWN], ids=lambda each: each.title)
def test_thirteen_species_and_an_average(published):
    assert len(published.species) == 13
    assert all(Medium(name) for name in published.species)
    for row in published.rows():
        assert all(0 <= float(row[name]) <= 100 for name in (*published.species, "overall"))


def test_averages_over_the_attacks_as_printed_are_those_of_the_species():
    """A typing error in a number would show.

    The ACER of DTL on obfuscation is printed as 48.1, which is not the mean of 73.2 and 11.5.
    """
    for row in SIW_M_UNKNOWN.rows():
        if (row["metric"], row["method"]) == ("acer", "DTL"):
            continue
        found = average([float(row[name]) for name in SIW_M_UNKNOWN.species])
        assert found.mean == pytest.approx(float(row["overall"]), abs=0.16), row
        assert found.deviation == pytest.approx(float(row["overall_sd"]), abs=1.2), row


def test_acer_by_species_as_printed_is_the_mean_of_its_rates():
    found = {(row["metric"], row["method"]): row for row in SIW_M_UNKNOWN.rows()}
    for method in ("LBP+SVM", "Auxiliary", "STDN"):
        for name in SIW_M_UNKNOWN.species:
            apcer, bpcer, acer = (
                float(found[metric, method][name]) for metric in ("apcer", "bpcer", "acer")
            )
            assert acer == pytest.approx((apcer + bpcer) / 2, abs=0.9), (method, name)


def test_an_average_is_over_the_attacks_and_not_the_worst_nor_pooled():
    here = {
        metric: dict.fromkeys(SIW_M_UNKNOWN.species, 0.1) | {"print": 0.9}
        for metric in ("apcer", "tdr")
    }
    averages = {metric: average(list(values.values())) for metric, values in here.items()}
    made = published_by_attack(SIW_M_UNKNOWN, here, averages)
    own = [row for row in made.rows if row[0] == HERE]
    assert len(own) == 2
    # (12 * 0.1 + 0.9) / 13, and the sample deviation of twelve tenths and nine tenths.
    assert own[0][-1] == "16.2 ± 22.2"
    assert own[0][made.columns.index("print")] == "90.0"
    headings = [row[0] for row in made.rows if is_heading(row)]
    assert headings == ["APCER", "BPCER", "ACER", "EER", "TDR at FDR 0.5 %"]
    check_latex(latex_table(made))
