"""`store.json`: what a store holds and how it came to be."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from spooftrace.errors import StoreError

STORE_JSON: Final = "store.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How the faces of a store were made."""

    created_by: str
    """The command, such as `prepare`."""
    landmarker: str
    landmarker_version: str
    crop_size: int
    """Side of a crop in pixels."""
    crop_enlarge: float
    """Side of the square that was cut out over the side of the mesh's own square."""
    source: str
    """Name of the folder, manifest or database."""
    source_fingerprint: str
    """SHA-256 over what the source listed: files, their sizes and everything stated of them."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of the command that change what is in the store."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """How many pictures gave no face, by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardInfo:
    """One Parquet file of a store."""

    name: str
    rows: int
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInfo:
    """The whole of `store.json`. It holds no time and no host: equal sources give equal stores."""

    schema_version: int
    package_version: str
    provenance: Provenance
    rows: int
    labels: Mapping[str, int]
    """Rows per label, by name."""
    media: Mapping[str, int]
    """Rows per medium."""
    shards: tuple[ShardInfo, ...]


def to_json(info: StoreInfo) -> bytes:
    """The bytes of `store.json`."""
    return (json.dumps(asdict(info), indent=2, sort_keys=True) + "\n").encode()


def from_json(data: bytes, where: str, *, schema_version: int) -> StoreInfo:
    """Read `store.json`; `StoreError` naming `where` when damaged or of another schema version."""
    try:
        raw = json.loads(data)
        version = raw["schema_version"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{where}: expected the JSON description of a store, got something else"
            f" ({_because(error)}); make the store again with `spooftrace prepare`"
        ) from error
    if version != schema_version:
        raise StoreError(
            f"{where}: the store has schema version {version}, this spooftrace reads version"
            f" {schema_version}; make the store again, or use the spooftrace that wrote it"
            f" ({raw.get('package_version', 'version unknown')})"
        )
    try:
        return _to_info(raw)
    except (KeyError, TypeError) as error:
        raise StoreError(
            f"{where}: the description is incomplete ({_because(error)});"
            " make the store again with `spooftrace prepare`"
        ) from error


def joined(infos: Sequence[StoreInfo], shown: Sequence[str]) -> StoreInfo:
    """What is said of several stores as one; `shown` names them in messages.

    Raises:
        StoreError: their faces were found or cut by different rules.
    """
    rules = [
        (made.landmarker, made.landmarker_version, made.crop_size, made.crop_enlarge)
        for made in (info.provenance for info in infos)
    ]
    for rule, name in zip(rules, shown, strict=True):
        if rule != rules[0]:
            raise StoreError(
                f"{name}: expected faces found and cut as in {shown[0]} ({rules[0]}), got {rule};"
                " prepare both with the same spooftrace"
            )
    first = infos[0].provenance
    prints = "\n".join(info.provenance.source_fingerprint for info in infos)
    rejected: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    media: Counter[str] = Counter()
    for info in infos:
        rejected.update(info.provenance.rejected)
        labels.update(info.labels)
        media.update(info.media)
    return replace(
        infos[0],
        provenance=replace(
            first,
            created_by=" + ".join(dict.fromkeys(info.provenance.created_by for info in infos)),
            source=" + ".join(info.provenance.source for info in infos),
            source_fingerprint=hashlib.sha256(prints.encode()).hexdigest(),
            options={"union": [dict(info.provenance.options) for info in infos]},
            rejected=dict(rejected),
        ),
        rows=sum(info.rows for info in infos),
        labels=dict(labels),
        media=dict(media),
        shards=tuple(shard for info in infos for shard in info.shards),
    )


def _because(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def _to_info(raw: Mapping[str, Any]) -> StoreInfo:
    return StoreInfo(
        schema_version=raw["schema_version"],
        package_version=raw["package_version"],
        provenance=Provenance(**raw["provenance"]),
        rows=raw["rows"],
        labels=raw["labels"],
        media=raw["media"],
        shards=tuple(ShardInfo(**shard) for shard in raw["shards"]),
    )
