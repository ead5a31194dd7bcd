"""No file grows until nobody knows what it is about."""

from source_tree import files, name

FILE_LINES = 300


def test_no_file_holds_everything():
    lengths = {
        name(path): len(path.read_text("utf-8").splitlines())
        for path in files("spooftrace", "tools", "benchmarks")
    }
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES} == {}
