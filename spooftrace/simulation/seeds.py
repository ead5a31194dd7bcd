"""Seeds by name: what is drawn depends on the name alone, not on what was drawn before."""

import hashlib

import numpy as np


def seed_of(*key: str | int) -> np.random.SeedSequence:
    """A seed that depends on every part of the key and on nothing else."""
    digest = hashlib.sha256("\0".join(map(str, key)).encode()).digest()
    return np.random.SeedSequence(int.from_bytes(digest[:16], "big"))
