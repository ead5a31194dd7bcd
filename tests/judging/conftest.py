import pytest
from toy_sources import write_run, write_sources


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """The store that the run's detector learnt from."""
    return write_sources(tmp_path_factory.mktemp("stores") / "own")


@pytest.fixture(scope="session")
def other(tmp_path_factory):
    """A store that it never saw."""
    return write_sources(tmp_path_factory.mktemp("stores") / "my faces", fingerprint="other" * 8)


@pytest.fixture
def bundle(tmp_path):
    """The bundle of the run folder `tmp_path / "run"`."""
    return write_run(tmp_path / "run")
