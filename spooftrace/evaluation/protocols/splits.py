"""Which rows of a store train, which choose (development), which judge (test).

Split membership is not stored; it is computed from the columns, so that one store serves every
protocol. Where a database states it (`attributes["split"]`), the statement holds; what is missing
is held out in whole groups (`evaluation.holdout`).
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ConfigError, SplitError
from spooftrace.evaluation.protocols.holdout import choose_grouping, hold_out
from spooftrace.evaluation.scores.columns import Columns, column_values
from spooftrace.labels import Label, split_named

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitConfig:
    """How rows are divided. The default takes what the databases state and holds out the rest."""

    # Read by itself as well, from what a run recorded.
    __pydantic_config__: ClassVar[dict[str, object]] = {
        "extra": "forbid",
        "strict": True,
        "allow_inf_nan": False,
    }

    dev: dict[str, list[str]] = field(default_factory=dict)
    """Development rows: column -> values, all of which must match; `attributes.NAME` is a column
    too. `spoof.COLUMN` and `live.COLUMN` bind rows of that label alone; of a column of whole
    numbers, `0..59` are the values from 0 to 59. Empty: the rows stated dev or val, or else whole
    groups held out."""
    test: dict[str, list[str]] = field(default_factory=dict)
    """Test rows, likewise. Empty: the rows stated test, or else whole groups held out."""
    train: dict[str, list[str]] = field(default_factory=dict)
    """Rows that train, and of which development rows are held out where `dev` is empty, likewise.
    Empty: all that are neither development nor test rows."""
    unseen: dict[str, list[str]] = field(default_factory=dict)
    """Rows that neither train nor choose, likewise: left out of both once the parts are made, so
    that the people of each part stay the same. For attacks that only the test shows (Sec. 4.3)."""
    dev_share: float = 0.2
    """About this share of the rows is held out (for test likewise, where it is held out)."""
    group: str | None = None
    """Column whose values are held out whole. `None`: the first of database, subject and clip that
    has enough of them."""

    def __post_init__(self) -> None:
        if not 0 < self.dev_share < 1:
            raise ConfigError(f"split.dev_share: expected a share in (0, 1), got {self.dev_share}")
        parts = (
            ("dev", self.dev),
            ("test", self.test),
            ("train", self.train),
            ("unseen", self.unseen),
        )
        for name, wanted in parts:
            for column, values in wanted.items():
                if not values:
                    raise ConfigError(f"split.{name}.{column}: expected at least one value, got []")


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """Row numbers of the parts, increasing, disjoint, together all rows."""

    train: NDArray[np.intp]
    dev: NDArray[np.intp]
    test: NDArray[np.intp]
    unused: NDArray[np.intp]
    """Rows of `SplitConfig.unseen` that would train or choose, and those whose very picture judges,
    or chooses where they would train."""
    description: str
    """Where each part comes from, in words, with counts."""

    def names(self) -> NDArray[np.object_]:
        """(n,): "train", "dev", "test" or "unused" for every row."""
        parts = {name: getattr(self, name) for name in ("train", "dev", "test", "unused")}
        names = np.empty(sum(rows.size for rows in parts.values()), dtype=object)
        for name, rows in parts.items():
            names[rows] = name
        return names


def split_rows(columns: Columns, config: SplitConfig | None = None) -> Splits:
    """Divide the rows; the same rows and configuration always give the same parts.

    Equal pictures (column `content`, where there is one) are never in two parts: those of test stay
    there, then those of dev.

    Raises:
        SplitError: a column or value is not there, a class is missing from a part, or there are
            too few groups to hold any out; the message says which and what to do.
    """
    config = config or SplitConfig()
    labels = _labels(columns)
    words = _stated_words(columns)
    stated = np.array([split_named(word) or "" for word in words], dtype=object)
    test = matching(columns, config.test, "test") if config.test else stated == "test"
    dev = ~test & (matching(columns, config.dev, "dev") if config.dev else stated == "dev")
    if not (config.test and config.dev):  # else nothing that is stated decides
        _refuse_unknown(words[~test & ~dev])
    how = {
        "dev": "as configured" if config.dev else "as stated",
        "test": "as configured" if config.test else "as stated",
    }
    free = ~test & ~dev
    if config.train:
        free &= matching(columns, config.train, "train")
    missing = [
        name
        for name, part in (("test", test), ("dev", dev))
        if not part.any() and not getattr(config, name)
    ]
    for leave, name in zip(range(len(missing), 0, -1), missing, strict=True):
        rest = free & ~test & ~dev
        grouping = choose_grouping(columns, labels, rest, config.group, parts=leave + 1)
        part = hold_out(grouping, labels, rest, share=config.dev_share, leave=leave)
        how[name] = f"held out, {grouping.describe(part)}"
        test, dev = (part, dev) if name == "test" else (test, part)
    idle = ~test & ~dev & ~free
    unseen, again = ~test & _unseen(columns, config), _shown_again(columns, test, dev, idle)
    reasons = {
        "in no part": idle,
        f"unseen {_spoken(config.unseen)}": unseen,
        f"{np.count_nonzero(again)} whose very picture is in a later part": again,
    }
    how |= {"unused": ", ".join(reason for reason, rows in reasons.items() if rows.any())}
    unused = idle | unseen | again
    parts = {"train": ~test & ~dev & ~unused, "dev": dev & ~unused, "test": test}
    return _checked(labels, parts | {"unused": unused}, how)


def _shown_again(columns: Columns, test: Mask, dev: Mask, idle: Mask) -> Mask:
    """Rows of train whose picture is in dev or test as well, and rows of dev likewise in test."""
    again = np.zeros(len(test), dtype=bool)
    if "content" not in columns:
        return again
    content = np.array(columns["content"], dtype=object)
    again[dev] = np.isin(content[dev], content[test])
    train = ~test & ~dev & ~idle
    again[train] = np.isin(content[train], content[test | dev])
    return again


def _spoken(wanted: Mapping[str, Sequence[str]]) -> str:
    return " and ".join(f"{column} {', '.join(values)}" for column, values in wanted.items())


def _unseen(columns: Columns, config: SplitConfig) -> Mask:
    if not config.unseen:
        return np.zeros(len(columns["label"]), dtype=bool)
    return matching(columns, config.unseen, "unseen")


def _labels(columns: Columns) -> NDArray[np.int8]:
    if "label" not in columns:
        raise SplitError(f"split: expected a column label, got {', '.join(columns) or 'none'}")
    labels = np.array(cast(Sequence[int], columns["label"]), dtype=np.int8)
    if labels.size == 0:
        raise SplitError("split: expected rows, got none; prepare a store that holds faces")
    return labels


def _stated_words(columns: Columns) -> NDArray[np.object_]:
    """(n,): what the databases state, in small letters; "" where they state nothing."""
    if "attributes" not in columns:
        return np.full(len(columns["label"]), "", dtype=object)
    values = column_values(columns, "attributes.split", "split")
    return np.array([(value or "").strip().lower() for value in values], dtype=object)


def _refuse_unknown(words: NDArray[np.object_]) -> None:
    """A word that nobody knows must not train unnoticed: it may be a slip of `test`."""
    unknown = Counter(word for word in words if word and not split_named(word))
    if unknown:
        got = _listed([f"{word!r} on {count} rows" for word, count in sorted(unknown.items())])
        raise SplitError(
            "split: expected attributes.split to be train, dev or test, a word for them, or empty, "
            f"got {got}; mend it in the source and prepare again, or say with split.dev and "
            "split.test which rows are meant"
        )


def matching(columns: Columns, wanted: Mapping[str, Sequence[str]], part: str) -> Mask:
    """Rows that have one of the wanted values in every column named (`SplitConfig.dev`)."""
    match = np.ones(len(columns["label"]), dtype=bool)
    for name, values in wanted.items():
        where = f"split.{part}.{name}"
        of, _, bound = name.partition(".")
        binds = of in ("live", "spoof")
        column = column_values(columns, bound if binds else name, where)
        present = sorted({value for value in column if value is not None})
        spans = [_span(value) for value in values]
        absent = [
            value
            for value, span in zip(values, spans, strict=True)
            if not any(other in span for other in present)
        ]
        if absent:
            raise SplitError(
                f"{where}: expected values that the rows have ({_listed(present)}), "
                f"got {', '.join(map(repr, absent))}"
            )
        found = np.array([any(value in span for span in spans) for value in column])
        match &= found | (_labels(columns) != Label[of.upper()]) if binds else found
    return match


def of_present(columns: Columns, config: SplitConfig) -> SplitConfig:
    """The same without values that no row has, which `matching` refuses."""
    parts: dict[str, dict[str, list[str]]] = {}
    for part in ("train", "dev", "test", "unseen"):
        kept = {}
        for name, values in getattr(config, part).items():
            bound = name.removeprefix("live.").removeprefix("spoof.")
            present = set(column_values(columns, bound, f"split.{part}.{name}"))
            kept[name] = [v for v in values if any(other in _span(v) for other in present)]
        parts[part] = kept
    return replace(config, **parts)  # type: ignore[arg-type]


class _Numbers:
    """The whole numbers from one to another, as text."""

    def __init__(self, first: int, last: int) -> None:
        self._numbers = range(first, last + 1)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and value.isdecimal() and int(value) in self._numbers


def _span(value: str) -> Container[str | None]:
    first, dots, last = value.partition("..")
    if dots and first.isdecimal() and last.isdecimal():
        return _Numbers(int(first), int(last))
    return (value,)


def _checked(labels: NDArray[np.int8], parts: Mapping[str, Mask], how: Mapping[str, str]) -> Splits:
    """The parts, once each that is used holds both classes."""
    said = []
    for name, part in parts.items():
        live, spoof = (np.count_nonzero(labels[part] == label) for label in Label)
        if name == "unused" and not live + spoof:
            continue
        if name != "unused" and not (live and spoof):
            raise SplitError(
                f"split: expected live and spoof rows in each part, got {live} live and {spoof} "
                f"spoof in {name} ({how.get(name, 'the rest')}); change split.dev, split.test or "
                "split.group, or prepare a store that holds more"
            )
        said.append(f"{name}: {live} live, {spoof} spoof ({how.get(name, 'the rest')})")
    rows = {name: np.flatnonzero(part) for name, part in parts.items()}
    return Splits(**rows, description="; ".join(said))


def _listed(values: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(values[:most]) or "none"
    return f"{shown}, ..." if len(values) > most else shown
