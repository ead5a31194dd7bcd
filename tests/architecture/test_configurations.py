"""Configuration classes refuse unknown keys, cannot change, and explain every field."""

import ast
import dataclasses
import importlib
import itertools
import typing
from pathlib import Path

import pytest
from source_tree import files, module_name, parse

STRICT = {"extra": "forbid", "strict": True, "allow_inf_nan": False}


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


def test_they_are_strict(kinds):
    loose = [k.__name__ for k in kinds if getattr(k, "__pydantic_config__", None) != STRICT]
    assert loose == []


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
