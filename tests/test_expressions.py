"""Random programs: against 50-digit arithmetic, and against dual numbers."""

from functools import reduce
from random import Random

import pytest
from conftest import load_reference, one_of_each
from witnesses import Dual

import autograd_scratch as ag
from autograd_scratch import Value, graph, hessian

OPERATIONS = {
    "abs": abs,
    "add": lambda x, y: x + y,
    "atan": ag.atan,
    "const": lambda number: number,
    "cos": ag.cos,
    "div": lambda x, y: x / y,
    "exp": ag.exp,
    "expm1": ag.expm1,
    "log": ag.log,
    "log1p": ag.log1p,
    "max": ag.max,
    "min": ag.min,
    "mul": lambda x, y: x * y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "relu": ag.relu,
    "sigmoid": ag.sigmoid,
    "sin": ag.sin,
    "softplus": ag.softplus,
    "sqrt": ag.sqrt,
    "sub": lambda x, y: x - y,
    "tan": ag.tan,
    "tanh": ag.tanh,
}


def run(program, inputs):
    nodes = list(inputs)
    for operation, *operands in program:
        if operation == "powi":
            nodes.append(nodes[operands[0]] ** operands[1])
        else:
            operands = operands if operation == "const" else [nodes[i] for i in operands]
            nodes.append(OPERATIONS[operation](*operands))
    return nodes[-1]


EXPRESSIONS = load_reference("expressions")


def name_of(case):
    return f"{case['kind']}-{case['id']}"


def facets(case):
    """Return which operations are applied to inputs and which to what others gave."""
    inputs = len(case["x"])
    operations = {(name, *(operand < inputs for operand in operands)) for name, *operands in case["prog"]}
    return operations | {case["kind"]}


every_expression = pytest.mark.parametrize("case", EXPRESSIONS, ids=name_of)
one_of_each_expression = pytest.mark.parametrize("case", one_of_each(EXPRESSIONS, facets, name_of))


def relative_to_largest(actual, expected, tolerance):
    floor = 1e-3 * max(map(abs, expected))
    return all(abs(a - e) <= tolerance * max(abs(e), floor) for a, e in zip(actual, expected, strict=True))


@every_expression
def test_program(case):
    inputs = [Value(x) for x in case["x"]]
    out = run(case["prog"], inputs)
    out.backward()
    assert out.data == pytest.approx(case["f"], rel=1e-13)
    assert relative_to_largest([x.grad for x in inputs], case["g"], 1e-12)
    # forward mode, through the same graph: the directional derivative along the ones
    tangent = graph.push_forward(graph.toposort(out), dict.fromkeys(inputs, 1.0))[out]
    assert relative_to_largest(
        [tangent], [sum(case["g"])], 1e-10 * sum(map(abs, case["g"])) / abs(sum(case["g"]))
    )


@every_expression
def test_hessian_of_a_program(case):
    second = hessian(lambda x: run(case["prog"], x))(case["x"])
    upper = [entry for i, row in enumerate(second) for entry in row[i:]]
    assert relative_to_largest(upper, case["H"], 1e-11)
    for i, row in enumerate(second):
        assert relative_to_largest(row, [column[i] for column in second], 1e-11)


def random_graph(random, leaves, size):
    """Compute `size` random operations on shared nodes; any number type that has them will do."""
    nodes = list(leaves)
    for _ in range(size):
        x, y = random.choice(nodes), random.choice(nodes)
        operation = random.randrange(8)
        if operation == 0:
            nodes.append(x + y)
        elif operation == 1:
            nodes.append(0.5 * (x * y))
        elif operation == 2:
            nodes.append(x - 0.25 * y)
        elif operation == 3:
            nodes.append(1.5 - x)
        elif operation == 4:
            nodes.append(x / (2.0 + y * y))
        elif operation == 5:
            nodes.append(x.tanh())
        elif operation == 6:
            nodes.append((-(x * x)).exp())
        else:
            nodes.append(x.sin())
    return reduce(lambda total, node: total + node, nodes[-5:])


@pytest.mark.parametrize("seed", range(100))
def test_random_graph_against_dual_numbers(seed):
    start = [Random(seed).uniform(-2.0, 2.0) for _ in range(4)]
    leaves = [Value(x) for x in start]
    out = random_graph(Random(seed), leaves, 60)
    out.backward()
    pulled = graph.pull_back(graph.toposort(out), {out: 1.0})
    for i, leaf in enumerate(leaves):
        duals = [Dual(x, float(i == j)) for j, x in enumerate(start)]
        witness = random_graph(Random(seed), duals, 60)
        assert out.data == witness.value
        assert leaf.grad == pytest.approx(witness.slope, rel=1e-11, abs=1e-12)
        assert pulled.get(leaf, 0.0) == pytest.approx(leaf.grad, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("seed", range(20))
def test_pulling_back_is_the_transpose_of_pushing_forward(seed):
    random = Random(seed)
    leaves = [Value(random.uniform(-2.0, 2.0)) for _ in range(4)]
    out = random_graph(random, leaves, 60)
    direction = {leaf: random.gauss(0.0, 1.0) for leaf in leaves}
    pushed = graph.push_forward(graph.toposort(out), direction).get(out, 0.0)
    pulled = graph.pull_back(graph.toposort(out), {out: 1.7})
    along = sum(pulled.get(leaf, 0.0) * tangent for leaf, tangent in direction.items())
    scale = sum(abs(pulled.get(leaf, 0.0) * tangent) for leaf, tangent in direction.items())
    assert abs(along - 1.7 * pushed) <= 100 * 2.2e-16 * max(scale, 1e-300)
