import pytest
import torch
from toy_people import write_people

from spooftrace.data.store.store import Store
from spooftrace.experiments.trials import Resources


@pytest.fixture(scope="session")
def people_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "people"
    write_people(path)
    return path


@pytest.fixture(scope="session")
def people(people_path):
    return Store.open(people_path)


@pytest.fixture
def resources():
    """One thread, and nobody watches."""
    return Resources(device=torch.device("cpu"), workers=1, watch=lambda *_: None)
