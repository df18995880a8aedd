"""What may be written with Values, and what is refused."""

import asyncio
import copy
import math
import operator
import pickle
import re
import sys
import threading
from contextlib import ExitStack, suppress
from decimal import Decimal
from fractions import Fraction

import pytest

import autograd_scratch as ag
from autograd_scratch import Value
from autograd_scratch.errors import AutogradError, DataError, DetachedNumberError, GraphError, RuleError
from autograd_scratch.scalar import NOT_YET
from autograd_scratch.value import dot_rows


def gradients(out, *leaves):
    for leaf in leaves:
        leaf.zero_grad()
    out.backward()
    return [leaf.grad for leaf in leaves]


@pytest.mark.parametrize(
    ("expression", "data", "grad"),
    [
        (lambda x: x + 2, 5.0, 1.0),
        (lambda x: 2 + x, 5.0, 1.0),
        (lambda x: x - 2, 1.0, 1.0),
        (lambda x: 2 - x, -1.0, -1.0),
        (lambda x: x * 2, 6.0, 2.0),
        (lambda x: 2 * x, 6.0, 2.0),
        (lambda x: x / 2, 1.5, 0.5),
        (lambda x: 6 / x, 2.0, -2 / 3),
        (lambda x: x**2, 9.0, 6.0),
        (lambda x: 2**x, 8.0, 8.0 * math.log(2.0)),
        (lambda x: x**x, 27.0, 27.0 * (1.0 + math.log(3.0))),
        (lambda x: -x, -3.0, -1.0),
        (lambda x: +x, 3.0, 1.0),
        (lambda x: abs(-x), 3.0, 1.0),
        (lambda x: x * x, 9.0, 6.0),
        (lambda x: x - x, 0.0, 0.0),
        (lambda x: x / x, 1.0, 0.0),
        (lambda x: sum([x, x, x]), 9.0, 3.0),
        (lambda x: ag.sum([x, 1, x]), 7.0, 2.0),
        (lambda x: ag.mean(x, 1, 2), 2.0, 1 / 3),
        (lambda x: ag.dot([x, 2.0], [4, x], x), 21.0, 7.0),
        (lambda x: ag.max(x, 1, 3), 3.0, 0.5),
        (lambda x: ag.min([x, 4]), 3.0, 1.0),
        (lambda x: x + Fraction(1, 2), 3.5, 1.0),
        (lambda x: x + True, 4.0, 1.0),
        (lambda x: x.leaky_relu(0.1) + (-x).leaky_relu(0.1), 2.7, 0.9),
    ],
)
def test_operators(expression, data, grad):
    x = Value(3.0)
    out = expression(x)
    out.backward()
    assert out.data == pytest.approx(data, rel=1e-15)
    assert x.grad == pytest.approx(grad, rel=1e-15)


@pytest.mark.parametrize(
    "name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "softplus", "abs"]
)
def test_methods_and_functions_are_the_same(name):
    x, y = Value(0.7), Value(0.7)
    by_method, by_function = getattr(x, name)(), getattr(ag, name)(y)
    by_method.backward()
    by_function.backward()
    assert (by_method.data, x.grad) == (by_function.data, y.grad)
    assert by_function.data == getattr(ag, name)(0.7)


def test_diamond():
    a = Value(2.0)
    b = a * 3.0
    c = b * b + b * a
    assert gradients(c, a) == [2 * 9.0 * 2.0 + 2 * 3.0 * 2.0]


def test_both_edges_of_a_square_are_kept():
    x = Value(3.0)
    y = x * x
    assert y.parents == (x, x)
    assert y.partials == (3.0, 3.0)


def test_constants_stay_plain_floats():
    y = Value(3.0) * 2
    assert y.parents[1] == 2.0
    assert type(y.parents[1]) is float


def test_backward_again_adds_the_right_amount():
    x = Value(2.0)
    square = x * x
    y = square * square
    y.backward()
    assert x.grad == 32.0
    y.backward()
    assert x.grad == 64.0
    assert square.grad == 8.0  # an interior adjoint belongs to one sweep


def test_two_losses_over_shared_nodes():
    x = Value(2.0)
    shared = x * x
    (shared * 1.0).backward()
    (shared * 1.0).backward()
    assert x.grad == 8.0


def test_backward_of_a_leaf():
    x = Value(2.0)
    x.backward()
    assert x.grad == 1.0


def test_later_changes_of_data_do_not_change_the_gradient():
    a, b = Value(2.0), Value(3.0)
    out = a * b
    b.data = 100.0
    out.backward()
    assert a.grad == 3.0


def test_long_sums():
    xs = [Value(1.0) for _ in range(10_000)]
    sum(xs).backward()
    ag.sum(xs).backward()
    assert {x.grad for x in xs} == {2.0}


def test_detach_and_item():
    x = Value(3.0, "x")
    y = (x * x).detach()
    assert (y.data, y.parents, y.item()) == (9.0, (), 9.0)
    assert x.detach().name == "x"


def test_grad_is_a_zero_that_can_be_told_apart():
    x = Value(3.0)
    assert x.grad == 0.0
    assert x.grad is NOT_YET
    (x * 0.0).backward()
    assert x.grad == 0.0
    assert x.grad is not NOT_YET
    x.zero_grad()
    assert x.grad is NOT_YET
    assert copy.copy(NOT_YET) is NOT_YET
    assert pickle.loads(pickle.dumps(NOT_YET)) is NOT_YET


def test_gradients_have_a_door():
    x = Value(3.0)
    (x * 2.0).backward()
    x.grad = None  # PyTorch's way to forget it
    assert not x.is_reached
    x.grad = 0
    (x * 2.0).backward()
    assert x.grad == 2.0
    with pytest.raises(DataError, match="a gradient must be a real number, not 'a'"):
        x.grad = "a"


def test_names_and_texts():
    x = Value(2, "w")
    assert repr(x) == "Value(data=2.0, name='w')"
    assert repr((x * 2).named("h")) == "Value(data=4.0, name='h')"
    assert f"{x:.2f}|{x}" == "2.00|Value(data=2.0, name='w')"
    assert round(Value(2.3456), 2) == 2.35
    x.backward()
    assert repr(x) == "Value(data=2.0, grad=1.0, name='w')"
    with pytest.raises(DataError, match="the name of a Value must be text, not 3"):
        Value(2.0, 3)


def test_comparisons_go_by_data():
    one, two = Value(1.0), Value(2.0)
    assert one < two
    assert one <= 1
    assert two > 1.5
    assert two >= one
    assert max([two, one]) is two
    assert sorted([two, one])[0] is one
    assert not Value(math.nan) < 1.0
    assert bool(one)
    assert not Value(0.0)


def test_equality_is_identity_between_values_and_by_data_with_numbers():
    a, b = Value(1.0), Value(1.0)
    assert a != b
    assert a == a
    assert a == 1
    assert a == Fraction(1)
    assert a != "1"
    assert a.__eq__("1") is NotImplemented
    assert len({a, b}) == 2
    assert b not in [a]


@pytest.mark.parametrize("bad", ["1.0", b"1", None, [1.0], (1.0,), 1j, Decimal(1), object()])
def test_what_is_no_number_is_refused(bad):
    with pytest.raises(DataError, match="data must be a real number, not"):
        Value(bad)
    x = Value(1.0)
    with pytest.raises(DataError, match="data must be a real number, not"):
        x.data = bad
    assert x.data == 1.0


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: ag.MLP, "the class MLP"),
        (lambda: Value(2.0).item, "the method item; write item() for what it gives"),
        (lambda: ag.exp, "the function exp"),
        (lambda: ag.values([1.0, 2.0]), "values([1., 2.]); on an array of Values"),
        (lambda: Decimal("0.5"), "Decimal('0.5'); write float"),
        (lambda: [1.0], "[1.0] (list)"),
    ],
)
def test_what_is_no_number_is_told_without_names_of_the_machinery(make, says):
    with pytest.raises(DataError, match=re.escape(f"data must be a real number, not {says}")):
        Value(make())


def test_a_value_written_where_a_number_belongs_says_where_its_number_is():
    p = Value(1.0)
    with pytest.raises(DataError, match=r"not Value\(data=0\.95\); its number is \.data"):
        p.data = p - 0.1 * 0.5
    assert p.data == 1.0


@pytest.mark.parametrize(
    "operation", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
)
@pytest.mark.parametrize("bad", ["1.0", None, [1.0], 1j, Decimal(1)])
def test_operands_that_are_no_numbers_are_refused(operation, bad):
    with pytest.raises(DataError, match="an operand of a Value must be a real number or a Value, not"):
        operation(Value(1.0), bad)
    with pytest.raises((DataError, TypeError)):
        operation(bad, Value(1.0))


def test_other_refusals():
    with pytest.raises(DataError, match="a Value holds a number, not a Value"):
        Value(Value(1.0))
    with pytest.raises(DataError, match="must fit into a float"):
        Value(10**400)
    with pytest.raises(TypeError):
        Value(1.0) + object()
    with pytest.raises(AutogradError):
        Value("x")


@pytest.mark.parametrize("lose", [float, int, math.exp, complex])
def test_the_graph_is_never_lost_silently(lose):
    with pytest.raises(DetachedNumberError, match=r"write \.data or \.item\(\); .* autograd_scratch\.exp"):
        lose(Value(1.0, "x"))


def test_data_is_an_exact_float():
    for number in (2, True, Fraction(1, 3), 2.5):
        assert type(Value(number).data) is float
    x = Value(1.0)
    x.data = 3
    assert type(x.data) is float


def test_leaves_are_copied_and_pickled_and_interior_nodes_are_not():
    x = Value(2.0, "x")
    (x * x).backward()
    for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert (twin.data, twin.grad, twin.name) == (2.0, 4.0, "x")
        assert twin is not x
    assert pickle.loads(pickle.dumps(Value(1.0))).grad is NOT_YET
    with pytest.raises(GraphError, match=r"value\.detach\(\)"):
        copy.deepcopy(x * x)


def test_no_grad_records_nothing():
    x = Value(2.0)
    with ag.no_grad():
        results = [x * x, x.exp(), 1 - x, x**3, ag.dot([x], [x], x), x**x, *dot_rows([([x], 3.0)], [x])]
    assert [r.parents for r in results] == [()] * 7
    assert [r.data for r in results] == [4.0, math.exp(2.0), -1.0, 8.0, 6.0, 4.0, 7.0]
    with pytest.raises(GraphError, match=r"made by mul, has no graph .* no_grad\(\)"):
        results[0].backward()
    assert (x * x).parents == (x, x)


def test_results_without_a_graph_are_copied_as_leaves():
    with ag.no_grad():
        y = Value(2.0) * 3.0
    assert copy.deepcopy(y).data == 6.0


def test_blocks_may_end_in_any_order():
    def block():
        with ag.no_grad():
            yield

    first, second = block(), block()
    next(first)
    next(second)
    first.close()
    assert (Value(1.0) * 2.0).parents == ()
    second.close()
    assert len((Value(1.0) * 2.0).parents) == 2


def test_the_bias_of_a_row_may_be_a_number():
    w, x = Value(2.0), Value(3.0)
    (y,) = dot_rows([([w], -1.0)], [x])
    assert y.data == 5.0
    assert y.parents == (w, x, -1.0)
    assert y.partials == (3.0, 2.0, 1.0)


def test_no_grad_is_of_one_thread():
    x = Value(2.0)
    parents = []

    def work():
        parents.append((x * x).parents)

    with ag.no_grad():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert parents == [(x, x)]


def test_blocks_begin_and_end_by_hand_too():
    x, block = Value(2.0), ag.no_grad()
    with ExitStack() as stack:
        stack.enter_context(block)
        assert (x * x).parents == ()
    assert (x * x).parents == (x, x)
    block.__enter__()
    block.__enter__()
    block.__exit__(None, None, None)
    assert (x * x).parents == ()
    block.__exit__(None, None, None)
    assert (x * x).parents == (x, x)


@pytest.mark.skipif(sys.platform == "emscripten", reason="needs an event loop that can be waited for")
def test_no_grad_is_of_one_task():
    x, block, started = Value(2.0), ag.no_grad(), asyncio.Event()

    async def silent():
        with block:
            started.set()
            await asyncio.sleep(0.01)
            return (x * x).parents

    async def recording():
        await started.wait()
        with block:
            pass
        return (x * x).parents

    async def both():
        return await asyncio.gather(silent(), recording())

    assert asyncio.run(both()) == [(), (x, x)]


def test_no_grad_refuses_what_is_suspended():
    with pytest.raises(RuleError, match=r"no_grad\(\) cannot decorate steps"):

        @ag.no_grad()
        def steps():
            yield


def test_small_numbers_to_the_power_zero():
    x, y = Value(1e-310), Value(0.0)
    (x**y).backward()
    assert x.grad == 0.0


def test_operands_are_recorded_as_written():
    x = Value(3.0)
    assert (2 * x).parents == (2.0, x)
    assert (x * 2).parents == (x, 2.0)


def test_no_grad_decorates_nests_and_survives_errors():
    @ag.no_grad()
    def double(x):
        return x * 2.0

    x = Value(1.0)
    assert double(x).parents == ()
    assert double(x).parents == ()
    with ag.no_grad():
        with ag.no_grad():
            pass
        assert (x * x).parents == ()
    with pytest.raises(ZeroDivisionError), ag.no_grad():
        raise ZeroDivisionError
    assert (x * x).parents == (x, x)


METHODS = sorted(
    name for name in {*ag.__all__} - {"data", "grad", "primitive"} if hasattr(Value(0.4), name)
)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_the_function_of_its_name(name):
    method, tried = getattr(Value(1.25), name), 0
    for args in ((), (0.25,), (1.5, 1.75)):
        with suppress(AutogradError, TypeError):  # it takes more or fewer
            assert str(method(*args).data) == str(float(getattr(ag, name)(1.25, *args)))
            tried += 1
    assert tried
