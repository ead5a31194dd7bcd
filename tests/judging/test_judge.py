"""One call from faces to the report."""

from dataclasses import replace

import pytest
from toy_sources import grey, score

import spooftrace
from spooftrace.detector.detector import SpoofDetector
from spooftrace.errors import BundleError, SplitError, StoreError
from spooftrace.evaluation.estimates.rate import BPCER, POOLED_APCER, Kind, Rate
from spooftrace.evaluation.protocols.protocol import all_rows_test, default_split


def test_a_run_folder_and_a_store_by_their_paths(bundle, store):
    report = spooftrace.judge(bundle.path.parent, store.path)
    refused = [n for n in range(20, 40) if n % 2 == 0 and score(n) >= 0.175]
    assert 0 < len(refused) < 10
    found = report.pooled.estimate(BPCER)
    assert (found.events, found.trials) == (len(refused), 10)
    assert report.threshold.value == 0.175
    assert "the threshold is the bundle's" in report.notes
    assert [section.name for section in report.sections] == ["pooled", "set2", "set3"]


def test_a_detector_a_bundle_and_a_path_are_judged_alike(bundle, store):
    by_path = spooftrace.judge(str(bundle.path), store)
    assert spooftrace.judge(bundle, store) == by_path
    assert spooftrace.judge(SpoofDetector(bundle), store.path) == by_path


def test_options_are_those_of_the_command(bundle, other):
    report = spooftrace.judge(
        bundle, other, protocol=all_rows_test(), threshold=0.3, cluster="database"
    )
    assert sum(report.pooled.attacks.values()) == 20
    assert (report.threshold.rule, report.threshold.value) == ("fixed", 0.3)
    oracle = spooftrace.judge(bundle, other, protocol=all_rows_test(), oracle=True)
    assert oracle.is_oracle
    assert max(grey(n) for n in range(0, 40, 2)) < 510 * oracle.threshold.value


def test_a_leak_is_refused(bundle, store):
    with pytest.raises(SplitError, match="trained on"):
        spooftrace.judge(bundle, store, all_rows_test())
    with pytest.raises(SplitError, match="chosen on dev by eer for a report on dev"):
        spooftrace.judge(bundle, store, split="dev", rule="eer")


def test_what_is_not_there_is_named(tmp_path, bundle):
    with pytest.raises(BundleError, match="none"):
        spooftrace.judge(tmp_path / "none", tmp_path / "store")
    with pytest.raises(StoreError, match="store"):
        spooftrace.judge(bundle, tmp_path / "store")


def test_a_protocol_says_what_tells_attacks_apart(bundle, other):
    by_medium = spooftrace.judge(bundle, other, all_rows_test())
    by_source = spooftrace.judge(bundle, other, replace(all_rows_test(), species="database"))
    assert by_medium.pooled.attacks == {"replay": 20}
    assert by_source.pooled.attacks == {"set0": 5, "set1": 5, "set2": 5, "set3": 5}
    # Of its five attacks, as many as pass, of each source; the worst of them is the worst species.
    passed = {f"set{n}": sum(score(m) < 0.175 for m in attacks_of(n)) for n in range(4)}
    for name, events in passed.items():
        found = by_source.pooled.estimate(Rate(Kind.APCER, species=name))
        assert (found.events, found.trials) == (events, 5)
    assert by_source.pooled.estimate(POOLED_APCER) == by_medium.pooled.estimate(POOLED_APCER)
    with pytest.raises(SplitError, match=r"every attack to state device, .* 20 of 20, first face1"):
        spooftrace.judge(bundle, other, replace(all_rows_test(), species="device"))
    with pytest.raises(SplitError, match="species: expected a column"):
        spooftrace.judge(bundle, other, replace(all_rows_test(), species="shape"))


def attacks_of(source):
    return range(10 * source + 1, 10 * source + 10, 2)


def test_a_protocol_chooses_the_threshold_by_its_own_rule(bundle, other):
    """With development rows of its own; else the bundle's stands."""
    default = replace(default_split(), rule="bpcer@0.2")
    report = spooftrace.judge(bundle, other, default)
    assert (report.threshold.rule, report.threshold.split) == ("bpcer@0.2", "dev")
    assert report.protocol == default
    assert spooftrace.judge(bundle, other, default, rule="eer").threshold.rule == "eer"
    assert spooftrace.judge(bundle, other, all_rows_test()).threshold.description == "at export"
