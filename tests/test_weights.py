"""Files of weights: what is in them, that all comes back, and what is told of those that cannot be used."""

import gzip
import io
import json
import math
import os
import pickle
import subprocess
import sys
import zipfile
from random import Random
from struct import pack

import pytest
from own_models import MODELS

import autograd_scratch as ag
from autograd_scratch import MLP, Layer, Module, Neuron, Value, load, nn, save
from autograd_scratch.errors import (
    AutogradError,
    CallError,
    DataError,
    ModelError,
    ModelFileError,
    NonFiniteError,
    OutputError,
    StateError,
    TracingError,
)
from autograd_scratch.nn.search import parameters_of
from autograd_scratch.weights import read, read_metadata


def small(seed):
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).reset_parameters(seed=seed)
    model([[float(seed), 1.0], [0.5, -1.0], [2.0, 0.25]])
    return model


def file_of(header, data=b""):
    """Return the bytes of a file as the format is described."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return pack("<Q", len(text)) + text + data


def entry(kind="F64", shape=(), begin=0, end=8):
    return {"dtype": kind, "shape": [*shape], "data_offsets": [begin, end]}


W, B = entry("F64", [2], 0, 16), entry("F64", [], 16, 24)
OF_A_NEURON = {"w.0": entry("F64", [], 0, 8), "w.1": entry("F64", [], 8, 16), "b": B}
ONE_TWO_THREE = pack("<3d", 1.0, 2.0, 3.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def put(path, content):
    path.write_bytes(content)
    return path


# what is in a file


def test_the_bytes_are_those_of_the_format(path):
    class Counting(Module):
        def __init__(self):
            self.w = nn.Parameter([[1.0, -2.0], [0.5, 1e-300]])
            self.scale = Value(3.0)
            self.register_buffer("count", 7)

        def __call__(self, x):
            return x

    text = (
        b'{"__metadata__":{"a":"\xc3\xa4","b":"2"},"count":{"dtype":"I64","shape":[],"data_offsets":[0,8]},'
        b'"scale":{"dtype":"F64","shape":[],"data_offsets":[8,16]},'
        b'"w":{"dtype":"F64","shape":[2,2],"data_offsets":[16,48]}}'
    )
    text += b" " * (-len(text) % 8)
    numbers = pack("<qd4d", 7, 3.0, 1.0, -2.0, 0.5, 1e-300)
    for metadata in ({"b": "2", "a": "ä"}, {"a": "ä", "b": "2"}):
        assert save(Counting(), path, metadata=metadata) == path
        assert path.read_bytes() == pack("<Q", len(text)) + text + numbers
    assert read_metadata(path) == {"a": "ä", "b": "2"}
    assert read(path) == {"w": [[1.0, -2.0], [0.5, 1e-300]], "scale": 3.0, "count": 7}


OF_NN = {
    "MLP": lambda seed: MLP(2, [3, 1], seed=seed),
    "Layer": lambda seed: Layer(2, 2, seed=seed),
    "BatchNorm1d": small,
    "LSTM": lambda seed: nn.LSTM(2, 3, num_layers=2, bidirectional=True, seed=seed),
    "Transformer": lambda seed: nn.TransformerEncoderLayer(4, 2, 8).reset_parameters(seed=seed),
    "nothing": lambda seed: nn.ReLU(),
}


@pytest.mark.parametrize("name", OF_NN)
def test_a_model_comes_back_to_the_last_bit(name, path):
    model, twin = OF_NN[name](1), OF_NN[name](2)
    twin.freeze()
    assert load(twin, save(model, str(path))) is twin
    assert repr(twin.state_dict()) == repr(model.state_dict())  # signs of zeros, and ints, too
    assert list(read(path)) == sorted(model.state_dict())
    assert {key: read(path)[key] for key in model.state_dict()} == model.state_dict()
    assert read_metadata(path) == {}
    first = path.read_bytes()
    assert save(twin, path).read_bytes() == first


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_models_of_ones_own_come_back(make, path):
    model, twin = make(), make()
    for i, p in enumerate(parameters_of(model)):
        p.data = math.sin(i + 1)
    load(twin, save(model, path))
    assert [p.data for p in parameters_of(twin)] == [p.data for p in parameters_of(model)]
    assert len(parameters_of(twin)) == MODELS[make]


def test_numbers_at_the_edge_of_floats_come_back(path):
    weights = [-0.0, 5e-324, 1.7976931348623157e308, -2.2250738585072014e-308]
    save(Neuron(4, weights=weights, bias=0.1), path)
    twin = load(Neuron(4), path)
    assert repr([p.data for p in twin.w]) == repr(weights)


def test_buffers_may_be_infinite_as_masks_are(path):
    def masked(number):
        model = nn.Linear(1, 1, seed=0)
        model.register_buffer("mask", [[0.0, number], [0.0, 0.0]])
        model.register_buffer("order", [2, 0, 1])
        model.register_buffer("later", None)
        model.register_buffer("empty", [[], []])
        return model

    save(masked(-math.inf), path)
    assert load(masked(1.0), path).mask == [[0.0, -math.inf], [0.0, 0.0]]
    assert read(path)["order"] == [2, 0, 1]
    assert read(path)["empty"] == [[], []]
    with pytest.raises(NonFiniteError, match=r"'mask', a buffer, has nan in it, .* compute it anew"):
        save(masked(math.nan), path)
    damaged = path.read_bytes().replace(pack("<d", -math.inf), pack("<d", math.nan))
    model = masked(1.0)
    with pytest.raises(ModelFileError, match="'mask' has nan in it"):
        load(model, put(path, damaged))
    assert model.mask == [[0.0, 1.0], [0.0, 0.0]]


def test_gradients_and_graphs_stay(path):
    model = Neuron(1, weights=[2.0], bias=1.0)
    loss = model([3.0])
    loss.backward()
    before = [p.grad for p in model.parameters()]
    load(model, save(Neuron(1, weights=[5.0], bias=0.5), path))
    assert [p.grad for p in model.parameters()] == before
    assert [p.data for p in model.parameters()] == [5.0, 0.5]


def test_an_array_in_two_places_may_be_in_the_file_once(path):
    class Tied(Module):
        def __init__(self, seed):
            self.one, self.other = nn.Linear(2, 2, seed=seed), nn.Linear(2, 2, bias=False)
            self.other.weight = self.one.weight

    model = Tied(0)
    save(model, path)
    assert [*read(path)] == ["one.bias", "one.weight", "other.weight"]
    assert load(Tied(1), path).state_dict() == model.state_dict()
    put(
        path,
        file_of(
            {"one.bias": entry("F64", [2], 0, 16), "other.weight": entry("F64", [2, 2], 16, 48)},
            pack("<6d", *range(6)),
        ),
    )
    twin = load(Tied(1), path)
    assert twin.one.weight.data == twin.other.weight.data == [[2.0, 3.0], [4.0, 5.0]]
    apart = {
        "one.bias": entry("F64", [2], 0, 16),
        "one.weight": entry("F64", [2, 2], 16, 48),
        "other.weight": entry("F64", [2, 2], 48, 80),
    }
    with pytest.raises(
        ModelFileError, match=r"'other.weight' are in another array .* make a model in which"
    ):
        load(model, put(path, file_of(apart, pack("<10d", *range(10)))))
    with pytest.raises(ModelFileError, match=r"it lacks 'one.bias'\. Make"):
        load(model, put(path, file_of({"one.weight": entry("F64", [2, 2], 0, 32)}, bytes(32))))


KINDS = {
    "F64": ("<2d", (1.5, -2.0)),
    "F32": ("<2f", (1.5, -2.0)),
    "F16": ("<2e", (1.5, -2.0)),
    "BF16": ("<2H", (0x3FC0, 0xC000)),  # the upper halves of the floats of 32 bits
    "I64": ("<2q", (3, -2)),
    "I32": ("<2i", (3, -2)),
    "I16": ("<2h", (3, -2)),
    "I8": ("<2b", (3, -2)),
    "U64": ("<2Q", (3, 2)),
    "U32": ("<2I", (3, 2)),
    "U16": ("<2H", (3, 2)),
    "U8": ("<2B", (3, 2)),
    "BOOL": ("<2?", (True, False)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_numbers(kind, path):
    form, numbers = KINDS[kind]
    content = pack(form, *numbers)
    put(path, file_of({"bias": entry(kind, [2], 0, len(content))}, content))
    layer = nn.Linear(1, 2)
    layer.weight = None
    load(layer, path)
    expected = [1.5, -2.0] if kind == "BF16" else [*map(float, numbers)]
    assert repr(layer.bias.data) == repr(expected)
    assert read(path)["bias"] == expected


def test_a_scalar_and_the_place_of_numbers_are_those_of_the_header(path):
    header = {
        "__metadata__": {"format": "pt"},
        "w.1": entry("F32", [], 8, 12),
        "b": entry("F16", [], 12, 14),
        "w.0": entry("F64", [], 0, 8) | {"more": [1, {"a": None}]},
    }
    put(path, file_of(header, pack("<dfe", 0.1, 0.25, -3.0)))
    neuron = load(Neuron(2), path)
    assert [p.data for p in neuron.parameters()] == [0.1, 0.25, -3.0]
    assert read_metadata(path) == {"format": "pt"}


# files that cannot be used

DEEP = b'{"w":' + b"[" * 100_000
HOSTILE = "\x1b[2J\r\n" + "a" * 10_000 + "\u202e"
BROKEN = {
    "empty": (b"", "it is empty"),
    "seven bytes": (b"\x01" * 7, "no safetensors file"),
    "eight bytes": (pack("<Q", 2), "no safetensors file"),
    "a length of all": (pack("<Q", 2**64 - 1) + b"{}", "a header of 18,446,744,073,709,551,615 bytes"),
    "a length beyond": (pack("<Q", 1_000) + b"{}", "a header of 1,000 bytes, where 2 are the most"),
    "no object": (file_of(b"[] "), "no safetensors file"),
    "blanks first": (file_of(b" {}"), "no safetensors file"),
    "no JSON": (file_of(b"{nothing}"), "no JSON"),
    "JSON that ends": (file_of(b'{"w":{'), "no JSON"),
    "JSON and more": (file_of(b"{} {}"), "no JSON"),
    "no UTF-8": (file_of(b'{"\xff":1}'), "no JSON"),
    "nested deeply": (file_of(DEEP), "no JSON"),
    "a number of 5,000 digits": (file_of(b'{"w":' + b"1" * 5_000 + b"}"), "no JSON"),
    "NaN": (file_of(b'{"w":NaN}'), "NaN is no number"),
    "a key twice": (file_of(b'{"w":1,"b":2,"w":3}'), "'w' stands in its header twice"),
    "a field twice": (
        file_of(b'{"w":{"dtype":"F64","dtype":"F64","shape":[],"data_offsets":[0,8]}}', bytes(8)),
        "'dtype' stands in its header twice",
    ),
    "metadata of numbers": (file_of({"__metadata__": {"a": 1}}), "no object of texts"),
    "metadata in a list": (file_of({"__metadata__": ["a"]}), "no object of texts"),
    "an entry that is none": (file_of({"w": 1}), "of 'w' its header lacks dtype, shape or data_offsets"),
    "no shape": (file_of({"w": {"dtype": "F64", "data_offsets": [0, 8]}}, bytes(8)), "lacks dtype, shape"),
    "an unknown kind": (
        file_of({"w": entry("f32")}, bytes(8)),
        "unknown kind, 'f32', perhaps F32; read it",
    ),
    "a kind that is none": (file_of({"w": entry(["F64"])}, bytes(8)), "unknown kind"),
    "numbers of eight bits": (
        file_of({"w": entry("F8_E4M3", [8])}, bytes(8)),
        "kind F8_E4M3, not read here; read it with the library that wrote it, and save float32",
    ),
    "offsets that overlap": (
        file_of({"a": entry(), "b": entry(begin=4, end=12)}, bytes(12)),
        "the numbers of 'b' overlap those of another name, at byte 4",
    ),
    "the same offsets": (file_of({"a": entry(), "b": entry()}, bytes(8)), "overlap"),
    "a gap": (file_of({"a": entry(), "b": entry(begin=16, end=24)}, bytes(24)), "behind a gap, at byte 16"),
    "a gap at first": (file_of({"a": entry(begin=8, end=16)}, bytes(16)), "behind a gap"),
    "offsets outside": (file_of({"a": entry()}, bytes(7)), "1 of the 8 bytes of its numbers are missing"),
    "bytes behind": (file_of({"a": entry()}, bytes(9)), "1 bytes stand behind its last number"),
    "negative offsets": (file_of({"a": entry(begin=-8, end=0)}), "no two whole numbers"),
    "offsets turned": (file_of({"a": entry(begin=8, end=0)}, bytes(8)), "no two whole numbers"),
    "offsets of floats": (file_of({"a": entry(begin=0.0, end=8.0)}, bytes(8)), "no two whole numbers"),
    "offsets of truths": (file_of({"a": entry("U8", [], False, True)}, bytes(1)), "no two whole numbers"),
    "three offsets": (
        file_of({"a": entry() | {"data_offsets": [0, 4, 8]}}, bytes(8)),
        "no two whole numbers",
    ),
    "offsets of text": (file_of({"a": entry() | {"data_offsets": "08"}}, bytes(8)), "no two whole numbers"),
    "a shape of floats": (file_of({"a": entry("F64", [1.0])}, bytes(8)), "the shape of 'a' is no list"),
    "a shape of truths": (file_of({"a": entry("F64", [True])}, bytes(8)), "the shape of 'a' is no list"),
    "a negative shape": (file_of({"a": entry("F64", [-1, -1])}, bytes(8)), "the shape of 'a' is no list"),
    "a huge shape": (file_of({"a": entry("F64", [2**63])}, bytes(8)), "the shape of 'a' is no list"),
    "a product beyond": (
        file_of({"a": entry("F64", [2**62] * 60)}, bytes(8)),
        "too many or too few for 'a'",
    ),
    "very many axes": (
        file_of({"a": entry("F64", [2**62] * 9_000)}, bytes(8)),
        "the shape of 'a' is no list",
    ),
    "endless empty rows": (
        file_of({"a": entry("F64", [2**40, 0], 0, 0)}),
        "'a' has (1099511627776, 0) for a shape",
    ),
    "a shape too small": (
        file_of({"a": entry("F64", [2], 0, 24)}, bytes(24)),
        "24 bytes are too many or too",
    ),
    "a hostile key": (
        file_of({HOSTILE: entry("F64", [2])}, bytes(8)),
        "too many or too few for ' [2J  aaa",
    ),
    "half a sign": (file_of(b'{"\\ud800":1}'), "its header lacks"),
    # of other forms
    "a pickle": (pickle.dumps({"w": [1.0] * 300}, 4), "it is a pickle"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "it is HDF5, as Keras writes"),
    "a zip of torch.save": (None, "it is a file of torch.save; in PyTorch write"),
    "a zip of savez": (None, "it is a file of numpy.savez; write model.load_state_dict"),
    "another zip": (None, "it is a zip file"),
    "gzip": (gzip.compress(bytes(100)), "unpack it first"),
    "JSON of a state": (
        json.dumps({"layers.0.w": [1.0, 2.0]}).encode(),
        "it is JSON; write model.load_state_dict(json.load(open(",
    ),
    "a checkpoint of fit": (
        json.dumps({"format": "autograd_scratch training run", "model": {}}).encode(),
        "it is a checkpoint of fit; write fit(..., checkpoint=",
    ),
    "JSON with an object at the ninth byte": (b'{"abcd":{"w":1.0}}', "it is JSON"),
    "a pointer of LFS": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00",
        "write git lfs pull",
    ),
    "one array of NumPy's": (
        b"\x93NUMPY\x01\x00" + bytes(100),
        "write model.load_state_dict({name: numpy.load(",
    ),
    "a page": (b"<!DOCTYPE html><html></html>", "get the file itself"),
}
ZIPPED = {"a zip of torch.save": "m/data.pkl", "a zip of savez": "w.npy", "another zip": "a.txt"}


def zipped(name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, bytes(100))
    return content.getvalue()


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(name, path):
    content, told = BROKEN[name]
    put(path, zipped(ZIPPED[name]) if content is None else content)
    model = Neuron(2, weights=[1.0, 2.0], bias=3.0)
    for use in (lambda: load(model, path), lambda: read(path), lambda: read_metadata(path)):
        with pytest.raises(ModelFileError) as raised:
            use()
        message = str(raised.value)
        assert told in message
        assert message.isprintable()
        assert len(message) < 500
        assert "; " in message  # what to do about it
    assert [p.data for p in model.parameters()] == [1.0, 2.0, 3.0]


def test_a_header_beyond_all_bounds_is_refused_before_it_is_read(path):
    with path.open("wb") as file:
        file.write(pack("<Q", 10**9) + b"{")
        file.truncate(10**9 + 8)  # no byte of which is on the disk
    with pytest.raises(ModelFileError, match=r"a header of 1,000,000,000 bytes, where 100,000,000 are the"):
        load(Neuron(2), path)


def test_what_is_no_file_is_told(tmp_path):
    for place in (tmp_path / "nowhere", tmp_path / "nowhere" / "m", tmp_path / "a\0b"):
        with pytest.raises(ModelFileError, match=r"there is no such file; give the path under which"):
            load(Neuron(2), place)
    with pytest.raises(ModelFileError, match="it is a folder; give the path"):
        load(Neuron(2), tmp_path)


MISFITS = {
    "a name less": ({"w.0": 1, "w.1": 2}, "does not fit Neuron(2, 'relu'); it lacks 'b'. Make the model"),
    "a name more": ({"w.0": 1, "w.1": 2, "b": 3, "c": 4}, "; nothing there is called 'c'. Make the model"),
    "another name": (
        {"w.0": 1, "w.1": 2, "bb": 3},
        "; it lacks 'b'; nothing there is called 'bb'. 'bb' may be 'b': make",
    ),
    "very many": (
        {f"v.{i}": i for i in range(1_000)},
        "'v.0', 'v.1', 'v.10' and 997 more",
    ),
    "a prefix there": (
        {"module.w.0": 1, "module.w.1": 2, "module.b": 3},
        "Each name there begins with 'module.': write model.load_state_dict({name.removeprefix('module.')",
    ),
    "names that are hostile": ({HOSTILE: 1}, "nothing there is called ' [2J  aaa"),
    "nothing": ({}, "it lacks 'b', 'w.0', 'w.1'"),
    "nan": (
        {"w.0": math.nan, "w.1": 2, "b": 3},
        "'w.0' has nan in it, and a model with it computes nothing",
    ),
    "infinite": ({"w.0": 1, "w.1": -math.inf, "b": 3}, "'w.1' has -inf in it"),
}


def scalars(numbers):
    header = {name: entry("F64", [], 8 * i, 8 * i + 8) for i, name in enumerate(numbers)}
    return file_of(header, pack(f"<{len(numbers)}d", *numbers.values()))


@pytest.mark.parametrize("name", MISFITS)
def test_a_file_that_does_not_fit_is_told_and_changes_nothing(name, path):
    numbers, told = MISFITS[name]
    neuron = Neuron(2, weights=[1.0, 2.0], bias=3.0)
    with pytest.raises(ModelFileError) as raised:
        load(neuron, put(path, scalars(numbers)))
    assert told in str(raised.value)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 600
    assert [p.data for p in neuron.parameters()] == [1.0, 2.0, 3.0]


def test_what_is_written_for_names_with_a_prefix_works(path):
    put(path, scalars({"module.w.0": 1, "module.w.1": 2, "module.b": 3}))
    model = Neuron(2)
    model.load_state_dict({name.removeprefix("module."): x for name, x in ag.weights.read(path).items()})
    assert [p.data for p in model.parameters()] == [1.0, 2.0, 3.0]
    put(path, scalars({"w.0": 4, "w.1": 5, "b": 6}))
    model = nn.Sequential(Neuron(2))
    with pytest.raises(ModelFileError, match=r"Each name here begins with '0\.': write .*'0\.' \+ name"):
        load(model, path)
    model.load_state_dict({"0." + name: x for name, x in ag.weights.read(path).items()})
    assert [p.data for p in model.parameters()] == [4.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ([2, 3], r"'weight' has the shape \(2, 3\) in the file, and \(3, 2\) in the model\. It is turned"),
        ([6], r"\(6,\) in the file, and \(3, 2\) in the model\. Make the model of the same sizes"),
        ([3, 2, 1], r"\(3, 2, 1\) in the file"),
    ],
)
def test_another_shape_is_told_and_changes_nothing(shape, told, path):
    layer = nn.Linear(2, 3, bias=False, seed=0)
    before = layer.state_dict()
    with pytest.raises(ModelFileError, match=told):
        load(layer, put(path, file_of({"weight": entry("F64", shape, 0, 48)}, bytes(48))))
    assert layer.state_dict() == before


def test_layers_of_neurons_and_of_arrays_are_told_apart(path):
    save(nn.Sequential(nn.Linear(2, 1)), path)
    with pytest.raises(ModelFileError, match=r"nn\.Linear PyTorch's arrays: make the model of the latter"):
        load(MLP(2, [1]), path)


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("F64", pack("<d", 2.5), "is a count, not 2.5"),
        ("F64", pack("<d", -1.0), "is a count, not -1.0"),
        ("F64", pack("<d", math.inf), "is a count, not inf"),
        ("I64", pack("<q", 2**53 + 1), "a whole number that no float holds exactly"),
    ],
)
def test_a_count_that_is_none_changes_nothing(kind, content, told, path):
    model = small(1)
    before = model.state_dict()
    numbers = save(small(2), path).read_bytes()
    count = numbers.index(b'"1.num_batches_tracked":{"dtype":"I64"')
    changed = numbers[:count] + numbers[count:].replace(b"I64", kind.encode(), 1)
    assert changed.count(pack("<q", 1)) == 1
    with pytest.raises(ModelFileError, match=told):
        load(model, put(path, changed.replace(pack("<q", 1), content)))
    assert model.state_dict() == before


def test_a_file_cut_short_anywhere_changes_nothing(path):
    model = small(1)
    before = repr(model.state_dict())
    content = save(small(2), path).read_bytes()
    with path.open("r+b") as file:
        for length in reversed(range(len(content))):
            file.truncate(length)
            with pytest.raises(ModelFileError):
                load(model, path)
    assert repr(model.state_dict()) == before
    assert repr(load(model, put(path, content)).state_dict()) == repr(small(2).state_dict())


def outline(numbers):
    return [*map(outline, numbers)] if isinstance(numbers, list) else type(numbers)


def test_a_file_with_bytes_changed_loads_in_the_same_shapes_or_changes_nothing(path):
    random, model = Random(0), small(1)
    state, before = model.state_dict(), repr(model.state_dict())
    content = save(small(2), path, metadata={"note": "a"}).read_bytes()
    loaded = refused = 0
    with path.open("r+b", buffering=0) as file:
        for _ in range(2_000):
            damaged = bytearray(content)
            for _ in range(random.choice((1, 1, 2, 5))):
                damaged[random.randrange(len(damaged))] = random.choice(
                    (*b'\0",[{9\xff', random.randrange(256))
                )
            file.seek(0)
            file.write(damaged)
            try:
                load(model, path)
            except ModelFileError:
                refused += 1
                assert repr(model.state_dict()) == before
            else:
                loaded += 1
                assert [*map(outline, model.state_dict().values())] == [*map(outline, state.values())]
                model.load_state_dict(state)
    assert min(loaded, refused) > 200


# what is not saved


def test_weights_that_are_not_finite_are_not_saved(path):
    save(Neuron(1, weights=[1.0], bias=2.0), path)
    before = path.read_bytes()
    for wrong in (math.nan, math.inf, -math.inf):
        neuron = Neuron(1, weights=[wrong], bias=2.0)
        with pytest.raises(
            NonFiniteError, match=rf"'w\.0' has {wrong} in it, .* explain_nonfinite\(loss\)"
        ):
            save(neuron, path)
    assert path.read_bytes() == before


def test_names_that_a_file_cannot_have(path):
    class Keyed(Module):
        def __init__(self, *keys):
            self.parts = {key: Value(1.0) for key in keys}

        def parameters(self):
            return [*self.parts.values()]

    class Plain:
        def __init__(self, *keys):
            self.__dict__.update({str(key): Value(float(i)) for i, key in enumerate(keys)})

        def parameters(self):
            return [*vars(self).values()]

    class Twice(Plain):
        def __init__(self):
            self.parts = {1: Value(1.0), "1": Value(2.0)}

        def parameters(self):
            return [*self.parts.values()]

    with pytest.raises(ModelFileError, match=r"'__metadata__' is no name for a parameter .* rename it"):
        save(Plain("__metadata__"), path)
    with pytest.raises(ModelFileError, match=r"half a sign in it, .*ud800.*; leave it out"):
        save(Keyed("\ud800"), path)
    with pytest.raises(StateError, match=r"two parameters of Twice have the path 'parts\.1'; rename one"):
        save(Twice(), path)
    assert not path.exists()
    odd = ("\x00", '"', "\\", "ä", "\u2028", "", "..")
    save(Keyed(*odd), path)
    assert {*read(path)} == {f"parts.{key}" for key in odd}
    assert load(Keyed(*odd), path)


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ("note", "metadata are texts by name"),
        ({"loss": 0.5}, r"0\.5 \(float\) is no text; write str"),
        ({1: "a"}, r"1 \(int\) is no text"),
        ([("a", "b")], "metadata are texts by name"),
    ],
)
def test_metadata_are_texts(metadata, told, path):
    with pytest.raises(DataError, match=told):
        save(Neuron(1), path, metadata=metadata)
    assert not path.exists()


@pytest.mark.parametrize("suffix", ["pt", "pth", "pkl", "npz", "h5", "json", "PT"])
def test_a_name_of_another_form_is_refused(suffix, tmp_path):
    path = tmp_path / f"model.{suffix}"
    with pytest.raises(ModelFileError, match=r"write save\(model, 'model.safetensors'\)"):
        save(Neuron(1), path)
    assert not path.exists()


@pytest.mark.parametrize("name", ["model", "model.bin", "model.v1.safetensors", "ä b"])
def test_other_names_are_as_given(name, tmp_path):
    assert save(Neuron(1, weights=[1.0]), tmp_path / name) == tmp_path / name
    assert load(Neuron(1), tmp_path / name).w[0].data == 1.0


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    for place in (tmp_path / "nowhere" / "m", tmp_path):
        with pytest.raises(OutputError, match="name a file in a folder that exists"):
            save(Neuron(1), place)
    assert [*tmp_path.iterdir()] == []


def traced_save(x):
    save(Neuron(1), "never.safetensors")
    return x


def traced_load(x):
    load(Neuron(1), "never.safetensors")
    return x


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: save(Neuron(1).state_dict(), "m"), DataError, r"the model itself, .* write save\(model, "),
        (lambda: save("m", Neuron(1)), DataError, r"the model comes first, .* write save\(model, "),
        (lambda: load("m", Neuron(1)), DataError, r"the model comes first, .* write load\(model, "),
        (lambda: load({}, "m"), DataError, r"load takes the model itself"),
        (lambda: save(Neuron, "m"), DataError, r"Neuron is a class"),
        (lambda: save(Neuron(1).parameters(), "m"), ModelError, "weights are those of a model"),
        (lambda: save(ag.SGD(0.1), "m"), ModelError, r"weights are those of a model, .* not SGD"),
        (lambda: save(None, "m"), ModelError, "weights are those of a model"),
        (lambda: save(Neuron(1), None), DataError, "named by a text or Path, not None; write save"),
        (lambda: load(Neuron(1), 3), DataError, "named by a text or Path, not 3"),
        (lambda: load(Neuron(1), io.BytesIO()), DataError, "named by a text or Path"),
        (lambda: load("m"), CallError, r"load lacks 'path'.* as in load\(MLP"),
        (
            lambda: save(Neuron(1)),
            CallError,
            r"save lacks 'path'.* as in save\(model, \"model.safetensors\"\)",
        ),
        (lambda: save(Neuron(1), file="m"), CallError, r"did you mean path='m'"),
        (lambda: ag.derive(traced_save, inputs=[1.0]), TracingError, r"save\(\).* outside of the function"),
        (lambda: ag.derive(traced_load, inputs=[1.0]), TracingError, "outside of the function"),
    ],
)
def test_a_wrong_call_is_told(call, error, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=told) as raised:
        call()
    assert isinstance(raised.value, AutogradError)
    assert [*tmp_path.iterdir()] == []


IS_KILLED = """
import os, signal, sys, time
from random import Random
from autograd_scratch import load, nn, save
random, models = Random(0), [nn.Linear(50, 50, seed=seed) for seed in (1, 2)]
path, states = save(models[0], sys.argv[1]), [model.state_dict() for model in models]
for _ in range(12):
    child = os.fork()
    if not child:
        while True:
            save(models[1], path)
            save(models[0], path)
    time.sleep(0.05 * random.random())
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert load(nn.Linear(50, 50), path).state_dict() in states
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes begin anew there, which takes long")
def test_a_program_that_is_killed_while_it_saves_leaves_a_whole_file(path):
    program = [sys.executable, "-W", "error", "-c", IS_KILLED, str(path)]
    run = subprocess.run(program, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
