import numpy as np
import pytest
from toy_faces import write_toy_store
from toy_networks import CPU, SIZE, toy_stdn

from spooftrace.data.batches.augmentation import AugmentationConfig
from spooftrace.data.batches.paired import BatchConfig, PairedBatches
from spooftrace.data.store.store import Store
from spooftrace.training.device import Device


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "toy"
    write_toy_store(path)
    return Store.open(path)


@pytest.fixture
def batches(store):
    return PairedBatches(
        store,
        np.arange(len(store)),
        config=BatchConfig(pairs=2),
        augmentation=AugmentationConfig(),
        image_size=SIZE,
        seed=0,
    )


@pytest.fixture
def batch(batches):
    return Device(CPU, SIZE).batch(batches.batch(0))


@pytest.fixture
def method():
    return toy_stdn()
