"""No file grows until nobody knows what it is about; no two tests have one name."""

from collections import Counter

from source_tree import files, name

FILE_LINES = 300


def test_no_file_holds_everything():
    lengths = {
        name(path): len(path.read_text("utf-8").splitlines())
        for path in files("spooftrace", "tools", "benchmarks")
    }
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_two_test_files_have_one_name():
    """pytest imports test files by their names alone, and cannot tell two apart."""
    names = Counter(path.name for path in files("tests") if path.name.startswith("test_"))
    assert [each for each, count in names.items() if count > 1] == []
