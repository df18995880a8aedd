"""Files of weights against what others read and write them with: safetensors, for NumPy and PyTorch."""

import json
import math
from random import Random
from struct import pack, unpack

import pytest
from own_models import MODELS

from autograd_scratch import MLP, Module, load, nn, save
from autograd_scratch.errors import ModelFileError
from autograd_scratch.nn.search import parameters_of
from autograd_scratch.weights import read


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.fixture
def numpys():
    pytest.importorskip("numpy")
    return pytest.importorskip("safetensors.numpy")


@pytest.fixture
def torch():
    pytest.importorskip("safetensors.torch")
    return pytest.importorskip("torch")


def convolution(nn):
    return nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.GELU(), nn.Flatten(), nn.Linear(48, 4), nn.LayerNorm(4)
    )


NETWORKS = {
    "convolution": (convolution, (3, 1, 6, 6)),
    "LSTM": (lambda nn: nn.LSTM(2, 3, num_layers=2, bidirectional=True, batch_first=True), (2, 4, 2)),
    "GRU": (lambda nn: nn.GRU(2, 3, batch_first=True), (2, 4, 2)),
    "transformer": (lambda nn: nn.TransformerEncoderLayer(4, 2, 8, 0.0, batch_first=True), (2, 3, 4)),
}


def inputs(torch, shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def of_torch(torch, name, seed):
    """Return a network of PyTorch's that has learned something about its inputs, and its inputs."""
    make, shape = NETWORKS[name]
    torch.manual_seed(seed)
    model, x = make(torch.nn), inputs(torch, shape)
    model(x.float())
    return model, x


def answers(output):
    """Return the numbers of an answer; of one with states, those before them."""
    output = output[0] if isinstance(output, tuple) else output
    rows = output.tolist()
    while isinstance(rows[0], list):
        rows = [entry for row in rows for entry in row]
    return [getattr(entry, "data", entry) for entry in rows]


@pytest.mark.parametrize("name", NETWORKS)
def test_files_of_pytorch_give_its_answers_here(name, torch, path):
    theirs, x = of_torch(torch, name, 0)
    from safetensors.torch import save_file

    make, _ = NETWORKS[name]
    for kind in ("float64", "float32", "float16", "bfloat16"):
        written = {
            key: tensor.to(getattr(torch, kind)) if tensor.is_floating_point() else tensor
            for key, tensor in theirs.state_dict().items()
        }
        save_file(written, path, metadata={"format": "pt", "epoch": "3"})
        ours = load(make(nn), path).eval()
        wide = make(torch.nn).double().eval()
        wide.load_state_dict({key: tensor.double() for key, tensor in written.items()})
        assert {key: tensor.tolist() for key, tensor in wide.state_dict().items()} == ours.state_dict()
        assert answers(ours(x.tolist())) == pytest.approx(answers(wide(x)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_files_of_ours_are_a_state_for_pytorch(name, torch, path):
    from safetensors.torch import load_file, load_model

    make, shape = NETWORKS[name]
    ours, x = make(nn), inputs(torch, shape)
    ours(x.tolist())
    save(ours, path)
    wide = make(torch.nn).double()
    assert load_model(wide, path) == (set(), [])
    assert {key: tensor.tolist() for key, tensor in load_file(path).items()} == ours.state_dict()
    assert answers(wide.eval()(x)) == pytest.approx(answers(ours.eval()(x.tolist())), rel=1e-9, abs=1e-12)
    narrow = make(torch.nn)
    narrow.load_state_dict(load_file(path))
    assert all(
        torch.equal(tensor, wide.state_dict()[key].to(tensor.dtype))
        for key, tensor in narrow.state_dict().items()
    )


def test_a_model_with_arrays_in_two_places_as_pytorch_writes_it(torch, path):
    from safetensors.torch import load_file, save_model

    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.head = torch.nn.Embedding(5, 3), torch.nn.Linear(3, 5, bias=False)
            self.head.weight = self.table.weight

    class Ours(Module):
        def __init__(self):
            self.table, self.head = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False)
            self.head.weight = self.table.weight

    theirs = Theirs()
    save_model(theirs, path)
    ours = load(Ours(), path)
    assert ours.table.weight.data == ours.head.weight.data == theirs.table.weight.tolist()
    other = Theirs().double()
    save(ours, path)
    other.load_state_dict(load_file(path))
    assert other.head.weight.tolist() == ours.head.weight.data


@pytest.mark.parametrize("make", [*MODELS, lambda: MLP(3, [5, 2], seed=1)])
def test_numpy_has_the_same_numbers_to_the_bit(make, numpys, path):
    model = make()
    for i, parameter in enumerate(parameters_of(model)):
        parameter.data = math.sin(i + 1.0)
    save(model, path, metadata={"b": "ä", "a": json.dumps({"c": 1})})
    arrays = numpys.load_file(path)
    ours = read(path)
    assert arrays.keys() == ours.keys()
    for key, array in arrays.items():
        assert array.dtype.str == "<f8"
        assert array.tobytes() == pack(f"<{array.size}d", *array.ravel().tolist())
        assert array.tolist() == ours[key]
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        assert file.metadata() == {"b": "ä", "a": '{"c": 1}'}


def test_arrays_of_many_kinds_and_layouts_as_numpy_writes_them(numpys, path):
    import numpy as np

    numbers = np.arange(12.0).reshape(3, 4) / 4.0 - 1.0
    layouts = {
        "W": numbers,
        "W.T": numbers.T,
        "cut": numbers[::2, 1:],
        "column": np.asfortranarray(numbers),
    }
    kinds = (
        "float64",
        "float32",
        "float16",
        "int64",
        "int32",
        "int16",
        "int8",
        "uint8",
        "uint16",
        "uint32",
    )
    arrays = {
        f"{name} {kind}": np.ascontiguousarray(np.abs(array).astype(kind))
        for name, array in layouts.items()
        for kind in (*kinds, "uint64", "bool")
    }
    arrays |= {
        "one": np.array(2.5),
        "none": np.zeros((0,)),
        "rows": np.zeros((2, 0)),
        "deep": np.ones((1, 2, 1, 3)),
    }
    numpys.save_file(arrays, path)
    assert read(path) == {key: array.tolist() for key, array in arrays.items()}


def test_what_safetensors_refuses_is_refused_and_other_numbers_are_the_same(numpys, path):
    import numpy as np
    from safetensors import SafetensorError

    random, model = Random(1), nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).reset_parameters(seed=0)
    content = save(model, path, metadata={"note": "a"}).read_bytes()
    length = 8 + unpack("<Q", content[:8])[0]
    both = refused = 0
    with path.open("r+b", buffering=0) as file:
        for _ in range(2_000):
            damaged = bytearray(content)
            for _ in range(random.choice((1, 1, 2))):
                damaged[random.randrange(length)] = random.choice(
                    (*b'\0",[{}]:19F36 ', random.randrange(256))
                )
            file.seek(0)
            file.write(damaged)
            try:
                ours = read(path)
            except ModelFileError:
                refused += 1
                continue
            both += 1
            try:
                theirs = numpys.load(bytes(damaged))
            except (SafetensorError, KeyError) as fault:
                raise AssertionError(bytes(damaged[:length])) from fault
            assert ours.keys() == theirs.keys()
            for key, array in theirs.items():
                np.testing.assert_array_equal(np.array(ours[key]), array)
    assert min(both, refused) > 200
