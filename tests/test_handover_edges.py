"""What handing over keeps beside the numbers, and what it refuses: nothing is left half done."""

import pickle
import sys

import pytest
from handed import Own, rows_of

from autograd_scratch import MLP, SGD, Layer, Module, Value, atan, nn
from autograd_scratch.errors import (
    AutogradError,
    DataError,
    MissingPackageError,
    ModelError,
    OutputError,
    ProgramError,
    ShapeError,
    TracingError,
)
from autograd_scratch.handover import from_torch, onnx_models, to_onnx, to_torch


class Branching(Module):
    def __init__(self):
        self.layer = nn.Linear(2, 1, seed=1)

    def forward(self, x):
        y = self.layer(x)[0]
        return y if y > 0 else -y


class Dropping(Module):
    def __init__(self):
        self.layer, self.dropout = nn.Linear(2, 2, seed=1), nn.Dropout(0.5)

    def forward(self, x):
        return self.dropout(self.layer(x))


class Angle(Module):
    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        return atan(self.w * x[0])


class Mixing(Module):
    wants_batch = True

    def __init__(self):
        self.w = Value(0.5)

    def forward(self, rows):
        total = sum(row[0] for row in rows)
        return [self.w * row[0] + total for row in rows]


class Counting(Module):
    wants_batch = True

    def forward(self, rows):
        return [1.0, 2.0]


class Pair(Module):
    def __init__(self):
        self.inside, self.gate = nn.Linear(2, 3, seed=1), Value(0.25)

    def forward(self, x, y):
        return [z * self.gate + y[0] for z in self.inside(x)]


class Taken(Module):
    def __init__(self):
        self.train_ = Value(0.5)
        self.type = Value(2.0)

    def forward(self, x):
        return self.type * x[0]


def halved():
    """Return a model of which two layers have a part of an array in common."""
    one, other = Layer(2, 2, seed=1), Layer(2, 2, seed=2)
    other.neurons[0].w = one.neurons[0].w
    return nn.Sequential(one, other)


REFUSED = [  # by both: a model, its rows, the error and a part of its message
    (Branching(), rows_of(2), TracingError, "where"),
    (nn.Conv1d(1, 2, 2), None, ShapeError, r"X\[:2\]"),
    (Own(), None, ShapeError, r"X\[:2\]"),
    (MLP(2, [1]), [], ShapeError, "some rows"),
    (MLP(2, [1]), [[1.0], [2.0]], ShapeError, "expected 2 inputs"),
    (Counting(), rows_of(2), ModelError, "no entry for each row"),
    (len, rows_of(2), ModelError, "a Module"),
    (Mixing(), rows_of(2), ProgramError, "nothing is handed over"),
]


@pytest.mark.parametrize(("model", "rows", "kind", "told"), REFUSED)
def test_what_cannot_go_to_torch_is_told(torch, model, rows, kind, told):
    with pytest.raises(kind, match=told):
        to_torch(model, *[] if rows is None else [rows])


@pytest.mark.parametrize(("model", "rows", "kind", "told"), REFUSED)
def test_what_cannot_go_to_onnx_is_told(runtime, tmp_path, model, rows, kind, told):
    with pytest.raises(kind, match=told):
        to_onnx(model, tmp_path / "model.onnx", *[] if rows is None else [rows])
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (Angle(), "atan is not handed over"),
        (nn.BatchNorm1d(2, track_running_stats=False), "track_running_stats=True"),
    ],
)
def test_what_onnxruntime_lacks_is_told(runtime, model, told):
    with pytest.raises(ModelError, match=told):
        to_onnx(model, None, rows_of(2))


def test_a_training_mode_inside_of_an_own_forward_is_refused(torch, runtime):
    model = Dropping()
    with pytest.raises(ModelError, match=r"write model.eval\(\) first"):
        to_torch(model, rows_of(2))
    assert model.training
    assert not to_torch(Dropping().eval(), rows_of(2)).training
    to_onnx(model, None, rows_of(2))
    assert model.training


def test_models_of_several_inputs_are_handed_over(torch, runtime):
    import numpy

    model, x, y = Pair(), rows_of(2), rows_of(1, seed=2)
    expected = [[z.data for z in model(*row)] for row in zip(x, y)]
    module = to_torch(model, x, y)
    found = module(*(torch.tensor(rows, dtype=torch.float64) for rows in (x, y)))
    assert found.tolist() == [pytest.approx(row, rel=1e-13) for row in expected]
    session = runtime.InferenceSession(to_onnx(model, None, x, y).SerializeToString())
    (found,) = session.run(None, {"x0": numpy.array(x), "x1": numpy.array(y)})
    assert found.tolist() == [pytest.approx(row, rel=1e-13) for row in expected]


def test_arrays_that_share_some_parameters_are_refused(torch):
    with pytest.raises(ModelError, match="share whole arrays"):
        to_torch(halved())


def test_a_path_that_torch_has_itself_is_told(torch):
    with pytest.raises(ModelError, match="rename the attribute"):
        to_torch(Taken(), rows_of(2))


@pytest.mark.parametrize("package", ["torch", "onnx", "onnxruntime", "numpy"])
def test_a_missing_package_is_told(monkeypatch, package):
    pytest.importorskip("numpy")
    monkeypatch.setitem(sys.modules, package, None)
    extra = package.removesuffix("runtime")
    calls = {"torch": (to_torch, from_torch), "onnx": (to_onnx,), "onnxruntime": (to_onnx,)}
    if package == "onnxruntime":
        pytest.importorskip("onnx")
    if package == "numpy":
        calls["numpy"] = () if pytest.importorskip("torch") is None else (to_torch,)
    for call in calls[package]:
        with pytest.raises(MissingPackageError, match=rf'pip install "autograd-scratch\[{extra}\]"'):
            call(MLP(2, [1]))


def test_shared_frozen_and_evaluated_parts_stay_so(torch):
    shared = nn.Linear(2, 2, seed=1)
    model = nn.Sequential(shared, nn.BatchNorm1d(2).eval(), nn.Linear(2, 2, seed=2).freeze(), shared)
    module = to_torch(model)
    assert module[0] is module[3]
    assert module.training
    assert not module[1].training
    assert [p.requires_grad for p in module[2].parameters()] == [False, False]
    back = from_torch(module)
    assert back[0] is back[3]
    assert (back.training, back[1].training, back[2].frozen, back[0].frozen) == (True, False, True, False)
    assert model.training
    assert not model[1].training


def test_tied_arrays_stay_tied(torch):
    module = torch.nn.Sequential(torch.nn.Embedding(4, 3), torch.nn.Linear(3, 4, bias=False))
    module[1].weight = module[0].weight
    model = from_torch(module, [[0, 1], [3, 2]])
    assert model[1].weight is model[0].weight
    assert len(model.parameters()) == 12
    again = to_torch(model, [[0, 1], [3, 2]])
    assert again[1].weight is again[0].weight


def test_numbers_of_32_bits_become_the_same_in_64(torch):
    torch.manual_seed(1)
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.RMSNorm(3), torch.nn.LayerNorm(3))
    model = from_torch(module)
    assert model.state_dict()["0.weight"] == module[0].weight.tolist()
    assert model[1].eps == torch.finfo(torch.float32).eps
    assert module[1].eps is None
    assert module[0].weight.dtype == torch.float32


@pytest.mark.parametrize("make", [Own, lambda: nn.Sequential(nn.Residual(nn.Linear(2, 2)), Own())])
def test_what_torch_has_of_an_own_model_is_kept_as_any_module(torch, make):
    model = make()
    module = to_torch(model, rows_of(2))
    x = torch.tensor(rows_of(2, seed=5), dtype=torch.float64)
    assert module.state_dict().keys() == model.state_dict().keys()
    assert torch.equal(pickle.loads(pickle.dumps(module))(x), module(x))
    assert torch.allclose(module.float()(x.float()), module.double()(x).float(), atol=1e-4)


def test_training_goes_on_in_torch_as_here(torch):
    model = MLP(2, [3, 1], "tanh", seed=1)
    module = to_torch(model)
    xs, ys = rows_of(2), [0.5, -0.5, 1.0]
    own = SGD(model.parameters(), lr=0.1)
    x, y = (torch.tensor(numbers, dtype=torch.float64) for numbers in (xs, ys))
    for _ in range(5):
        own.zero_grad()
        loss = nn.mse([model(row) for row in xs], ys)
        loss.backward()
        own.step()
        module.zero_grad()
        loss_in_torch = torch.nn.functional.mse_loss(module(x)[:, 0], y)
        loss_in_torch.backward()
        with torch.no_grad():
            for parameter in module.parameters():
                parameter -= 0.1 * parameter.grad
        assert loss.data == pytest.approx(loss_in_torch.item(), rel=1e-12)


class Foreign:
    """What makes modules of PyTorch that cannot be read, by their names."""

    @staticmethod
    def own(torch):
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Linear(2, 1)

            def forward(self, x):
                return self.layer(x).tanh()

        return torch.nn.Sequential(torch.nn.Linear(2, 2), Net())

    @staticmethod
    def derived(torch):
        class Linear(torch.nn.Linear):
            def forward(self, x):
                return 2.0 * super().forward(x)

        return Linear(2, 1)

    @staticmethod
    def unknown(torch):
        return torch.nn.Sequential(torch.nn.Bilinear(2, 2, 1))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (Foreign.own, "Net at 1 is no module"),
        (Foreign.derived, "Linear is no module"),
        (Foreign.unknown, "Bilinear at 0 is no module"),
        (lambda torch: torch.nn.Embedding(3, 2, max_norm=1.0), "max_norm"),
        (lambda torch: torch.nn.MultiheadAttention(4, 2, add_zero_attn=True), "add_zero_attn"),
        (lambda torch: torch.nn.MaxPool1d(2, return_indices=True), "return_indices"),
        (lambda torch: torch.nn.Conv1d(1, 1, 2), "as an example"),
        (lambda torch: {"weight": 1.0}, "load_state_dict"),
    ],
)
def test_what_cannot_be_read_from_torch_is_told(torch, make, told):
    with pytest.raises(AutogradError, match=told):
        from_torch(make(torch))


def test_a_hook_that_changes_answers_is_found(torch):
    module = torch.nn.Linear(2, 1)
    module.register_forward_hook(lambda module, x, y: 2.0 * y + 1.0)
    with pytest.raises(ProgramError, match="nothing is handed over"):
        from_torch(module)


def test_a_file_is_written_whole_or_not_at_all(runtime, tmp_path, monkeypatch):
    model, path = MLP(2, [3, 1], seed=1), tmp_path / "model.onnx"
    assert to_onnx(model, path) == path
    written = path.read_bytes()
    assert written == to_onnx(model).SerializeToString(deterministic=True)
    session = runtime.InferenceSession(path)
    assert [(each.name, each.shape, each.type) for each in session.get_inputs()] == [
        ("x", ["N", 2], "tensor(double)")
    ]
    with pytest.raises(OutputError, match="folder"):
        to_onnx(model, tmp_path / "nowhere" / "model.onnx")
    monkeypatch.setattr(onnx_models, "of_each", lambda ops, function, x: x * 1.000001)
    with pytest.raises(ProgramError, match="nothing is handed over"):
        to_onnx(MLP(2, [3, 1], seed=2), path)
    assert path.read_bytes() == written
    assert [*tmp_path.iterdir()] == [path]


def test_rows_in_the_place_of_the_path_are_told():
    with pytest.raises(DataError, match=r"to_onnx\(model, None, X\[:2\]\)"):
        to_onnx(MLP(2, [1]), rows_of(2))


def test_no_number_stands_in_an_attribute_of_32_bits(runtime):
    import onnx

    model = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2), nn.LeakyReLU(), nn.ELU(0.3), nn.Softmax(-1))
    proto = to_onnx(model)
    kinds = {attribute.type for node in proto.graph.node for attribute in node.attribute}
    assert kinds.isdisjoint({onnx.AttributeProto.FLOAT, onnx.AttributeProto.FLOATS})
    assert {tensor.data_type for tensor in proto.graph.initializer} <= {
        onnx.TensorProto.DOUBLE,
        onnx.TensorProto.INT64,
    }
    assert proto.ir_version == 10
    assert [each.version for each in proto.opset_import] == [22]
