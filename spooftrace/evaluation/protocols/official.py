"""The protocols of the field, by name."""

from typing import Final

from spooftrace.errors import ConfigError, did_you_mean
from spooftrace.evaluation.protocols.cross_database import MCIO, across
from spooftrace.evaluation.protocols.oulu_npu import OULU_NPU
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.evaluation.protocols.siw import SIW
from spooftrace.evaluation.protocols.siw_m import SIW_M, SIW_MV2

PROTOCOLS: Final = {each.name: each for each in (*OULU_NPU, *SIW, *SIW_M, *SIW_MV2, MCIO)}


def protocol_named(name: str) -> Protocol:
    """The protocol of that name, `oulu-npu/1` or `cross/SOURCE+SOURCE/TARGET`.

    Raises:
        ConfigError: there is none.
    """
    if name.startswith("cross/"):
        return across(name)
    if name not in PROTOCOLS:
        raise ConfigError(
            f"protocol: got {name!r}; {did_you_mean(name, list(PROTOCOLS))}; or "
            "cross/SOURCE+SOURCE/TARGET"
        )
    return PROTOCOLS[name]


def serving(database: str) -> list[str]:
    """Names of the protocols that want clips of a database; any may be crossed with another."""
    names = [
        name
        for name, protocol in PROTOCOLS.items()
        if database in {each for fold in protocol.folds for each in protocol.databases(fold)}
    ]
    return [*names, "cross/.../..."]
