"""A file and a function stay short enough to be read at one sitting."""

import statistics

from source_tree import files, functions, name

FILE_LINES = 250
FUNCTION_LINES = 40
MEDIAN_FUNCTION_LINES = 10
PRODUCT = files("spooftrace", "tools", "benchmarks")


def test_files_fit_the_budget():
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in PRODUCT}
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_fit_the_budget():
    lengths = dict(found for path in PRODUCT for found in functions(path))
    assert {where: lines for where, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_the_median_function_is_short():
    lengths = [length for path in files("spooftrace") for _, length in functions(path)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION_LINES
