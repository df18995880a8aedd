"""The names of a function's own local variables in the source that is derived from it."""

import sys
from functools import partial, wraps

import numpy as np
import pytest

from autograd_scratch import Value, derive, exp, sigmoid, where


def network(W, b, x):
    z = x @ W + b
    h = 1.0 / (1.0 + np.exp(-z))
    return (h * h).sum()


def statements(program):
    return [line.strip() for line in program.source.splitlines()]


def test_arrays_are_named_as_a_whole():
    program = derive(network, inputs=[np.ones((2, 2)), np.zeros(2), np.ones(2)])
    lines = statements(program)
    assert "z = x @ W + b" in lines
    assert any(line.startswith("dh = ") for line in lines)


def nested(x):
    state = {"first": exp(x), "others": [x * x, sigmoid(x)]}
    return state["first"] * state["others"][0] + state["others"][1]


def test_containers_are_named_by_their_places():
    names = {line.partition(" = ")[0] for line in statements(derive(nested, inputs=[0.5]))}
    assert {"state_first", "state_others_0", "state_others_1"} <= names


def reused(x):
    h = x * 2.0
    h = exp(h)
    return h * h


def test_the_last_thing_of_a_name_has_it():
    assert "h = exp(x * 2.0)" in statements(derive(reused, inputs=[0.5]))


def test_a_name_of_its_own_goes_before_that_of_the_variable():
    def f(x):
        h = exp(x).named("energy")
        return h * h

    assert "energy = exp(x)" in statements(derive(f, inputs=[0.5]))


class Model:
    def __call__(self, x, scale):
        bent = where(x > 0.0, x * scale, exp(x))
        return bent * bent

    def loss(self, x, scale):
        raised = x**3 * scale
        return raised * raised


@pytest.mark.parametrize(
    ("function", "name"),
    [(Model(), "bent"), (Model().loss, "raised"), (partial(Model().loss, scale=2.0), "raised")],
)
def test_methods_partials_and_objects_that_are_called(function, name):
    inputs = [0.5] if isinstance(function, partial) else [0.5, 2.0]
    assert any(line.startswith(f"{name} = ") for line in statements(derive(function, inputs=inputs)))


def test_of_a_function_that_calls_itself_the_outermost_call_counts():
    def from_three(x, n=3):
        term = x * n
        return term if n == 1 else exp(term) + from_three(x, n - 1)

    lines = statements(derive(from_three, inputs=[0.5]))
    assert "term = x * 3.0" in lines


def test_values_of_a_closure_keep_their_names():
    outside = Value(2.0) * 3.0

    def f(x):
        h = outside
        return h * x

    derive(f, inputs=[1.0])
    assert outside.name is None


def test_a_profiler_that_is_there_stays():
    def watch(frame, event, argument):
        pass

    sys.setprofile(watch)
    try:
        derive(reused, inputs=[0.5])
        assert sys.getprofile() is watch
    finally:
        sys.setprofile(None)


def test_a_list_that_contains_itself_is_no_trouble():
    def f(x):
        circle = [x * x]
        circle.append(circle)
        h = exp(circle[0])
        return h * h

    assert "h = exp(circle_0)" in statements(derive(f, inputs=[0.5]))


def test_the_local_names_of_a_decorated_function_are_its_own():
    def twice(function):
        @wraps(function)
        def called(*args):
            return 2.0 * function(*args)

        return called

    @twice
    def loss(x):
        hidden = x * x + 1.0
        return hidden * hidden

    assert "hidden = " in derive(loss, inputs=[2.0]).source
