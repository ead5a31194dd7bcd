import sys
from pathlib import Path

import pytest

# The toy faces of the training tests serve here too.
sys.path.append(str(Path(__file__).parents[1] / "training"))


@pytest.fixture(scope="session")
def toy_store(tmp_path_factory):
    from toy_faces import write_toy_store

    path = tmp_path_factory.mktemp("stores") / "toy"
    write_toy_store(path, per_class=24)
    return path
