"""Commands that need torch say so in one line where it is absent."""

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
