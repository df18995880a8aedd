"""What a step of an optimizer does in a page: in modules, and over several rounds in browsers."""

import pytest

from autograd_scratch import MLP, SGD, Adam, Module, Value, draw, optim
from autograd_scratch.errors import GraphError
from tests.browsers import opened
from tests.explored import READY, Known, Machine, close, differing, graph_in, xor_model

pytest.importorskip("wasmtime")


class Branches(Module):
    """A model of two layers, of which a call uses one."""

    def __init__(self):
        self.used, self.other = MLP(2, [2, 1], "tanh", seed=1), MLP(2, [2, 1], "tanh", seed=2)

    def forward(self, x):
        return self.used(x)


def loss_of(model, x=(1.0, 0.5)):
    return (model([*x]) - 1.0) ** 2


def plain(optimizer):
    model = xor_model({})
    return model, optimizer, [loss_of(model)]


def in_groups():
    model = xor_model({})
    first, second = model.layers
    groups = [{"params": first, "lr": 0.5, "momentum": 0.9}, {"params": second}]
    return model, SGD(groups, lr=0.1), [loss_of(model)]


def frozen():
    model = xor_model({})
    model.layers[0].neurons[1].freeze()
    return model, Adam(0.1), [loss_of(model)]


def own_parameters():
    """Only some parameters of the model are the optimizer's."""
    model = xor_model({})
    return model, SGD(model.layers[1].parameters(), lr=0.5), [loss_of(model)]


def other_counts():
    """One layer has taken three steps before the others took one."""
    model, optimizer = xor_model({}), Adam(0.05)
    for parts in (model.layers[1],) * 3, (model,):
        for part in parts:
            model.zero_grad()
            loss_of(model).backward()
            optimizer.step(part.parameters())
    return model, optimizer, [loss_of(model)]


def unreached():
    """Of two things that are drawn the first is derived; weight decay moves only what that reaches."""
    model = Branches()
    return model, SGD(0.1, weight_decay=0.5), [loss_of(model.used), loss_of(model.other)]


def begun():
    model, optimizer = xor_model({}), SGD(0.1, momentum=0.9)
    for _ in range(3):
        model.zero_grad()
        loss_of(model).backward()
        optimizer.step(model.parameters())
    return model, optimizer, [loss_of(model)]


ALL = [
    *("ASGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Lion", "NAdam", "RAdam", "RMSprop"),
    *("Rprop", "SGD"),
]
TRAINED = {
    **{name: lambda name=name: plain(getattr(optim, name)(lr=0.05)) for name in ALL},
    **{make.__name__: make for make in (in_groups, frozen, own_parameters, other_counts, unreached, begun)},
}


def drawn(model, optimizer, roots):
    return draw(*roots, names={"model": model}, optimizer=optimizer)


def rounds_of(model, optimizer, roots, count):
    """Return what the engine's own steps make of all parameters."""
    parameters = model.parameters(frozen=True)
    found = []
    for _ in range(count):
        model.zero_grad()
        loss = loss_of(model) if len(roots) == 1 else loss_of(model.used)
        loss.backward()
        optimizer.step(optimizer.chosen_among(model.parameters()))
        found.append({p: p.data for p in parameters})
    return found


@pytest.mark.parametrize("name", TRAINED)
def test_a_module_takes_the_steps_of_the_optimizer(name):
    model, optimizer, roots = TRAINED[name]()
    drawing = drawn(model, optimizer, roots)
    graph, known = graph_in(drawing.explore().html), Known(drawing)
    machine = Machine(graph)
    machine.write("values", known.values)
    chosen = {*optimizer.chosen_among(model.parameters())}
    assert {known.things[i] for i in graph["moving"]} == chosen
    for numbers in rounds_of(model, optimizer, roots, 4):
        machine.run(graph["root"])
        machine.update()
        values = machine.read("values", len(known.values))
        places = [known.place[p] for p in numbers]
        assert differing([values[i] for i in places], [*numbers.values()]) == []


def test_an_optimizer_of_other_parameters_is_refused_by_name():
    model, other = xor_model({}), xor_model({})
    of_another = SGD(other.parameters(), lr=0.1)
    for things in (loss_of(model),), (model, [0.0, 1.0]), (lambda w: w * w, {"w": 2.0}):
        with pytest.raises(GraphError, match=r"not in what is drawn; .* optimizer=SGD\(lr=0.1\)"):
            draw(*things, optimizer=of_another)


def test_leaves_that_an_optimizer_was_given_move_beside_a_model():
    model, x = xor_model({}), [Value(0.5, "a"), Value(0.25, "b")]
    drawing = draw(model(x), optimizer=SGD(x, lr=0.1))
    graph, known = graph_in(drawing.explore().html), Known(drawing)
    assert [known.things[i] for i in graph["moving"]] == x


LEAVES = "explorer.graphs[0].moving.map((node) => String(explorer.steps[0].value(node)))"
ROUND = "explorer.goTo(explorer.steps[0].events.length)"


@pytest.mark.browser
@pytest.mark.parametrize("name", ["in_groups", "frozen", "unreached", "begun"])
def test_rounds_in_a_page(name, browser, tmp_path):
    model, optimizer, roots = TRAINED[name]()
    drawing = drawn(model, optimizer, roots)
    known = Known(drawing)
    path = drawing.save(tmp_path / "graph.html")
    moving = [known.things[i] for i in graph_in(path.read_text())["moving"]]
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        for numbers in rounds_of(model, optimizer, roots, 3):
            tab.evaluate(ROUND)
            assert differing(tab.evaluate(LEAVES), [numbers[p] for p in moving]) == []
            tab.evaluate("explorer.step(1)")


def valley(a):
    return draw((Value(a, "a") * Value(-0.5, "b") - 1.0) ** 2, optimizer=SGD(0.1, momentum=0.9))


@pytest.mark.browser
def test_after_a_drag_an_optimizer_is_as_it_began(browser, tmp_path):
    with opened(browser, valley(0.75).save(tmp_path / "graph.html")) as tab:
        tab.evaluate(READY)
        for _ in range(3):
            tab.evaluate(ROUND)
            tab.evaluate("explorer.step(1)")
        tab.evaluate("explorer.set(explorer.views[0], 0, 2.0)")
        a, b = (Value(number) for number in map(float, tab.evaluate(LEAVES)))
        assert a.data == 2.0
        tab.evaluate(ROUND)
        assert tab.evaluate("explorer.steps[0].round") == 0
        ((a * b - 1.0) ** 2).backward()
        SGD(0.1, momentum=0.9).step([a, b])
        found = tab.evaluate(LEAVES)
        assert close(found[0], a.data)
        assert close(found[1], b.data)


def long_and_short():
    """Return two graphs of which the second has fewer boxes, and other parameters."""
    a, b, c = (Value(number, name) for name, number in {"a": 0.5, "b": -0.25, "c": 1.5}.items())
    before, after = (a * b + (a * c).tanh()) ** 2, (a * b) ** 2
    momentum = [SGD(0.1, momentum=0.9) for _ in range(2)]
    return draw(before, optimizer=momentum[0]), draw(after, optimizer=momentum[1])


BOTH = "explorer.steps.map((steps) => [steps.round, steps.at === steps.events.length, steps.at === 0])"


@pytest.mark.browser
@pytest.mark.parametrize("turned", [False, True])
def test_two_graphs_end_their_rounds_together(turned, browser, tmp_path):
    one, other = long_and_short()[:: -1 if turned else 1]
    with opened(browser, one.explore(beside=other).save(tmp_path / "graph.html")) as tab:
        tab.evaluate(READY)
        length = tab.evaluate("explorer.steps[0].events.length")
        tab.evaluate("explorer.goTo(0)")
        for way, rounds in ((1, (0, 1, 2)), (-1, (2, 1, 0))):
            for number in rounds:
                for _ in range(length):
                    tab.evaluate(f"explorer.step({way})")
                assert tab.evaluate(BOTH) == [[number, way > 0, way < 0]] * 2
                if number != rounds[-1]:
                    tab.evaluate(f"explorer.step({way})")
