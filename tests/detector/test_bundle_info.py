"""The metadata of a bundle: round trip, and strictness towards everything else."""

import json
import sys

import onnx
import pytest
from toy_bundle import toy_info, toy_model, write_toy

from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import BundleInfo, CropRule, write_info
from spooftrace.errors import BundleError, MissingExtraError
from spooftrace.labels import Medium

WHERE = "model.onnx"


def changed(**fields):
    """The toy's metadata as JSON with some fields replaced."""
    return json.dumps(json.loads(toy_info().to_json()) | fields)


def without(field):
    values = json.loads(toy_info().to_json())
    del values[field]
    return json.dumps(values)


@pytest.mark.parametrize(
    "info",
    [
        toy_info(),
        toy_info(threshold=None),
        toy_info(media=tuple(Medium)),
        toy_info(alpha_0=-0.1234567890123456789, licence="CC BY 4.0 – für alle"),
    ],
)
def test_round_trip(info):
    assert BundleInfo.from_json(info.to_json(), where=WHERE) == info


def test_the_json_is_what_other_programs_may_rely_on():
    assert json.loads(toy_info().to_json()) == {
        "schema_version": 1,
        "package_version": "0.1.0",
        "image_size": 32,
        "alpha_0": 2.0,
        "threshold": {
            "value": 0.5,
            "rule": "eer",
            "split": "dev",
            "description": "toy development split",
        },
        "media": ["live", "replay"],
        "landmarker": "mediapipe-face-mesh 0.10.21",
        "crop": {"size": 256, "enlarge": 1.2},
        "is_decision_only": False,
        "operating_point": None,
        "development": None,
        "config_hash": "000000000000",
        "licence": "none",
        "trained_on": "nothing: a toy",
        "is_trained": True,
    }


# These have defaults: of whom nothing is said, answers with a trace and was not calibrated.
@pytest.mark.parametrize(
    "field",
    sorted(
        set(json.loads(toy_info().to_json()))
        - {
            "development",
            "operating_point",
            "is_decision_only",
        }
    ),
)
def test_a_missing_field_is_named(field):
    with pytest.raises(BundleError, match=rf"^model\.onnx: .*{field}|schema version 1, got None"):
        BundleInfo.from_json(without(field), where=WHERE)


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"image_size": "32"}, r"`image_size`: .*valid integer, got '32'"),
        ({"image_size": 0}, r"image_size: expected at least 1 pixel, got 0"),
        ({"alpha_0": "1"}, r"`alpha_0`: .*valid number, got '1'"),
        ({"media": ["live", "hologram"]}, r"`media\.1`: .*got 'hologram'"),
        ({"crop": {"size": 256}}, r"`crop\.enlarge`: .*got nothing"),
        ({"threshold": 0.5}, r"`threshold`.*got 0\.5"),
        (
            {"threshold": {"value": "0.5", "rule": "eer", "split": "dev", "description": ""}},
            "'0.5'",
        ),
        ({"colour": "red"}, r"`colour`: .*got 'red'"),
    ],
)
def test_another_value_is_named(fields, match):
    with pytest.raises(BundleError, match=match) as caught:
        BundleInfo.from_json(changed(**fields), where=WHERE)
    message = str(caught.value)
    assert message.startswith("model.onnx: ")
    assert message.endswith("export the model again with `spooftrace export`")
    assert "\n" not in message


def test_an_unknown_key_of_the_threshold_is_not_lost():
    values = json.loads(toy_info().to_json())
    values["threshold"]["confidence"] = 0.9
    with pytest.raises(BundleError, match=r"`threshold.*confidence"):
        BundleInfo.from_json(json.dumps(values), where=WHERE)


def test_a_threshold_that_is_no_number():
    text = toy_info().to_json().replace('"value": 0.5', '"value": NaN')
    with pytest.raises(BundleError, match=r"finite number, got nan"):
        BundleInfo.from_json(text, where=WHERE)


@pytest.mark.parametrize("version", [0, 2, "1", True, None])
def test_another_schema_version(version):
    with pytest.raises(BundleError, match=r"schema version 1, got .*use the spooftrace that wrote"):
        BundleInfo.from_json(changed(schema_version=version), where=WHERE)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"spooftrace"'])
def test_no_json_object(text):
    with pytest.raises(BundleError, match=r"^model\.onnx: expected"):
        BundleInfo.from_json(text, where=WHERE)


def test_a_new_crop_rule_is_another_bundle():
    assert CropRule(size=256, enlarge=1.2) != CropRule(size=256, enlarge=1.3)


class TestWriting:
    def test_into_a_file_replaces_what_was_there(self, tmp_path):
        path = write_toy(tmp_path / "toy.onnx")
        write_info(path, toy_info(licence="other"))
        assert Bundle.load(path).info == toy_info(licence="other")
        assert [file.name for file in tmp_path.iterdir()] == ["toy.onnx"]

    def test_keeps_the_metadata_of_others(self):
        model = toy_model()
        onnx.helper.set_model_props(model, {"author": "somebody"})
        write_info(model, toy_info())
        assert {entry.key for entry in model.metadata_props} == {"author", "spooftrace"}

    def test_leaves_the_graph_alone(self, tmp_path):
        path = write_toy(tmp_path / "toy.onnx")
        before = onnx.load(path).graph.SerializeToString()
        write_info(str(path), toy_info(threshold=None))
        assert onnx.load(path).graph.SerializeToString() == before

    def test_says_what_is_missing(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "onnx", None)
        with pytest.raises(MissingExtraError, match=r"package onnx.*pip install .*\[train\]"):
            write_info("toy.onnx", toy_info())
