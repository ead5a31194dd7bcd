"""Configuration classes refuse unknown keys, cannot change, and explain every field."""

import ast
import dataclasses
import importlib
import itertools
import typing
from pathlib import Path

import pytest
from source_tree import files, module_name, parse

import spooftrace.config
from spooftrace.errors import ConfigError


def reachable(kind: type) -> set[type]:
    """The dataclasses in the fields of `kind`, and in theirs."""
    found = {kind}
    for hint in typing.get_type_hints(kind).values():
        for part in (hint, *typing.get_args(hint)):
            if dataclasses.is_dataclass(part) and isinstance(part, type) and part not in found:
                found |= reachable(part)
    return found


def configurations() -> list[type]:
    """What the tree of `spooftrace.config` holds, and every other class named like a config."""
    kinds = reachable(importlib.import_module("spooftrace.config").Config)
    for path in files("spooftrace"):
        for node in parse(path).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Config"):
                kinds.add(getattr(importlib.import_module(module_name(path)), node.name))
    return sorted(kinds, key=lambda kind: kind.__qualname__)


def documented_fields(kind: type) -> set[str]:
    """Fields with a string right below them."""
    module = importlib.import_module(kind.__module__)
    tree = parse(Path(str(module.__file__)))
    body = next(n.body for n in tree.body if getattr(n, "name", None) == kind.__name__)
    return {
        field.target.id
        for field, below in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
    }


@pytest.fixture(scope="module")
def kinds() -> list[type]:
    return configurations()


def sections(config) -> dict[str, object]:
    """Every dataclass in a tree of configurations, by its path; the tree itself is ""."""
    found: dict[str, object] = {"": config}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if dataclasses.is_dataclass(value):
            inner = sections(value)
            found |= {f"{field.name}{'.' * bool(path)}{path}": v for path, v in inner.items()}
    return found


CONFIG = spooftrace.config.Config()
FIELDS = [
    (path, field.name, getattr(section, field.name))
    for path, section in sections(CONFIG).items()
    for field in dataclasses.fields(section)
    if not dataclasses.is_dataclass(getattr(section, field.name))
]
NUMBERS = [(f"{path}.{name}", value) for path, name, value in FIELDS if type(value) in (int, float)]


def check(path: str, value: object) -> None:
    """Read the defaults with one of them changed."""
    tree = CONFIG.as_json()
    *way, name = path.split(".")
    section = tree
    for part in way:
        section = section[part]
    section[name] = value
    spooftrace.config.from_json(tree)


@pytest.mark.parametrize("path", sections(CONFIG))
def test_unknown_keys_are_refused_everywhere(path):
    with pytest.raises(ConfigError, match=rf"unknown key {path + '.' * bool(path)}nonsense"):
        check(f"{path}.nonsense" if path else "nonsense", 1)


@pytest.mark.parametrize(("path", "value"), NUMBERS)
def test_a_number_is_no_string_and_is_finite(path, value):
    check(path, value)
    for wrong in (str(value), float("nan"), float("inf")):
        with pytest.raises(ConfigError, match=path.replace(".", r"\.")):
            check(path, wrong)


def test_they_are_frozen_keyword_only_and_slotted(kinds):
    for kind in kinds:
        assert kind.__dataclass_params__.frozen, kind
        assert all(field.kw_only for field in dataclasses.fields(kind)), kind
        assert "__slots__" in vars(kind), kind


def test_every_field_is_explained(kinds):
    bare = {
        f"{kind.__name__}.{field.name}"
        for kind in kinds
        for field in dataclasses.fields(kind)
        if field.name not in documented_fields(kind) and not dataclasses.is_dataclass(field.type)
    }
    assert bare == set()
