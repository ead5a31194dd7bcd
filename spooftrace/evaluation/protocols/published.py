"""Published results: the tables of STDN (Liu et al., ECCV 2020) as printed, and later ones.

The numbers are in percent. Those of STDN and of the systems it cites are from its tables; each
later row names where it was read (`source`). They belong to a protocol: beside what was measured
here they mean something only where rows and protocol are the same.
"""

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One table of results."""

    key: str
    """Of its file in `results/`."""
    title: str
    protocol: str | None = None
    """Of several protocols in the file, the one meant; `None`: the file is of one."""

    def rows(self) -> list[dict[str, str]]:
        """The lines as printed, by column; "" where nothing is printed."""
        text = (files("spooftrace.evaluation.protocols") / "results" / f"{self.key}.csv").read_text(
            encoding="utf-8"
        )
        found = list(csv.DictReader(text.splitlines()))
        return [row for row in found if self.protocol in (None, row.get("protocol"))]

    @property
    def species(self) -> tuple[str, ...]:
        """The attacks that have a column each; none where rates are of all attacks."""
        return tuple(
            name
            for name in self.rows()[0]
            if name not in ("protocol", "metric", "method", "overall", "source", *_RATES)
            and not name.endswith(DEVIATION)
        )


DEVIATION: Final = "_sd"
"""Ends the name of the column that holds the standard deviation of the one before."""
_RATES = ("apcer", "bpcer", "acer", "eer", "tdr", "hter")


def oulu_npu(protocol: int) -> Published:
    """Table 1(a): OULU-NPU, protocols 1 to 4."""
    title = f"Table 1(a) of STDN: OULU-NPU, protocol {protocol}"
    return Published(key="oulu_npu", title=title, protocol=str(protocol))


def siw(protocol: int) -> Published:
    """Table 1(b): SiW, protocols 1 to 3."""
    return Published(
        key="siw", title=f"Table 1(b) of STDN: SiW, protocol {protocol}", protocol=str(protocol)
    )


SIW_M_KNOWN: Final = Published(
    key="siw_m_known", title="Table 1(c) of STDN: SiW-M, protocol I, known attacks"
)
SIW_M_UNKNOWN: Final = Published(
    key="siw_m_unknown", title="Table 2 of STDN: SiW-M, protocol II, unknown attacks"
)
SIW_MV2_KNOWN: Final = Published(
    key="siw_mv2", title="SiW-Mv2, protocol I, known attacks; TDR at FDR 1 %", protocol="1"
)
SIW_MV2_UNKNOWN: Final = Published(
    key="siw_mv2", title="SiW-Mv2, protocol II, unknown attacks; TDR at FDR 1 %", protocol="2"
)
SIW_MV2_CROSS: Final = Published(
    key="siw_mv2", title="SiW-Mv2, protocol III, other domains; TDR at FDR 1 %", protocol="3"
)
MCIO_HTER: Final = Published(
    key="mcio", title="MSU-MFSD, CASIA-FASD, Replay-Attack, OULU-NPU, each held out"
)
