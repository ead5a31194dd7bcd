"""The databases of the field whose layouts are known, in the order in which they are tried."""

from typing import Final

from spooftrace.data.layouts.casia_fasd import CASIA_FASD
from spooftrace.data.layouts.celeba_spoof import CELEBA_SPOOF
from spooftrace.data.layouts.database import Database
from spooftrace.data.layouts.msu_mfsd import MSU_MFSD
from spooftrace.data.layouts.nuaa import NUAA
from spooftrace.data.layouts.oulu_npu import OULU_NPU
from spooftrace.data.layouts.replay_attack import REPLAY_ATTACK
from spooftrace.data.layouts.replay_mobile import REPLAY_MOBILE
from spooftrace.data.layouts.siw import SIW
from spooftrace.data.layouts.siw_m import SIW_M
from spooftrace.data.layouts.siw_mv2 import SIW_MV2

DATABASES: Final[tuple[Database, ...]] = (
    OULU_NPU,
    SIW,
    SIW_MV2,
    SIW_M,
    CASIA_FASD,
    REPLAY_ATTACK,
    REPLAY_MOBILE,
    MSU_MFSD,
    CELEBA_SPOOF,
    NUAA,
)
