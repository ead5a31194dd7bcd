"""Reading one column of a store's metadata as text, attributes included."""

from collections.abc import Mapping, Sequence

from spooftrace.errors import SplitError

Columns = Mapping[str, Sequence[object]]
"""Metadata by column name, as `Store.columns()` gives them; all of one length."""

_ATTRIBUTE = "attributes."


def column_values(columns: Columns, name: str, where: str) -> list[str | None]:
    """A column as text, `None` where unknown; `attributes.NAME` reads that attribute.

    Raises:
        SplitError: there is no such column; `where` says who asked.
    """
    source = "attributes" if name.startswith(_ATTRIBUTE) else name
    if source not in columns:
        known = ", ".join(sorted(columns))
        raise SplitError(f"{where}: expected a column ({known}, or attributes.NAME), got {name!r}")
    if source == name:
        return [None if value is None else str(value) for value in columns[name]]
    key = name.removeprefix(_ATTRIBUTE)
    return [row.get(key) if isinstance(row, Mapping) else None for row in columns[source]]


def whole_keys(columns: Columns, name: str) -> list[str | None] | None:
    """What must stay together, by one level: `database`, `subject`, `clip` or another column.

    Names are unique within a database only, so that the database is part of the key. A face without
    a clip is a clip of its own. A subject that is not stated may be anybody: `None`. The whole
    answer is `None` where there is no such column.
    """
    source = "attributes" if name.startswith(_ATTRIBUTE) else name
    if source not in columns:
        return None
    values = column_values(columns, name, name)
    if name == "clip" and "id" in columns:
        own = [str(value) for value in columns["id"]]
        values = [value or own for value, own in zip(values, own, strict=True)]
    if name == "database" or "database" not in columns:
        return values
    databases = column_values(columns, "database", name)
    return [
        None if value is None else f"{database}/{value}"
        for database, value in zip(databases, values, strict=True)
    ]
