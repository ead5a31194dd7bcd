"""What every command does that needs torch, before it loads it."""

import os
from importlib.util import find_spec

from spooftrace.errors import MissingExtraError


def require_torch(command: str) -> None:
    """Raise `MissingExtraError` when the extra `train` is not installed."""
    missing = [name for name in ("torch", "safetensors", "jaxtyping") if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"spooftrace {command} needs {', '.join(missing)}, which is not installed; "
            "pip install 'spooftrace[train]'"
        )
    # Threads of torch that wait by spinning starve those that make the next batch, and each other
    # where cores are shared: a tenfold loss on two. torch reads this once, when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
