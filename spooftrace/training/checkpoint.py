"""Everything a run needs to go on as if it had never stopped.

It lies in one file that is either whole or absent.

A checkpoint is a safetensors file: weights, batch statistics and optimiser moments as tensors, the
rest as JSON in its header. Batches, augmentation and harder samples are functions of (seed, step),
so the step is the data position and the random state at once.

Schema 1, tensors: `<part>.<parameter>` and `adam.<part>.<moment>.<parameter>` of every part of the
method; the parts of the paper's are `generator` and `discriminators`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Shaped
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from spooftrace.data.files import UNFINISHED, new_path
from spooftrace.errors import CheckpointError
from spooftrace.run_folder import RunFolder
from spooftrace.training.method import Part

SCHEMA_VERSION = 1
KEPT = 2
"""How many of the latest checkpoints stay beside the best."""

MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands; travels in the checkpoint's header."""

    step: int
    """Iterations done."""
    config: Mapping[str, Any]
    """The resolved configuration, as JSON."""
    provenance: Mapping[str, Any]
    """Package and library versions, the store's fingerprint, the split in words."""
    development: Mapping[str, Any] | None = None
    """What the last look at the development split found (`training.development.Development`)."""
    best: Mapping[str, Any] | None = None
    """The same of the best checkpoint so far."""


def save(path: Path, parts: Mapping[str, Part], progress: Progress) -> None:
    """Write atomically.

    A reader, or a restart after a kill, sees the old file or the new one, never a part.

    Raises:
        CheckpointError: the disk is full or not writable; what lay at `path` before still does.
    """
    header = {
        "schema_version": SCHEMA_VERSION,
        **{name: getattr(progress, name) for name in Progress.__slots__},
    }
    metadata = {"spooftrace": json.dumps(header)}
    try:
        with new_path(path) as temporary:
            save_file(_tensors(parts), temporary, metadata=metadata)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path}: the checkpoint could not be written ({error}); free some space and "
            "continue with --resume, earlier checkpoints are untouched"
        ) from error


def peek(path: Path) -> Progress:
    """The header alone.

    Raises:
        CheckpointError: no such file, not a checkpoint, or another schema version.
    """
    return _progress(path, _header(path))


def restore(path: Path, parts: Mapping[str, Part]) -> Progress:
    """Load weights and moments, in place.

    Raises:
        CheckpointError: as `peek`, or the tensors are those of another architecture.
    """
    progress = peek(path)
    tensors = load_file(path)
    for name, part in parts.items():
        wanted = part.module.state_dict()
        part.module.load_state_dict(_part(path, tensors, f"{name}.", wanted))
        if part.optimizer is not None:
            _load_moments(path, tensors, name, part.module, part.optimizer)
    return progress


def prune(run: RunFolder) -> None:
    """Delete all but the last `KEPT` numbered checkpoints, and what a killed writer left."""
    for old in run.numbered()[:-KEPT]:
        old.unlink()
    for rest in run.checkpoints.glob(f"{UNFINISHED}*"):
        rest.unlink()


def _tensors(parts: Mapping[str, Part]) -> dict[str, Shaped[Tensor, "..."]]:
    """Every tensor of the run by its name in the file."""
    named: dict[str, Tensor] = {}
    for name, part in parts.items():
        named |= {f"{name}.{key}": tensor for key, tensor in part.module.state_dict().items()}
        if part.optimizer is None:
            continue
        for key, parameter in part.module.named_parameters():
            moments = part.optimizer.state.get(parameter, {})
            named |= {f"adam.{name}.{moment}.{key}": moments[moment] for moment in moments}
    return {name: tensor.detach().cpu().contiguous() for name, tensor in named.items()}


def _part(
    path: Path, tensors: Mapping[str, Tensor], prefix: str, wanted: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The tensors under `prefix`, which must be exactly those of `wanted`, in name and shape."""
    part = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    for name in sorted(part.keys() ^ wanted.keys()):
        where = "only the checkpoint has" if name in part else "only the networks have"
        raise CheckpointError(
            f"{path}: made with another architecture: {where} {prefix}{name}; "
            "use the checkpoint's own configuration"
        )
    for name, tensor in wanted.items():
        if part[name].shape != tensor.shape:
            raise CheckpointError(
                f"{path}: made with another architecture: {prefix}{name} is "
                f"{list(part[name].shape)}, the networks need {list(tensor.shape)}; "
                "use the checkpoint's own configuration"
            )
    return part


def _load_moments(
    path: Path,
    tensors: Mapping[str, Tensor],
    name: str,
    module: nn.Module,
    adam: torch.optim.Optimizer,
) -> None:
    """Adam's moments, in the memory layout of their parameters.

    The fused kernel walks both side by side.
    """
    state: dict[int, dict[str, Tensor]] = {}
    for index, (key, parameter) in enumerate(module.named_parameters()):
        stored = {m: tensors.get(f"adam.{name}.{m}.{key}") for m in MOMENTS}
        if stored["step"] is None:
            continue
        if any(tensor is None for tensor in stored.values()):
            raise CheckpointError(
                f"{path}: the moments of {name}.{key} are incomplete; the file is damaged"
            )
        state[index] = {
            m: torch.empty_like(parameter).copy_(tensor) if tensor.dim() else tensor
            for m, tensor in stored.items()
            if tensor is not None
        }
    adam.load_state_dict({"state": state, "param_groups": adam.state_dict()["param_groups"]})


def _header(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise CheckpointError(f"{path}: expected a checkpoint, found no such file")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
        header: Mapping[str, Any] = json.loads(metadata["spooftrace"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(
            f"{path}: expected a spooftrace checkpoint, found something else or a damaged "
            f"file ({error})"
        ) from error
    if header.get("schema_version") != SCHEMA_VERSION:
        raise CheckpointError(
            f"{path}: expected checkpoint schema {SCHEMA_VERSION}, "
            f"found {header.get('schema_version')}; use the version of spooftrace that wrote it"
        )
    return header


def _progress(path: Path, header: Mapping[str, Any]) -> Progress:
    try:
        return Progress(**{name: header[name] for name in Progress.__slots__})
    except KeyError as error:
        raise CheckpointError(
            f"{path}: the checkpoint's header lacks {error}; it is damaged"
        ) from error
