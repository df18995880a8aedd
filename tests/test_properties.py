"""What holds of every program: random ones, against the naive engine and against each other.

The programs share nodes, use some twice and some not at all, and have constants on either side. Their
numbers are as wild as 1e12, but never nearer to a corner or pole than rounding might move them.

The naive engine is given the numbers that our nodes have, and each number is held against its own
operands: so an ill-conditioned program is as good a test as any other. Tolerances are so many units
in the last place of the bulk, the sum of the contributions without their signs.
"""

import math
import operator

from conftest import how_many
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import EPSILON, UNDERFLOW, Program, Statement, Witness, admits, rounding
from textbook import OPERATIONS

import autograd_scratch as ag
from autograd_scratch import Value, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp


def dot(*operands):
    half = len(operands) // 2
    return ag.dot(operands[:half], operands[half : 2 * half], *operands[2 * half :])


OURS = {name: getattr(ag, name) for name in OPERATIONS if hasattr(ag, name)} | {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
    "abs": abs,
    "dot": dot,
    "where": lambda x, y, a, b: ag.where(x > y, a, b),
    **{f"power {k:g}": lambda x, k=k: x**k for k in (-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0)},
}

WILD, MODERATE = 1e12, 1e3


def numbers(limit):
    special = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-8, -1e5]
    return st.one_of(
        st.sampled_from([x for x in special if abs(x) <= limit]),
        st.floats(-3.0, 3.0, allow_subnormal=False),
        st.floats(-limit, limit, allow_subnormal=False),
    )


@st.composite
def programs(draw, limit=WILD, longest=10):
    """Draw a program and run it naively on the way, to know what each operation may be given."""
    inputs = tuple(draw(st.lists(numbers(limit), min_size=1, max_size=3)))
    nodes, errors, statements = list(inputs), [0.0] * len(inputs), []
    for _ in range(draw(st.integers(1, longest))):
        name = draw(st.sampled_from(sorted(OPERATIONS)))
        count = draw(st.sampled_from(OPERATIONS[name].counts))
        sure = count - 1 if name == "where" else draw(st.integers(0, count - 1))  # there a node is
        places = tuple(
            draw(numbers(limit))
            if k != sure and draw(st.integers(0, 3)) == 3
            else len(nodes) - 1 - draw(st.integers(0, len(nodes) - 1))
            for k in range(count)
        )
        known = [(nodes[x], errors[x]) if type(x) is int else (x, 0.0) for x in places]
        operands, doubts = [x for x, _ in known], [doubt for _, doubt in known]
        if not admits(OPERATIONS[name], operands, doubts, limit):
            name, places = "atan", places[sure : sure + 1]  # which takes whatever there is
            operands, doubts = operands[sure : sure + 1], doubts[sure : sure + 1]
        statements.append(Statement(name, places))
        nodes.append(float(OPERATIONS[name].function(*operands)))
        errors.append(rounding(OPERATIONS[name], operands, doubts))
    return Program(inputs, tuple(statements))


def outputs_of(program, leaves):
    """Run a program with our operations; its last two nodes are the outputs."""
    return program.run(leaves, OURS)[-2:]


def function_of(program):
    return lambda *leaves: outputs_of(program, leaves)


def loss_of(program):
    return lambda *leaves: outputs_of(program, leaves)[-1]


def every_argument(program):
    return tuple(range(len(program.inputs)))


def witness_of(program):
    return Witness(program, [node.data for node in program.run(map(Value, program.inputs), OURS)])


def near(actual, expected, bulk, program, order=1):
    """Whether two derivatives differ by roundings alone: a few at each statement, of terms of this bulk."""
    steps = len(program.statements) + len(program.inputs)
    return abs(actual - expected) <= 8.0 * EPSILON * order * steps * bulk + UNDERFLOW


def identical(*results):
    """Whether floats, in nested lists or tuples, are the same to the last bit; zeros have signs."""
    return len({repr(result) for result in results}) == 1


def all_near(actual, expected, bulks, program):
    return all(near(*three, program) for three in zip(actual, expected, bulks, strict=True))


def firsts(program, node=-1):
    """Return derivative and bulk of a node by each input."""
    witness = witness_of(program)
    return [witness.first(i)[node] for i in every_argument(program)]


def bulks_of(program):
    """Return the bulk of each derivative of the outputs, a row an output."""
    rows = zip(*(witness_of(program).first(i)[-2:] for i in every_argument(program)), strict=True)
    return [[bulk for _, bulk in row] for row in rows]


@settings(max_examples=how_many(100, exhaustive=1_000))  # each operation some twenty times or more
@given(programs())
def test_each_value_is_what_textbooks_say_of_its_operands(program):
    data = [node.data for node in program.run(map(Value, program.inputs), OURS)]
    for (name, places), out in zip(program.statements, data[len(program.inputs) :], strict=True):
        operands = program.of(data, places)
        expected = OPERATIONS[name].function(*operands)
        slopes = OPERATIONS[name].slopes(*operands)
        scale = abs(expected) + sum(abs(s * x) for s, x in zip(slopes, operands, strict=True))
        assert abs(out - expected) <= 4.0 * EPSILON * scale + UNDERFLOW


@settings(max_examples=how_many(100, exhaustive=1_000))
@given(programs())
def test_gradients_are_those_of_the_naive_engine(program):
    leaves = [Value(x) for x in program.inputs]
    out = loss_of(program)(*leaves)
    out.backward()
    for leaf, (expected, bulk) in zip(leaves, firsts(program), strict=True):
        assert near(leaf.grad, expected, bulk, program)
    value, gradient = value_and_grad(loss_of(program), every_argument(program))(*program.inputs)
    assert [value, *gradient] == [out.data, *(leaf.grad for leaf in leaves)]


@settings(max_examples=how_many(100, exhaustive=1_000))
@given(programs(MODERATE, longest=7))
def test_hessians_are_symmetric_and_those_of_dual_numbers_in_the_naive_engine(program):
    witness, everything = witness_of(program), every_argument(program)
    ours = hessian(loss_of(program), everything)(*program.inputs)
    for i in everything:
        for j in everything:
            expected, bulk = witness.second(i, j)[-1]
            assert near(ours[i][j], expected, bulk, program, order=2)
            assert near(ours[i][j], ours[j][i], bulk, program, order=2)


@given(programs(MODERATE, longest=7))
def test_gradients_of_nodes_are_differentiated_as_hessians_are(program):
    everything = every_argument(program)
    leaves = [Value(x) for x in program.inputs]
    out = loss_of(program)(*leaves)
    out.backward(create_graph=True)
    slopes = [leaf.grad for leaf in leaves]
    assert identical(
        [getattr(slope, "data", slope) for slope in slopes],
        list(grad(loss_of(program), everything)(*program.inputs)),
    )
    for i, slope in enumerate(slopes):
        for leaf in leaves:
            leaf.zero_grad()
        if isinstance(slope, Value):
            slope.backward()
        for j, leaf in enumerate(leaves):
            expected, bulk = witness_of(program).second(i, j)[-1]
            assert near(leaf.grad, expected, bulk, program, order=2)
    for leaf in leaves:
        leaf.zero_grad()


@given(programs())
def test_backward_twice_gives_twice_the_gradient(program):
    leaves = [Value(x) for x in program.inputs]
    out = loss_of(program)(*leaves)
    out.backward()
    once = [leaf.grad for leaf in leaves]
    out.backward()
    for leaf, gradient, (_, bulk) in zip(leaves, once, firsts(program), strict=True):
        assert near(leaf.grad, 2.0 * gradient, 2.0 * bulk, program)


@given(programs())
def test_the_gradient_of_a_sum_is_the_sum_of_gradients(program):
    together, apart = [Value(x) for x in program.inputs], [Value(x) for x in program.inputs]
    ag.sum(outputs_of(program, together)).backward()
    for out in outputs_of(program, apart):
        out.backward()
    for one, other, *column in zip(together, apart, *bulks_of(program), strict=True):
        assert near(one.grad, other.grad, sum(column), program)


@given(programs(), st.lists(st.floats(-10.0, 10.0), min_size=4, max_size=4))
def test_pulling_back_is_linear(program, factors):
    a, b, *_ = factors
    outputs, pull = vjp(function_of(program), *program.inputs)
    u, v = factors[: len(outputs)], factors[-len(outputs) :]
    combined = pull([a * x + b * y for x, y in zip(u, v, strict=True)])
    expected = [a * x + b * y for x, y in zip(pull(u), pull(v), strict=True)]
    sizes = [abs(a * x) + abs(b * y) for x, y in zip(u, v, strict=True)]
    bulks = [sum(map(operator.mul, sizes, column)) for column in zip(*bulks_of(program), strict=True)]
    assert all_near(combined, expected, bulks, program)


@given(programs(), st.lists(st.floats(-10.0, 10.0), min_size=5, max_size=5))
def test_pulling_back_is_the_transpose_of_pushing_forward(program, numbers):
    tangents = tuple(numbers[: len(program.inputs)])
    outputs, moved = jvp(function_of(program), program.inputs, tangents)
    cotangents = numbers[-len(outputs) :]
    again, pull = vjp(function_of(program), *program.inputs)
    assert identical(outputs, again)
    forward = math.fsum(map(operator.mul, moved, cotangents))
    reverse = math.fsum(map(operator.mul, pull(cotangents), tangents))
    products = [
        abs(w) * bulk * abs(v)
        for w, row in zip(cotangents, bulks_of(program), strict=True)
        for v, bulk in zip(tangents, row, strict=True)
    ]
    assert abs(forward - reverse) <= 100.0 * EPSILON * sum(products) + UNDERFLOW


@given(programs())
def test_forward_and_reverse_give_the_same_jacobian(program):
    everything = every_argument(program)
    columns = [
        jvp(function_of(program), program.inputs, tuple(float(i == j) for j in everything))[1]
        for i in everything
    ]
    outputs, pull = vjp(function_of(program), *program.inputs)
    rows = [pull([float(i == j) for j in range(len(outputs))]) for i in range(len(outputs))]
    ours = jacobian(function_of(program), everything)(*program.inputs)
    for i, bulks in enumerate(bulks_of(program)):
        assert all_near([column[i] for column in columns], rows[i], bulks, program)
        assert all_near(ours[i], rows[i], bulks, program)


@given(programs())
def test_transforms_leave_gradients_alone(program):
    leaves = [Value(x) for x in program.inputs]
    loss, everything = loss_of(program), every_argument(program)
    for leaf in leaves:
        leaf.grad = 7.0
    grad(loss, everything)(*leaves)
    jacobian(function_of(program), everything)(*leaves)
    jvp(loss, tuple(leaves), tuple(map(float, everything)))
    grad(lambda scale: scale * loss(*leaves))(2.0)  # by a closure
    assert [leaf.grad for leaf in leaves] == [7.0] * len(leaves)


@given(programs())
def test_numbers_give_numbers_and_values_give_the_same_numbers_as_values(program):
    everything = every_argument(program)
    floats = value_and_grad(loss_of(program), everything)(*program.inputs)
    values = value_and_grad(loss_of(program), everything)(*map(Value, program.inputs))
    assert {type(x) for x in (floats[0], *floats[1])} == {float}
    assert {type(x) for x in (values[0], *values[1])} == {Value}
    assert [x.data for x in (values[0], *values[1])] == [floats[0], *floats[1]]
    product = hvp(loss_of(program), program.inputs, (1.0,) * len(program.inputs))
    assert {type(x) for x in (product if isinstance(product, tuple) else (product,))} == {float}


@given(programs())
def test_without_a_graph_the_values_are_the_same(program):
    with ag.no_grad():
        bare = [node.data for node in program.run(map(Value, program.inputs), OURS)]
    assert identical(bare, [node.data for node in program.run(map(Value, program.inputs), OURS)])


@given(programs(), st.randoms(use_true_random=False))
def test_the_order_of_unrelated_statements_changes_no_bit(program, random):
    here = {i: i for i in every_argument(program)}  # where each node of the program is in the other one
    waiting = dict(enumerate(program.statements, start=len(here)))
    other = []
    while waiting:
        ready = [i for i, s in waiting.items() if all(type(x) is float or x in here for x in s.operands)]
        chosen = random.choice(ready)
        name, places = waiting.pop(chosen)
        here[chosen] = len(here)
        other.append(Statement(name, tuple(x if type(x) is float else here[x] for x in places)))
    results = []
    for variant, last in [
        (program, len(here) - 1),
        (Program(program.inputs, tuple(other)), here[len(here) - 1]),
    ]:
        leaves = [Value(x) for x in program.inputs]
        out = variant.run(leaves, OURS)[last]
        out.backward()
        results.append([out.data, *(leaf.grad for leaf in leaves)])
    assert identical(*results)
