"""The layouts that a source may have."""

from enum import StrEnum


class Layout(StrEnum):
    """How a source is laid out; each has a module of its name in `data.layouts`."""

    MANIFEST = "manifest"
    OULU_NPU = "oulu-npu"
    SIW = "siw"
    SIW_MV2 = "siw-mv2"
    SIW_M = "siw-m"
    CASIA_FASD = "casia-fasd"
    REPLAY_ATTACK = "replay-attack"
    REPLAY_MOBILE = "replay-mobile"
    MSU_MFSD = "msu-mfsd"
    CELEBA_SPOOF = "celeba-spoof"
    NUAA = "nuaa"
    RELEASE = "release"
    FOLDER = "folder"
    VIDEO = "video"
