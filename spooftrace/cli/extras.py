"""What a command needs beyond the plain install, asked before anything heavy is loaded."""

import os
from importlib.util import find_spec

from spooftrace.errors import MissingExtraError

EXTRAS = {
    "data": ("fsspec", "jinja2", "matplotlib", "pyarrow", "scipy", "tabulate"),
    "serve": ("fastapi", "prometheus_client", "pydantic_settings", "python_multipart", "uvicorn"),
    "train": ("torch", "safetensors", "jaxtyping"),
}
"""What each extra of `pyproject.toml` brings and its commands cannot do without."""


def require_data(command: str) -> None:
    """Raise `MissingExtraError` when the extra `data` is not installed."""
    _require("data", command)


def require_serve(command: str) -> None:
    """Raise `MissingExtraError` when the extra `serve` is not installed."""
    _require("serve", command)


def require_torch(command: str) -> None:
    """Raise `MissingExtraError` when the extra `train`, which brings `data`, is not installed."""
    _require("train", command)
    _require("data", command)
    # Threads of torch that wait by spinning starve those that make the next batch, and each other
    # where cores are shared: a tenfold loss on two. torch reads this once, when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _require(extra: str, command: str) -> None:
    missing = [name for name in EXTRAS[extra] if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"spooftrace {command} needs the extra '{extra}', of which {', '.join(missing)} is not "
            f"installed; in the checkout: pip install '.[{extra}]'"
        )
