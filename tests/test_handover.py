"""Models handed over to PyTorch and ONNX, and read from PyTorch: numbers and gradients are the same."""

from random import Random

import pytest
from handed import ONE, OWN, SEVERAL

from autograd_scratch.errors import ModelError
from autograd_scratch.handover import from_torch, to_onnx, to_torch
from autograd_scratch.handover.examples import example_of
from autograd_scratch.handover.flows import Calling, leaves_of

ALL = ONE | SEVERAL | OWN
IN_FLOAT32 = ("MLP with hard_sigmoid",)  # whose slope PyTorch has as 1.0f / 6.0f
WITHOUT_MODULE = ("MLP with sin", "MLP with softplus", "MLP with an own function")  # in this package
REARRANGED = ("Neuron", "Layer", "MLP", "an MLP among layers")  # weights are put together in PyTorch


@pytest.fixture
def np():
    return pytest.importorskip("numpy")


def made(name):
    """Return a model in evaluation mode, its example, and the arrays of this."""
    make, rows = ALL[name]
    model, examples = make().eval(), () if rows is None else (rows,)
    return model, examples, example_of(model, examples, Calling.of(model))


def numbers_of(answer):
    """Return the Values and numbers of an answer, in order."""
    if isinstance(answer, (tuple, list)):
        return [each for part in answer for each in numbers_of(part)]
    return [answer]


def called(model, flows):
    """Return all Values that a model gives for an example, row by row, or for the batch."""
    if Calling.of(model).is_batch:
        return numbers_of(model(*(flow.array.tolist() for flow in flows)))
    rows = zip(*(flow.rows.tolist() for flow in flows))
    return [value for row in rows for value in numbers_of(model(*row))]


def arranged(np, model, arrays, flows):
    """Return the entries of arrays or tensors in the order of `called`."""
    shaped = [array.reshape(flow.array.shape) for array, flow in zip(arrays, flows)]
    if Calling.of(model).is_batch:
        return [array.reshape(-1) for array in shaped]
    orders = [[flow.axis, *(i for i in range(flow.array.ndim) if i != flow.axis)] for flow in flows]
    turned = [array.permute(order) for array, order in zip(shaped, orders)]
    return [array[i].reshape(-1) for i in range(len(flows[0].rows)) for array in turned]


@pytest.mark.parametrize("name", ALL)
def test_torch_gives_the_same_numbers_and_gradients(np, torch, name):
    model, examples, flows = made(name)
    module = to_torch(model, *examples)
    answers = [*leaves_of(Calling.of(model).answers(model, flows))]
    tensors = [*leaves_of(module(*(torch.tensor(flow.array) for flow in flows)))]
    others = torch.cat(arranged(np, model, tensors, answers))
    own = called(model, flows)
    weights = [Random(3).uniform(-1.0, 1.0) for _ in own]
    loss = sum(weight * y for weight, y in zip(weights, own, strict=True))
    loss_in_torch = (others * torch.tensor(weights, dtype=torch.float64)).sum()
    assert float(getattr(loss, "data", loss)) == pytest.approx(loss_in_torch.item(), rel=1e-12, abs=1e-12)
    values = [getattr(y, "data", y) for y in own]
    assert values == pytest.approx(others.tolist(), rel=1e-12, abs=1e-12)

    expected = dict(model.named_parameters())
    if not expected:
        return
    loss.backward()
    loss_in_torch.backward()
    expected = {path: p.grad for path, p in expected.items()}
    found = {
        ".".join([path, *map(str, place)]): number.item()
        for path, p in module.named_parameters()
        for place, number in np.ndenumerate(p.grad.numpy())
    }
    if name.startswith(REARRANGED):
        expected, found = (dict(enumerate(sorted(each.values()))) for each in (expected, found))
    scale = max(map(abs, expected.values()))
    tolerance = 1e-7 if name in IN_FLOAT32 else 1e-12
    assert found == pytest.approx(expected, rel=0.0, abs=tolerance * max(1.0, scale))


@pytest.mark.parametrize("name", ONE | SEVERAL)
def test_what_went_to_torch_comes_back_to_the_bit(torch, name):
    model, examples, flows = made(name)
    module = to_torch(model, *examples)
    tensors = [torch.tensor(flow.array) for flow in flows]
    if name in WITHOUT_MODULE:
        with pytest.raises(ModelError, match="is no module that this package has"):
            from_torch(module, *tensors)
        return
    back = from_torch(module, *tensors).eval()
    assert {**module.state_dict()}.keys() == back.state_dict().keys() or name == "a layer twice"
    expected = called(model, flows)
    found = called(back, flows)  # a row by itself may have become a batch: of numbers in the same order
    assert [getattr(y, "data", y) for y in found] == [getattr(y, "data", y) for y in expected]


@pytest.mark.parametrize("name", ALL)
def test_onnxruntime_gives_the_same_numbers_for_other_rows(np, runtime, name):
    model, examples, flows = made(name)
    proto = to_onnx(model, None, *examples)
    session = runtime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    doubled = [np.concatenate([flow.array, flow.array], flow.axis) for flow in flows]
    others = [array if array.dtype.kind == "i" else 0.5 - 1.5 * array for array in doubled]
    flows = [type(flow)(array, flow.axis) for array, flow in zip(others, flows)]
    expected = [*leaves_of(Calling.of(model).answers(model, flows))]
    names = [each.name for each in session.get_inputs()]
    found = session.run(None, dict(zip(names, others, strict=True)))
    for array, flow in zip(found, expected, strict=True):
        assert array.dtype == np.float64
        assert array.ravel().tolist() == pytest.approx(flow.array.ravel().tolist(), rel=1e-12, abs=1e-12)
