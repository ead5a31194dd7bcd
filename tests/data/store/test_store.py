import dataclasses
import hashlib
import json
import threading

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_samples import PROVENANCE, make_sample, write_store

from spooftrace.data.store import rows as store_rows
from spooftrace.data.store import writer
from spooftrace.data.store.contents import Contents
from spooftrace.data.store.schema import SCHEMA, encode_image, to_batch
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.errors import StoreError


@pytest.fixture
def samples():
    return [make_sample(number, traced=number == 3) for number in range(7)]


@pytest.fixture
def path(tmp_path, samples):
    # A row is about 200 kB of noise, so that three shards come out.
    write_store(tmp_path / "store", samples, shard_bytes=1)
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def small_row_groups(monkeypatch, tmp_path):
    monkeypatch.setattr("spooftrace.data.store.writer.ROW_GROUP_BYTES", 500_000)
    monkeypatch.setenv("SPOOFTRACE_CACHE", str(tmp_path / "cache"))


def assert_same(found, expected):
    for field in dataclasses.fields(expected):
        left, right = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(right, np.ndarray):
            assert left.dtype == right.dtype
            np.testing.assert_array_equal(left, right)
        else:
            assert left == right, field.name


@pytest.mark.parametrize("memory_budget", [1 << 30, 0], ids=["in memory", "memory-mapped"])
def test_what_was_written_is_read_bit_for_bit(path, samples, memory_budget):
    store = Store.open(path, memory_budget=memory_budget)
    assert len(store) == 7
    assert len(store.info.shards) > 1
    for index, sample in enumerate(samples):
        assert_same(store.sample(index), sample)
        np.testing.assert_array_equal(store.image(index), sample.image)
        np.testing.assert_array_equal(store.vertices[index], sample.vertices)
    assert store.trace(0) is None
    np.testing.assert_array_equal(store.trace(3), samples[3].trace)


@pytest.mark.parametrize("memory_budget", [1 << 30, 0], ids=["in memory", "memory-mapped"])
@pytest.mark.parametrize(
    "name", ["clip", "frame", "subject", "device", "session", "box", "native_size", "quality"]
)
@pytest.mark.parametrize("unknown", [(0, 1, 2), (0,), (1,), (1, 2)], ids=str)
def test_what_is_unknown_is_read_as_none(tmp_path, name, unknown, memory_budget):
    samples = [make_sample(n, **({name: None} if n in unknown else {})) for n in range(3)]
    write_store(tmp_path / "store", samples)
    store = Store.open(tmp_path / "store", memory_budget=memory_budget)
    for index, sample in enumerate(samples):
        assert_same(store.sample(index), sample)
    known = [getattr(sample, name) is not None for sample in samples]
    assert [value is not None for value in store.columns()[name]] == known


def test_columns_are_python_objects_in_the_order_of_rows(path):
    columns = Store.open(path).columns()
    assert not {"image", "vertices", "trace"} & set(columns)
    assert columns["id"][:2] == ["made/clip0#0", "made/clip0#1"]
    assert columns["label"] == [0, 1, 0, 1, 0, 1, 0]
    assert columns["medium"][:2] == ["live", "replay"]
    assert columns["frame"] == [0, 1, 2, 0, 1, 2, 0]
    assert columns["subject"][:2] == [None, "person1"]
    assert columns["attributes"][:2] == [{}, {"lamp": "neon", "split": "train"}]
    assert columns["box"][4] == [-3.0, 4.0, 197.0, 204.0]
    assert columns["quality"][0] == {"sharpness": 12.5, "brightness": 0.25, "inside": 1.0}


def test_the_schema_is_the_documented_one(path):
    table = pq.read_table(path / "shard-00000.parquet")
    types = {field.name: str(field.type) for field in table.schema}
    assert types["vertices"].startswith("fixed_size_list<")
    assert types["vertices"].endswith("float>[280]")
    assert types["box"].startswith("list<")
    assert (types["label"], types["frame"], types["native_size"]) == ("int8", "int32", "int32")
    assert types["attributes"].startswith("map<string, string")
    assert list(types) == SCHEMA.names


def test_the_description_counts_rows(path):
    info = json.loads((path / "store.json").read_text())
    assert info["schema_version"] == 1
    assert info["rows"] == 7
    assert info["labels"] == {"live": 4, "spoof": 3}
    assert info["media"] == {"live": 4, "replay": 3}
    assert info["provenance"]["landmarker"] == "made"
    shard = info["shards"][1]
    data = (path / shard["name"]).read_bytes()
    assert shard["size"] == len(data)
    assert shard["sha256"] == hashlib.sha256(data).hexdigest()
    assert sum(shard["rows"] for shard in info["shards"]) == 7
    assert Store.open(path).info.provenance == PROVENANCE


def test_equal_rows_give_equal_files(tmp_path, samples):
    for name in ("one", "two"):
        write_store(tmp_path / name, samples)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_png_cells_are_read_as_well(tmp_path):
    cv2 = pytest.importorskip("cv2")
    sample = make_sample(1)
    png = cv2.imencode(".png", sample.image[:, :, ::-1])[1].tobytes()
    batch = to_batch([sample])
    batch = batch.set_column(1, SCHEMA.field("image"), pa.array([png], pa.binary()))
    with StoreWriter(tmp_path / "png", PROVENANCE) as writer:
        writer.append_batch(batch)
    np.testing.assert_array_equal(Store.open(tmp_path / "png").image(0), sample.image)


def test_threads_read_the_same(path, samples):
    store = Store.open(path, memory_budget=0)
    wrong = []

    def read(seed):
        for index in np.random.default_rng(seed).integers(0, 7, 40):
            if not np.array_equal(store.image(int(index)), samples[index].image):
                wrong.append(index)
            if not np.array_equal(store.vertices[index], samples[index].vertices):
                wrong.append(index)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_arrow_copy_is_made_once(path, monkeypatch):
    Store.open(path, memory_budget=0)
    monkeypatch.setattr(store_rows, "from_shards", lambda *_: pytest.fail("copied again"))
    assert len(Store.open(path, memory_budget=0)) == 7


def test_a_store_made_anew_gets_a_new_copy(path, tmp_path, samples):
    Store.open(path, memory_budget=0)
    write_store(tmp_path / "other", [make_sample(9), *samples[1:]])
    other = Store.open(tmp_path / "other", memory_budget=0)
    np.testing.assert_array_equal(other.image(0), make_sample(9).image)


def test_a_damaged_copy_says_to_delete_it(path, tmp_path):
    Store.open(path, memory_budget=0)
    [copy] = (tmp_path / "cache").iterdir()
    copy.write_bytes(b"ARROW1 and nothing more")
    with pytest.raises(StoreError, match=r"cached copy of .* is damaged .* delete it"):
        Store.open(path, memory_budget=0)


def test_no_room_for_the_copy(path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_rows, "new_file", full)
    with pytest.raises(StoreError, match=r"No space left on device.*SPOOFTRACE_CACHE"):
        Store.open(path, memory_budget=0)


def test_a_url_is_written_and_read(samples):
    write_store("memory://bucket/store", samples, shard_bytes=1)
    try:
        store = Store.open("memory://bucket/store")
        assert_same(store.sample(3), samples[3])
        assert len(Store.open("memory://bucket/store", memory_budget=0)) == 7
        with pytest.raises(StoreError, match="already there"):
            StoreWriter("memory://bucket/store", PROVENANCE)
    finally:
        fsspec.filesystem("memory").rm("/bucket", recursive=True)


def test_unknown_protocol():
    with pytest.raises(StoreError, match="expected a path or an fsspec URL"):
        Store.open("gopher://store")


def test_missing(tmp_path):
    with pytest.raises(StoreError, match=r"found no store\.json; the folder is empty or does not"):
        Store.open(tmp_path / "none")
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(StoreError, match="give the folder that `spooftrace prepare --out` wrote"):
        Store.open(tmp_path)
    (tmp_path / "parts").mkdir()
    with pytest.raises(StoreError, match="was not finished"):
        Store.open(tmp_path)


def edit(path, **changes):
    file = path / "store.json"
    info = json.loads(file.read_text())
    info.update(changes)
    file.write_text(json.dumps(info))


def test_another_schema_version(path):
    edit(path, schema_version=7)
    with pytest.raises(StoreError, match=r"schema version 7, this spooftrace reads version 1"):
        Store.open(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '"store"', "\x00\x01"])
def test_a_description_that_is_none(path, text):
    (path / "store.json").write_text(text)
    with pytest.raises(StoreError, match=r"store\.json: expected the JSON description"):
        Store.open(path)


def test_an_incomplete_description(path):
    edit(path, provenance={"created_by": "test"})
    with pytest.raises(StoreError, match="description is incomplete"):
        Store.open(path)


def test_a_missing_shard(path):
    (path / "shard-00001.parquet").unlink()
    with pytest.raises(StoreError, match=r"shard-00001\.parquet: is missing; copy the store again"):
        Store.open(path)


def test_a_truncated_shard(path):
    shard = path / "shard-00000.parquet"
    data = shard.read_bytes()
    shard.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError, match=rf"should have {len(data)} bytes, has {len(data) // 2}"):
        Store.open(path)


def test_flipped_bytes_in_a_shard(path):
    shard = path / "shard-00000.parquet"
    data = bytearray(shard.read_bytes())
    data[100_000] ^= 0xFF
    shard.write_bytes(data)
    with pytest.raises(StoreError, match=r"shard-00000\.parquet: cannot be read"):
        Store.open(path)


def replace_shard(path, table):
    pq.write_table(table, path / "shard-00000.parquet")
    info = json.loads((path / "store.json").read_text())
    info["shards"][0]["size"] = (path / "shard-00000.parquet").stat().st_size
    edit(path, shards=info["shards"])


def test_a_missing_column(path):
    replace_shard(path, pq.read_table(path / "shard-00000.parquet").drop_columns("vertices"))
    with pytest.raises(StoreError, match="has no column 'vertices'"):
        Store.open(path)


def test_a_column_of_another_type(path):
    table = pq.read_table(path / "shard-00000.parquet")
    wrong = table["label"].cast(pa.string())
    replace_shard(path, table.set_column(table.column_names.index("label"), "label", wrong))
    with pytest.raises(StoreError, match="column 'label' should be int8, is string"):
        Store.open(path)


@pytest.mark.parametrize("memory_budget", [1 << 30, 0], ids=["in memory", "memory-mapped"])
def test_boxes_of_the_earlier_type_are_read(path, samples, memory_budget):
    table = pq.read_table(path / "shard-00000.parquet")
    earlier = table["box"].cast(pa.list_(pa.float32(), 4))
    replace_shard(path, table.set_column(table.column_names.index("box"), "box", earlier))
    assert str(pq.read_schema(path / "shard-00000.parquet").field("box").type).endswith("[4]")
    store = Store.open(path, memory_budget=memory_budget)
    for index, sample in enumerate(samples):
        assert_same(store.sample(index), sample)


def test_a_box_that_is_none(path):
    table = pq.read_table(path / "shard-00000.parquet")
    short = pa.array([[1.0, 2.0, 3.0]] * len(table), pa.list_(pa.float32()))
    replace_shard(path, table.set_column(table.column_names.index("box"), "box", short))
    with pytest.raises(StoreError, match="store: row 0: the box should be 4 numbers, is 3"):
        Store.open(path).sample(0)


def test_another_number_of_rows(path):
    replace_shard(path, pq.read_table(path / "shard-00000.parquet").slice(0, 1))
    with pytest.raises(StoreError, match="rows, has 1"):
        Store.open(path)


@pytest.mark.parametrize("cell", [b"", b"nonsense", encode_image(np.zeros((8, 8, 3), np.uint8))])
def test_a_cell_that_is_no_crop(tmp_path, cell):
    batch = to_batch([make_sample(1)])
    batch = batch.set_column(1, SCHEMA.field("image"), pa.array([cell], pa.binary()))
    with StoreWriter(tmp_path / "bad", PROVENANCE) as writer:
        writer.append_batch(batch)
    with pytest.raises(StoreError, match=r"bad: row 0: expected an image of shape \(256, 256, 3\)"):
        Store.open(tmp_path / "bad").image(0)


def test_an_index_outside(path):
    store = Store.open(path)
    for index in (-1, 7):
        with pytest.raises(IndexError, match="of a store of 7 rows"):
            store.image(index)


def test_an_empty_store(tmp_path):
    info = write_store(tmp_path / "empty", [])
    assert (info.rows, info.shards) == (0, ())
    store = Store.open(tmp_path / "empty")
    assert len(store) == 0
    assert store.vertices.shape == (0, 140, 2)
    assert store.columns()["id"] == []


def test_an_existing_store_is_not_overwritten(path):
    with pytest.raises(StoreError, match="already there"):
        StoreWriter(path, PROVENANCE)


def test_an_error_while_writing_leaves_no_store(tmp_path):
    def write_and_fail():
        with StoreWriter(tmp_path / "half", PROVENANCE, shard_bytes=1) as writer:
            for number in range(6):
                writer.append(make_sample(number))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with pytest.raises(StoreError, match=r"no store\.json"):
        Store.open(tmp_path / "half")
    write_store(tmp_path / "half", [make_sample(0)])
    assert len(Store.open(tmp_path / "half")) == 1


def test_a_shard_grows_on_the_disk_and_goes_with_an_error(tmp_path, samples, monkeypatch):
    def write_and_fail():
        with StoreWriter(tmp_path / "store", PROVENANCE) as growing:
            for sample in samples:
                growing.append(sample)
            (shard,) = (tmp_path / "store").iterdir()
            sizes.append(shard.stat().st_size)
            raise KeyError

    monkeypatch.setattr(writer, "ROW_GROUP_BYTES", 1)
    sizes = []
    with pytest.raises(KeyError):
        write_and_fail()
    written = sum(to_batch([sample]).nbytes for sample in samples)
    assert sizes[0] > 0.9 * written > 1e6
    assert list((tmp_path / "store").iterdir()) == []


def test_rows_of_the_same_picture_have_the_same_content(tmp_path):
    picture = np.random.default_rng(500).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    other = picture.copy()
    other[100, 100, 1] ^= 1
    images = {1: picture, 4: picture, 6: other}
    samples = [make_sample(n, **({"image": images[n]} if n in images else {})) for n in range(8)]
    write_store(tmp_path / "store", samples, shard_bytes=1)
    store = Store.open(tmp_path / "store")
    content = store.columns()["content"]
    assert len(content) == 8
    assert content[1] == content[4]
    assert len(set(content)) == 7
    assert content is store.columns()["content"]


def test_pictures_of_equal_length_are_told_apart_by_their_bytes():
    parts = [pa.array([b"one", b"two", b"three"], pa.binary()), pa.array([b"two"], pa.binary())]
    one, two, three, again = Contents(parts)
    assert two == again
    assert len({one, two, three}) == 3
    assert Contents(parts)[1:3] == [two, three]
    assert list(Contents([])) == []
