"""Scores beside what others reached by an official protocol, which counts clips."""

from dataclasses import replace

from spooftrace.errors import ConfigError
from spooftrace.evaluation.protocols.official import PROTOCOLS, protocol_named
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.evaluation.scores.clips import by_clip
from spooftrace.evaluation.tables.published import RATES, has_rates
from spooftrace.judging.report import Scored


def as_clips_of(scored: Scored, name: str) -> tuple[Scored, Protocol]:
    """The scores clip by clip, and the protocol whose test rows they are said to be.

    Args:
        scored: by face or by clip. That its rows are those of the protocol is the caller's word;
            the report refuses rows of another database.
        name: of an official protocol with one fold, whose published results are APCER, BPCER and
            ACER.

    Raises:
        ConfigError: there is no such protocol, or its published results are of another form.
    """
    protocol = protocol_named(name)
    if len(protocol.folds) > 1 or not has_rates(protocol.published):
        fitting = [
            each.name
            for each in PROTOCOLS.values()
            if len(each.folds) == 1 and has_rates(each.published)
        ]
        raise ConfigError(
            f"--published {name}: expected a protocol of one fold with published {RATES}, "
            f"{', '.join(fitting)}; for the others put the score files of the folds together with "
            f"`spooftrace protocol {name} --scores DIR`"
        )
    table = by_clip(scored.table)
    note = f"rows are clips, each scored by the mean over its frames ({len(scored.table)} faces)"
    judged = replace(scored, table=table, notes=(*scored.notes, note), faces=None)
    return judged, protocol
