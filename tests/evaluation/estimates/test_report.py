import inspect
import json

import numpy as np
import pytest
from made_tables import random_table, table

from spooftrace.errors import ConfigError, NoSamplesError, SplitError
from spooftrace.evaluation.estimates.estimate import ReportOptions, Resampling
from spooftrace.evaluation.estimates.rate import ACER, AUC, BPCER, WORST_APCER, Kind, Rate
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.protocols.operating import development_threshold, oracle_threshold
from spooftrace.evaluation.tables.report import report_json
from spooftrace.metrics.thresholds import Threshold, eer_threshold, fixed_threshold

QUICK = ReportOptions(resampling=Resampling(rounds=100))
FIXED = fixed_threshold(0.5, "a test")


def build(rows, threshold=FIXED, **changes):
    return build_report(rows, threshold, **({"system": "toy", "options": QUICK} | changes))


def test_the_threshold_comes_from_the_development_rows_alone():
    rows = random_table()
    dev = rows.rows(rows.split == "dev")
    expected = eer_threshold(dev.score[dev.is_attack], dev.score[~dev.is_attack], split="dev")
    assert development_threshold(rows) == expected
    shifted = rows.score + 100 * (rows.split != "dev")  # whatever the other rows are
    other = table(
        shifted, rows.label.tolist(), split=rows.split, medium=rows.medium, clip=rows.clip
    )
    assert development_threshold(other) == expected
    assert development_threshold(rows, "bpcer@0.1").rule == "bpcer@0.1"


def test_no_development_rows_no_threshold():
    with pytest.raises(SplitError, match=r"got 0 live and 0 spoof; .*state a threshold"):
        development_threshold(table([0.1, 0.9], [0, 1]))
    with pytest.raises(SplitError, match="got 1 live and 0 spoof"):
        development_threshold(table([0.1, 0.9], [0, 1], split=["dev", "test"]))
    with pytest.raises(ConfigError, match="threshold rule"):
        development_threshold(random_table(), "best")


@pytest.mark.parametrize("name", ["test", "TEST", "eval", "testing"])
def test_a_threshold_of_the_rows_reported_on_is_refused(name):
    threshold = Threshold(value=0.5, rule="eer", split=name, description="")
    with pytest.raises(
        SplitError, match=f"from other rows than those reported on, got one chosen on {name}"
    ):
        build(random_table(), threshold)


def test_a_development_threshold_is_refused_for_development_rows():
    rows = random_table()
    with pytest.raises(SplitError, match="chosen on dev by eer for a report on dev"):
        build(rows, development_threshold(rows), split="dev")
    assert build(rows, FIXED, split="dev").threshold == FIXED
    assert build(rows, None, split="dev").sections[0].estimate(ACER) is None


def test_there_is_no_way_to_say_where_a_threshold_is_chosen():
    assert list(inspect.signature(development_threshold).parameters) == ["table", "rule"]
    assert "rule" not in inspect.signature(build_report).parameters


def test_an_oracle_must_be_asked_for_and_marks_every_figure():
    rows = random_table()
    threshold = oracle_threshold(rows, "test")
    test = rows.rows(rows.split == "test")
    assert threshold == eer_threshold(
        test.score[test.is_attack], test.score[~test.is_attack], split="test"
    )
    with pytest.raises(SplitError, match=r"chosen on test by eer for a report on test.*--oracle"):
        build(rows, threshold)
    marked = build(rows, threshold, oracle=True)
    assert marked.is_oracle
    figures = [figure for section in marked.sections for figure in section.estimates]
    assert all(figure.is_oracle for figure in figures)
    # Allowing an oracle makes none of a threshold from other rows.
    plain = build(rows, development_threshold(rows), oracle=True)
    assert not plain.is_oracle
    assert not any(figure.is_oracle for section in plain.sections for figure in section.estimates)


def test_pooled_and_each_source():
    rows = random_table()
    found = build(rows, development_threshold(rows))
    assert [section.name for section in found.sections] == ["pooled", "set0", "set1"]
    test = rows.rows(rows.split == "test")
    pooled = found.sections[0]
    assert pooled.live == np.count_nonzero(~test.is_attack)
    assert pooled.attacks == {
        medium: scores.size for medium, scores in test.attacks_by_species().items()
    }
    for section in found.sections[1:]:
        own = test.rows(test.database == section.name)
        assert section.live + sum(section.attacks.values()) == len(own)
        assert section.estimate(BPCER).trials == section.live
    errors = [section.estimate(BPCER).events for section in found.sections]
    assert errors[0] == errors[1] + errors[2]
    assert pooled.cluster == "clip"
    assert pooled.estimate(WORST_APCER).worst in ("print", "replay")


def test_rows_of_no_stated_source_are_a_source_of_their_own():
    rows = table([0.1, 0.9] * 4, [0, 1] * 4, database=["a", "a", None, None] * 2)
    assert [section.name for section in build(rows).sections] == ["pooled", "a", "unknown"]


def test_one_source_is_not_told_twice():
    rows = table([0.1, 0.9] * 4, [0, 1] * 4, database=["a"] * 8)
    assert [section.name for section in build(rows).sections] == ["pooled"]


def test_a_source_of_one_class_says_what_is_missing():
    rows = table([0.1, 0.9, 0.8, 0.2], [0, 1, 1, 1], database=["a", "a", "b", "b"])
    section = build(rows).sections[2]
    assert section.notes[0] == "no live rows: figures that need both classes are undefined"
    assert section.estimate(Rate(Kind.APCER, species="print")).value == 0.5
    assert section.estimate(AUC) is None


def test_few_live_rows_cannot_express_the_fdr():
    rows = table([0.1, 0.9] * 150, [0, 1] * 150)
    note = build(rows).sections[0].notes[0]
    assert note.startswith("with fewer than 200 live rows, 0.50% of them is less than one")
    rows = table([0.1, 0.9] * 200, [0, 1] * 200)
    assert not any("fewer than" in note for note in build(rows).sections[0].notes)


def test_scores_the_other_way_round_are_suspected():
    rows = random_table()
    upside_down = table(-rows.score, rows.label.tolist(), medium=rows.medium)
    assert any("AUC below one half" in note for note in build(upside_down).sections[0].notes)
    assert not any("AUC" in note for note in build(rows).sections[0].notes)


def test_rows_that_define_nothing():
    with pytest.raises(NoSamplesError, match="got 0 live and 2 spoof, and no threshold"):
        build(table([0.1, 0.9], [1, 1]), None)
    with pytest.raises(SplitError, match=r"expected rows of split dev, got 2 of test; report on"):
        build(table([0.1, 0.9], [0, 1]), split="dev")


def test_a_wanted_unit_holds_for_the_sources_too():
    rows = random_table()
    by_source = build(rows, options=ReportOptions(resampling=QUICK.resampling, cluster="database"))
    assert [section.cluster for section in by_source.sections] == ["database", "clip", "clip"]
    assert by_source.sections[0].estimate(AUC).clustered.interval is None


def test_the_json_holds_everything():
    rows = random_table()
    found = build(rows, development_threshold(rows), notes=["faces: as they are"])
    read = json.loads(report_json(found))
    assert read["schema_version"] == 3
    assert read["system"] == "toy"
    assert read["split"] == "test"
    assert read["threshold"]["rule"] == "eer"
    assert read["notes"] == ["faces: as they are"]
    assert read["options"]["seed"] == 0
    auc = next(f for f in read["sections"][1]["estimates"] if f["rate"]["kind"] == "auc")
    assert auc["value"] == found.sections[1].estimate(AUC).value
    assert auc["clustered"]["interval"]["method"] == "cluster bootstrap, BCa"
    assert report_json(found) == report_json(
        build(rows, development_threshold(rows), notes=["faces: as they are"])
    )
