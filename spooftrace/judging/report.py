"""From scores to the report, at a threshold whose origin is known."""

from spooftrace.evaluation.estimates.report import Report, build_report
from spooftrace.evaluation.estimates.sections import ReportOptions
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.judging.operating_point import choose_threshold, has_development_rows
from spooftrace.judging.scored import Scored


def report_on(
    scored: Scored,
    *,
    protocol: Protocol | None = None,
    split: str = "test",
    threshold: float | None = None,
    rule: str | None = None,
    oracle: bool = False,
    cluster: str | None = None,
) -> Report:
    """The report on scored rows; the arguments are those of `judge.judge`.

    Raises:
        SplitError: the split has no rows, or the threshold was chosen on it.
    """
    if protocol is not None and rule is None and has_development_rows(scored.table, split):
        rule = protocol.rule
    chosen, said = choose_threshold(scored, split, threshold, rule, oracle=oracle)
    return build_report(
        scored.table,
        chosen,
        system=scored.system,
        split=split,
        options=ReportOptions(cluster=cluster),
        notes=(*scored.notes, *said),
        provenance=scored.provenance,
        protocol=protocol,
        oracle=oracle,
    )
