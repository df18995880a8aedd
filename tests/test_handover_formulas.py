"""Formulas of primitives in PyTorch and in onnxruntime: the values and partials of the calculus table."""

import math

import pytest

from autograd_scratch.errors import ModelError
from autograd_scratch.handover.columns import Columns
from autograd_scratch.handover.formulas import FORMULAS, formula_of
from autograd_scratch.handover.torch_modules import Tensors
from autograd_scratch.handover.wires import Graph
from autograd_scratch.primitives import gamma
from autograd_scratch.primitives.logits import log_softmax_at
from autograd_scratch.primitives.powers import power


def run_in_onnx(runtime, write, columns):
    """Return what nodes that are written give for columns of numbers."""
    import numpy
    import onnx

    def told(name):
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, ["N"])

    graph = Graph()
    names = [f"x{i}" for i in range(len(columns))]
    made = write(Columns(graph), *map(graph.input, names))
    proto = onnx.helper.make_model(
        graph.proto("one", [*map(told, names)], [told(made.name)]),
        ir_version=10,
        opset_imports=[onnx.helper.make_opsetid("", 22)],
    )
    session = runtime.InferenceSession(proto.SerializeToString())
    return session.run(None, {name: numpy.array(xs) for name, xs in zip(names, columns)})[0].tolist()


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("erfc", math.erfc),
        ("sigmoid", lambda x: 1.0 / (1.0 + math.exp(-x))),
        ("expm1", math.expm1),
        ("tanh", math.tanh),
    ],
)
def test_functions_that_onnxruntime_lacks_have_all_digits(runtime, name, function):
    xs = [k / 7.0 for k in range(-170, 171)]
    found = run_in_onnx(runtime, lambda ops, x: getattr(ops, name)(x), [xs])
    assert found == pytest.approx([function(x) for x in xs], rel=2e-13, abs=0.0)


HANDED = [*FORMULAS, power(3.0), power(2.0), power(-0.5), log_softmax_at(1)]
WITHOUT_DOUBLES = {"asin", "acos", "atan", "atan2", "lgamma"}  # in onnxruntime


def points(primitive):
    """Return points in the domain of a primitive, the corners at whole numbers too."""
    count = 4 if primitive.name == "dot" else primitive.arity or 3
    domain = primitive.intervals(count)
    grid = [-3.0, -1.25, -0.5, 0.0, 0.75, 1.0, 3.0, 6.0]
    if primitive.arity is not None and primitive.name in ("clamp", "hard_tanh"):
        return [(x, -1.25, 3.0) for x in grid]
    rotated = [grid[(i + k * 3) % len(grid)] for k in range(count) for i in range(len(grid))]
    rows = [*zip(*(rotated[k * len(grid) : (k + 1) * len(grid)] for k in range(count)))]
    return [row for row in rows if all(low <= x <= high for x, (low, high) in zip(row, domain))]


def finite(primitive):
    """Return those of its points at which value and partials are numbers, and both."""
    found = [(row, *primitive.linearize(*row)) for row in points(primitive)]
    found = [each for each in found if all(map(math.isfinite, (each[1], *each[2])))]
    assert found
    return found


@pytest.mark.parametrize("primitive", HANDED, ids=lambda primitive: primitive.name)
def test_formulas_of_primitives_have_their_values_and_partials_in_torch(torch, primitive):
    rows = finite(primitive)
    columns = [
        torch.tensor(xs, dtype=torch.float64, requires_grad=True) for xs in zip(*(r for r, _, _ in rows))
    ]
    made = formula_of(primitive)(Tensors(torch, torch.float64), *columns)
    assert made.tolist() == pytest.approx([value for _, value, _ in rows], rel=1e-13, abs=1e-15)
    slopes = [torch.zeros_like(column) for column in columns]
    if made.requires_grad:
        found = torch.autograd.grad(made.sum(), columns, allow_unused=True)
        slopes = [zero if own is None else own for zero, own in zip(slopes, found)]
    for own, expected in zip(slopes, zip(*(partials for _, _, partials in rows)), strict=True):
        assert own.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("primitive", HANDED, ids=lambda primitive: primitive.name)
def test_formulas_of_primitives_have_their_values_in_onnxruntime(runtime, primitive):
    rows = finite(primitive)
    columns = [*zip(*(row for row, _, _ in rows))]
    if primitive.name in WITHOUT_DOUBLES:
        with pytest.raises(ModelError, match=f"{primitive.name} is not handed over"):
            run_in_onnx(runtime, formula_of(primitive), columns)
        return
    write = formula_of(primitive)
    found = run_in_onnx(runtime, lambda ops, *xs: ops.graph.op("Identity", write(ops, *xs)), columns)
    assert found == pytest.approx([value for _, value, _ in rows], rel=1e-13, abs=1e-15)


def test_a_primitive_without_a_formula_is_told():
    with pytest.raises(ModelError, match="gamma is not handed over"):
        formula_of(gamma)
