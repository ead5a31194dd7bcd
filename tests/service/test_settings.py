"""Settings come from the environment, and a wrong one ends in one line."""

from pathlib import Path

import pytest

from spooftrace.errors import ConfigError
from spooftrace.service.problems import Code
from spooftrace.service.settings import Settings, from_environment

ROOT = Path(__file__).parents[2]


def test_the_environment_sets_and_a_flag_wins(monkeypatch):
    monkeypatch.setenv("SPOOFTRACE_MAX_FILES", "3")
    monkeypatch.setenv("SPOOFTRACE_MODEL", "a.onnx")
    monkeypatch.setenv("SPOOFTRACE_LIMITS", "min_size_px=100,min_colour=0")
    monkeypatch.setenv("SPOOFTRACE_CORS_ORIGINS", "https://a.example, https://b.example")
    settings = from_environment(model="b.onnx")
    assert (settings.max_files, settings.model) == (3, "b.onnx")
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert from_environment(model=None).model == "a.onnx"
    assert settings.limits == ("min_size_px=100", "min_colour=0")
    assert from_environment(limits=("min_colour=0.1",)).limits == ("min_colour=0.1",)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MAX_BYTES", "many", "SPOOFTRACE_MAX_BYTES: .*integer"),
        ("WORKERS", "0", "SPOOFTRACE_WORKERS: .*greater than or equal to 1"),
        ("API_KEYS", "short", "SPOOFTRACE_API_KEYS: .*at least 16 letters"),
        ("MAX_BYTS", "1", "SPOOFTRACE_MAX_BYTS: no such setting; did you mean"),
    ],
)
def test_a_wrong_one_is_named(monkeypatch, name, value, said):
    monkeypatch.setenv(f"SPOOFTRACE_{name}", value)
    with pytest.raises(ConfigError, match=said) as error:
        from_environment()
    assert "short'" not in str(error.value)


def test_keys_are_not_shown():
    assert "a-key-of-the-bank" not in repr(Settings(api_keys="a-key-of-the-bank"))


def test_the_documentation_lists_them_all():
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert f"| `SPOOFTRACE_{name.upper()}` |" in page
        assert field.description in page


def test_the_documentation_lists_every_code():
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert [code.word for code in Code if f"`{code.word}`" not in page] == []
