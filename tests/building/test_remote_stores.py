"""Sources and stores in object storage: the same bytes as on the disk."""

import os

import fsspec
import pytest
from fake_landmarker import FakeLandmarker, write_source

from spooftrace.building.engines import InProcess, Processes
from spooftrace.building.preparation import prepare
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.store.store import Store
from spooftrace.errors import StoreError


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write_source(tmp_path_factory.mktemp("pictures") / "faces", count=40)


@pytest.fixture(scope="module")
def whole(pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    prepare(read_source(pictures), out, landmarker=FakeLandmarker())
    return {path.name: path.read_bytes() for path in out.iterdir()}


def contents(filesystem, place):
    paths = filesystem.find(place)
    return {path.rpartition("/")[2]: filesystem.cat_file(path) for path in paths}


@pytest.fixture
def memory(pictures):
    filesystem = fsspec.filesystem("memory")
    filesystem.put(str(pictures), "/bucket/faces", recursive=True)
    yield filesystem
    filesystem.rm("/bucket", recursive=True)


def test_from_memory_to_memory(memory, whole):
    source = read_source("memory://bucket/faces")
    prepare(source, "memory://bucket/store", landmarker=FakeLandmarker(), engine=InProcess())
    assert contents(memory, "/bucket/store") == whole


def test_a_file_that_has_gone_meanwhile_is_listed(memory, tmp_path):
    source = read_source("memory://bucket/faces")
    memory.rm("/bucket/faces/live/5.png")
    report = prepare(source, tmp_path / "store", landmarker=FakeLandmarker())
    assert report.rejected["unreadable"] == 1
    line = (tmp_path / "store/rejected.csv").read_text().splitlines()[1:]
    assert [one for one in line if "live/5.png,,unreadable,cannot be fetched" in one]


def test_the_memory_of_one_process_is_no_place_for_the_work_of_many(memory):
    source = read_source("memory://bucket/faces")
    with pytest.raises(StoreError, match=r"a place that all workers reach.*--work"):
        prepare(source, "memory://bucket/s", landmarker=FakeLandmarker(), engine=Processes(2))


@pytest.fixture
def bucket(monkeypatch):
    """A bucket of an S3 server of this machine, and its file system."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    # Worker processes learn from the environment where the server is.
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "FSSPEC_S3_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    before = dict(fsspec.config.conf)
    fsspec.config.set_conf_env(fsspec.config.conf)
    filesystem = fsspec.filesystem("s3")
    if filesystem.exists("bucket"):  # what an earlier server of this process holds
        filesystem.rm("bucket", recursive=True)
    filesystem.mkdir("bucket")
    yield filesystem
    fsspec.config.conf.clear()
    fsspec.config.conf.update(before)
    type(filesystem).clear_instance_cache()
    server.stop()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the server's and of its client's
@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("engine", [InProcess(), Processes(2)], ids=repr)
def test_from_s3_to_s3(engine, bucket, pictures, whole):
    bucket.put(str(pictures), "bucket/faces", recursive=True)
    prepare(
        read_source("s3://bucket/faces"),
        "s3://bucket/store",
        landmarker=FakeLandmarker(),
        engine=engine,
    )
    assert contents(bucket, "bucket/store") == whole
    assert len(Store.open("s3://bucket/store")) == sum(n % 7 != 3 for n in range(40))
