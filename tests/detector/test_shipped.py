"""The models that come with the package are there, whole, small, and answer to their names."""

import hashlib
import json

import pytest
from typer.testing import CliRunner

from spooftrace.cli.main import app
from spooftrace.detector import shipped
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import SpoofDetector
from spooftrace.errors import BundleError

LARGEST = {"standard": 15_000_000, "fast": 3_000_000}


@pytest.mark.parametrize("name", shipped.shipped())
def test_each_is_the_released_file(name) -> None:
    content = shipped.file_of(name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == shipped.shipped()[name].sha256
    assert len(content) <= LARGEST[name]


@pytest.mark.parametrize("name", shipped.shipped())
def test_each_says_where_it_comes_from_and_how_it_decides(name) -> None:
    info = Bundle.load(name).info
    assert info.threshold is not None
    assert info.threshold.rule == "bpcer@0.025"
    assert info.threshold.split == "dev"
    assert info.licence.startswith("Apache-2.0")
    for figures in shipped.shipped()[name].figures:
        for value, low, high in (figures.auc, figures.eer, figures.bpcer, figures.apcer):
            assert 0 <= low <= value <= high <= 1


def test_a_name_stands_for_its_file_and_is_the_default() -> None:
    assert SpoofDetector.load().bundle.path == shipped.file_of("standard")
    assert Bundle.load("standard").sha256 == Bundle.load(shipped.file_of("standard")).sha256


def test_a_changed_file_is_refused() -> None:
    with pytest.raises(BundleError, match=r"expected the released model 'standard', sha256 .*got"):
        shipped.check(shipped.file_of("standard"), "0" * 64)
    # Any other file is nobody's but its owner's.
    shipped.check(shipped.FOLDER.parent / "standard.onnx", "0" * 64)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BundleError, match=r"standart: .*shipped models \(.*standard"):
        Bundle.load("standart")


def test_the_command_lists_them() -> None:
    said = CliRunner().invoke(app, ["models"])
    assert said.exit_code == 0
    for name in shipped.shipped():
        assert f"{name}" in said.stdout
    listed = json.loads(CliRunner().invoke(app, ["models", "--json"]).stdout)
    assert listed["standard"]["sha256"] == shipped.shipped()["standard"].sha256
