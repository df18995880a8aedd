"""Models as people write them: that everything works on them."""

import copy
import pickle
import pydoc
from inspect import signature

import pytest
from own_models import MODELS, MODULES, ROWS, Buffers, Data, Immutable, LectureMLP, PlusSuper

from autograd_scratch import (
    SGD,
    Value,
    clip_grad_norm,
    compare,
    draw,
    fit,
    functional_call,
    grad,
    mse,
)
from autograd_scratch.errors import GraphError, StateError
from autograd_scratch.nn.search import parameters_of


def numbers(model):
    return [p.data for p in parameters_of(model)]


@pytest.fixture(params=MODELS, ids=lambda make: make.__name__)
def make(request):
    return request.param


def test_a_loop_of_ones_own_trains_the_parameters_and_nothing_else(make):
    model, rows = make(), [([Value(entry) for entry in x], y) for x, y in ROWS]
    optimizer, losses = SGD(0.05, model), []
    for _ in range(20):
        loss = mse([model(x) for x, _ in rows], [y for _, y in rows])
        losses.append(loss.data)
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm(model, 10.0)
        optimizer.step()
    assert losses[-1] < losses[0]
    assert len(parameters_of(model)) == MODELS[make]
    assert [[entry.data for entry in x] for x, _ in rows] == [x for x, _ in ROWS]
    optimizer.zero_grad()
    assert not any(p.is_reached for p in parameters_of(model))


def test_both_engines_fit_it(make):
    models = make(), make()
    runs = [
        fit(model, ROWS, optimizer=SGD(0.05), epochs=20, engine=engine)
        for model, engine in zip(models, ("eager", "derived"))
    ]
    assert runs[0].losses[-1] < runs[0].losses[0]
    assert numbers(models[1]) == pytest.approx(numbers(models[0]), rel=1e-12)
    assert numbers(models[0]) != numbers(make())
    assert {len(parameters_of(model)) for model in models} == {MODELS[make]}


def test_it_is_drawn_with_the_names_of_its_parameters(make):
    model = make()
    drawn = draw(model, [1.0, 2.0], depth="scalars")
    boxes = [box for box in drawn.contents.boxes if box.kind == "parameter"]
    assert len(boxes) == len(parameters_of(model)) + (make is Buffers)  # its constructor named that one
    assert all(box.rows[0][0].role == "name" for box in boxes)


def test_drawings_of_plain_classes_have_clusters_and_leave_names_alone():
    model = LectureMLP()
    clusters = {box.cluster for box in draw(model, [1.0, 2.0]).contents.boxes}
    assert {("layers.0", "neurons.1"), ("layers.1", "neurons.0")} <= clusters
    assert {p.name for p in model.parameters()} == {None}


def test_copies_have_parameters_of_their_own(make):
    for copied in (copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))):
        model = make()
        twin = copied(model)
        assert numbers(twin) == numbers(model)
        fit(twin, ROWS, optimizer=SGD(0.05), epochs=1)
        assert len(parameters_of(twin)) == MODELS[make]
        assert numbers(twin) != numbers(model) == numbers(make())


def test_signatures_are_those_of_the_constructors(make):
    assert "args" not in str(signature(make))
    assert f"class {make.__name__}" in pydoc.plain(pydoc.render_doc(make))


@pytest.mark.parametrize("make", MODULES)
def test_states_freezing_and_functional_call(make):
    model = make()
    model([Value(1.0), Value(2.0)])
    state = model.state_dict()
    assert len(state) == MODELS[make]
    assert len({name for name, _ in model.named_parameters()}) == MODELS[make]
    model.load_state_dict({path: number + 1.0 for path, number in state.items()})
    assert numbers(model) == [number + 1.0 for number in state.values()]
    model.load_state_dict(state)
    assert (parameters_of(model.freeze()), model.state_dict()) == ([], state)
    model([1.0, 2.0]).backward()
    model.zero_grad()
    assert not any(p.is_reached for p in parameters_of(model, frozen=True))
    with pytest.raises(GraphError, match="all parameters are frozen"):
        fit(model, ROWS, optimizer=SGD(0.1), epochs=1)
    assert len(parameters_of(model.unfreeze())) == MODELS[make]
    assert f", {MODELS[make]} parameters" in repr(model) or make in (Data, Immutable)
    if make is PlusSuper:
        with pytest.raises(StateError, match=r"nothing can stand in for .*: it is in no attribute"):
            functional_call(model, state, [1.0, 2.0])
        return
    gradient = grad(lambda numbers: functional_call(model, numbers, [1.0, 2.0]))(state)
    model([1.0, 2.0]).backward()
    assert gradient == {path: p.grad for path, p in model.named_parameters()}


@pytest.mark.parametrize("make", [m for m in MODULES if m is not PlusSuper])
def test_gradients_are_compared(make):
    def loss(model):
        return mse([model(x) for x, _ in ROWS], [y for _, y in ROWS])

    def backward(model):
        model.zero_grad()
        loss(model).backward()
        return {path: p.grad for path, p in model.named_parameters()}

    assert compare(loss, make(), backward).ok
