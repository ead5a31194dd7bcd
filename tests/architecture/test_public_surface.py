"""What `import spooftrace` promises; removing a name here breaks somebody."""

import ast
import inspect

from source_tree import files, name, parse

import spooftrace
from spooftrace import errors

PUBLIC = ["Detection", "SpoofDetector", "__version__", "judge"]


def test_public_names():
    assert spooftrace.__all__ == PUBLIC
    assert sorted(spooftrace.__all__) == spooftrace.__all__
    assert [public for public in PUBLIC if not hasattr(spooftrace, public)] == []


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(spooftrace, "Nonsense")


def test_every_module_says_what_it_holds():
    silent = [
        name(path)
        for path in files("spooftrace", "tools", "benchmarks")
        if path.name != "__init__.py" and not ast.get_docstring(parse(path))
    ]
    assert silent == []


def test_the_error_tree_is_drawn_completely():
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if kind is not errors.SpoofTraceError and kind.__module__ == errors.__name__
    ]
    assert all(issubclass(kind, errors.SpoofTraceError) for kind in kinds)
    assert [kind.__name__ for kind in kinds if f"── {kind.__name__} " not in errors.__doc__] == []
