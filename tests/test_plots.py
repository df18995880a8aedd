"""Plots: what is drawn is held against the numbers, and nothing else is changed by drawing it."""

import math
import subprocess
import sys
from random import Random

import matplotlib as mpl
import numpy as np
import pytest
from conftest import close, saying
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Module, Value, fit, mse, no_grad, plot_boundary, plot_gradients
from autograd_scratch.datasets import XOR, moons
from autograd_scratch.errors import (
    AttributeNameError,
    CallError,
    DataError,
    GraphError,
    MissingPackageError,
    RangeError,
    ShapeError,
)
from autograd_scratch.training import History

INF, NAN = math.inf, math.nan


@pytest.fixture(autouse=True)
def nothing_else():
    """Every plot leaves settings and backend as they were, and can be rendered without a warning."""
    settings, backend = mpl.rcParams.copy(), mpl.get_backend()
    yield
    assert dict(mpl.rcParams) == dict(settings)
    assert mpl.get_backend() == backend
    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    pyplot.close("all")
    for figure in figures:
        figure.canvas.draw()


def axes():
    return Figure().subplots()


def drawn(ax):
    """Render what is on axes, so that a warning of that is an error here; return the axes."""
    ax.figure.canvas.draw()
    return ax


# Losses over epochs

CURVES = {
    "none": ([], "linear"),
    "one": ([0.5], "linear"),
    "ten": ([1.0 / (i + 1) for i in range(10)], "linear"),
    "three decades": ([10.0**-i for i in range(4)], "log"),
    "two decades": ([10.0**-i for i in range(3)], "linear"),
    "down to 0": ([1.0, 1e-3, 0.0], "linear"),
    "negative": ([1.0, 1e-3, -1.0], "linear"),
    "many": ([1.0 / (i + 1) for i in range(10_000)], "log"),
    "nan": ([1.0, NAN, 0.5], "linear"),
    "infinite": ([1.0, 0.5, INF], "linear"),
    "nan alone": ([NAN, NAN], "linear"),
    "diverging": ([1.0, 1e100, NAN], "log"),
    "large": ([1.7e308, 1e150, 1.0], "log"),
    "large alone": ([1.7e308, -1.7e308], "linear"),
    "small": ([5e-324, 1.0], "linear"),
    "all decades": ([1e-150, 1e150], "log"),
}


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_history_is_plotted_as_it_is(name, is_new):
    losses, scale = CURVES[name]
    given = None if is_new else axes()
    ax = drawn(History(losses).plot(ax=given))
    assert given is None or ax is given
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), range(len(losses)))
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [x if abs(x) <= 1e150 else NAN for x in losses])
    assert ax.get_yscale() == scale
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    marked = [epoch for epoch, loss in enumerate(losses) if not abs(loss) <= 1e150]
    assert [[*line.get_xdata()] for line in ax.lines[1:]] == ([marked] if marked else [])
    beyond = any(abs(loss) > 1e150 and math.isfinite(loss) for loss in losses)
    for line in ax.lines[1:]:
        assert line.get_marker() == "x"
        assert line.get_label() == ("nan or beyond 1e+150" if beyond else "nan or inf")


ALONE = [
    ([0.5], [0]),
    ([0.5, NAN, 0.25], [0, 2]),
    ([NAN, 1.0, INF, 1.0, 2.0], [1]),
    ([1.0, 2.0], []),
]


@pytest.mark.parametrize(("losses", "alone"), ALONE)
def test_a_loss_that_no_line_reaches_is_a_dot(losses, alone):
    line = History(losses).plot(ax=axes()).lines[0]
    assert line.get_markevery() == alone
    assert line.get_marker() == ("o" if alone else "None")


@pytest.mark.parametrize(("log", "scale"), [(True, "log"), (False, "linear"), (None, "linear")])
def test_the_scale_may_be_asked_for(log, scale):
    assert History([2.0, 1.0]).plot(log=log, ax=axes()).get_yscale() == scale
    assert History([1e9, 1.0]).plot(log=log, ax=axes()).get_yscale() == ("log" if log is None else scale)


def test_metrics_are_lines_too():
    history = fit(
        MLP(2, [1], seed=0), XOR, optimizer=SGD(0.1), epochs=5, metrics={"a$b$_^": mse, "_c": mse}
    )
    ax = drawn(history.plot())
    for line, numbers in zip(ax.lines, [history.losses, *history.metrics.values()]):
        np.testing.assert_array_equal(line.get_ydata(), numbers)
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["loss", r"a\$b\$_^", " _c"]


def test_several_histories_share_axes():
    ax = axes()
    History([2.0, 1.0]).plot(ax=ax, label="SGD")
    History([3.0, 1.0, 0.5], {"mse": [1.0] * 3}, settings="mse, Adam(lr=0.1)").plot(ax=ax, label="Adam")
    assert [text.get_text() for text in drawn(ax).get_legend().get_texts()] == ["SGD", "Adam", "Adam, mse"]
    assert ax.get_title() == ""


class Погружение(SGD):
    """An optimizer whose name not every font has."""


TITLES = {
    "mse, SGD(lr=0.1)": {"loss": "mse", "optimizer": SGD(0.1)},
    "half_sum_of_squares, Adam(lr=0.5)": {"loss": ag.half_sum_of_squares, "optimizer": ag.Adam(0.5)},
    "SGD(lr=0.1, momentum=0.9)": {
        "loss": lambda outputs, targets: mse(outputs, targets),
        "optimizer": SGD(0.1, momentum=0.9),
    },
    "": {"loss": "mse", "optimizer": Погружение(0.1)},
}


@pytest.mark.parametrize("title", TITLES)
def test_the_title_names_loss_and_optimizer(title):
    history = fit(MLP(2, [1], seed=0), XOR, **TITLES[title], epochs=1)
    assert drawn(history.plot()).get_title() == title


# Boundaries


def trained(sizes, data, loss="mse", activation="tanh", output="linear", epochs=100):
    model = MLP(2, sizes, activation, output, seed=1)
    fit(model, data, loss=loss, optimizer=ag.Adam(0.1), epochs=epochs, engine="derived")
    return model


def blobs(centres, count=10):
    random = Random(0)
    return [
        ((random.gauss(x, 0.4), random.gauss(y, 0.4)), i)
        for i, (x, y) in enumerate(centres)
        for _ in range(count)
    ]


class Branching(Module):
    """A model that chooses by its numbers, which `derive` refuses."""

    def __init__(self):
        self.w = Value(2.0)

    def __call__(self, x):
        return self.w * x[0] if x[0] > 0.25 else self.w * x[1] - 1.0


class Noisy(Module):
    """A model that does something else while it is trained."""

    def __init__(self):
        self.layer = MLP(2, [2, 1], "tanh", seed=0)
        self.random = Random(0)

    def __call__(self, x):
        y = self.layer(x)
        return y * self.random.random() if self.training else y


THREE = blobs([(0, 0), (2, 0), (1, 2)])
MOONS = moons(40, noise=0.1, seed=0)
MODELS = {  # with the level of the line
    "trained probability": (trained([4, 1], XOR, "binary_cross_entropy", output="sigmoid"), XOR, 0.5),
    "linear": (trained([8, 1], MOONS), MOONS, 0.0),
    "rolled": (MLP(2, [16, 16, 1], "tanh", seed=0), MOONS, 0.0),
    "branching": (Branching(), MOONS, 0.0),
    "while it is trained": (Noisy(), MOONS, 0.0),
    "a function": (lambda x: x[0] * x[0] - x[1], MOONS, 0.0),
    "a function of numbers": (lambda x: math.hypot(*x) - 1.0, MOONS, 0.0),
    "an output in a list": (lambda x: [x[0] - x[1]], MOONS, 0.0),
    "two and four": (lambda x: x[0] + 3.0, [(x, 3.0 + y) for x, y in MOONS], 3.0),
}


def evaluated(model, ax):
    """Return what a model gives at the centres of the cells of the image on axes."""
    (image,) = ax.images
    left, right, bottom, top = image.get_extent()
    height, width = image.get_array().shape
    xs = [left + (right - left) * (i + 0.5) / width for i in range(width)]
    ys = [bottom + (top - bottom) * (i + 0.5) / height for i in range(height)]
    if isinstance(model, Module):
        model.eval()
    with no_grad():
        outputs = [[np.array(ag.data(model([x, y])), float).ravel() for x in xs] for y in ys]
    if isinstance(model, Module):
        model.train()
    return np.array(outputs)


def lines(ax):
    """Return each boundary: its level, and the points on it."""
    found = [thing for thing in ax.get_children() if isinstance(thing, ContourSet)]
    return [
        (*contour.levels, np.concatenate([path.vertices for path in contour.get_paths()]))
        for contour in found
    ]


@pytest.mark.parametrize("name", MODELS)
def test_one_output_is_drawn_as_it_is(name):
    model, data, level = MODELS[name]
    ax = drawn(plot_boundary(model, data, resolution=12, ax=axes()))
    expected = evaluated(model, ax)[:, :, 0]
    np.testing.assert_allclose(ax.images[0].get_array(), expected, rtol=1e-9, atol=1e-12)
    low, high = ax.images[0].get_clim()
    assert close((low + high) / 2.0, level)
    shown = ax.images[0].get_array()
    assert low <= shown.min() <= shown.max() <= high
    ((drawn_level, _),) = lines(ax)
    assert drawn_level == level


@pytest.mark.parametrize("name", ["linear", "a function", "a function of numbers"])
def test_the_line_is_where_the_output_has_the_level(name):
    model, data, level = MODELS[name]
    ((_, points),) = lines(plot_boundary(model, data, ax=axes()))
    assert len(points) > 20
    with no_grad():
        outputs = [float(ag.data(model(list(map(float, point))))) for point in points]
    np.testing.assert_allclose(outputs, level, atol=0.02)


def test_the_largest_of_several_outputs_is_drawn():
    model = trained([8, 3], THREE, "cross_entropy")
    ax = drawn(plot_boundary(model, THREE, resolution=30, ax=axes()))
    np.testing.assert_array_equal(ax.images[0].get_array(), evaluated(model, ax).argmax(axis=2))
    assert [level for level, _ in lines(ax)] == [0.0] * 3
    for _, points in lines(ax):
        for point in points.tolist():
            best, second = sorted(output.data for output in model(point))[:-3:-1]
            assert best - second < 1.0  # of logits that differ by 10 and more


@pytest.mark.parametrize("level", [None, 0.25])
def test_points_are_those_of_the_data_by_class(level):
    ax = plot_boundary(MODELS["linear"][0], MOONS, level=level, ax=axes())
    for points, target in zip(ax.collections[-2:], (-1.0, 1.0)):
        assert points.get_offsets().tolist() == [list(x) for x, y in MOONS if y == target]
    below, above = ax.collections[-2:]
    assert below.get_label() == "target -1"
    assert above.get_label() == "target 1"
    assert below.get_paths()[0].vertices.shape != above.get_paths()[0].vertices.shape
    assert to_hex(below.get_facecolor()) != to_hex(above.get_facecolor())


ROWS, TARGETS = [list(x) for x, _ in THREE], [y for _, y in THREE]
ONE_HOT = [[float(i == y) for i in range(3)] for y in TARGETS]
FORMS = {
    "pairs": (THREE,),
    "pairs in lists": ([[x, y] for x, y in zip(ROWS, TARGETS)],),
    "lists": (ROWS, TARGETS),
    "tuples": (tuple(map(tuple, ROWS)), tuple(TARGETS)),
    "arrays": (np.array(ROWS), np.array(TARGETS)),
    "a column": (np.array(ROWS), np.array(TARGETS)[:, None]),
    "floats": (ROWS, [float(y) for y in TARGETS]),
    "one-hot": (ROWS, ONE_HOT),
    "one-hot array": (np.array(ROWS), np.array(ONE_HOT)),
    "Values": ([[Value(a), Value(b)] for a, b in ROWS], TARGETS),
    "generators": ((x for x in ROWS), (y for y in TARGETS)),
    "columns": (zip(*zip(*ROWS)), TARGETS),
}


@pytest.mark.parametrize("form", FORMS)
def test_data_come_in_the_forms_of_fit(form):
    model = MLP(2, [3, 3], "tanh", seed=0)
    ax = plot_boundary(model, *FORMS[form], resolution=5, ax=axes())
    expected = plot_boundary(model, THREE, resolution=5, ax=axes())
    np.testing.assert_array_equal(ax.images[0].get_array(), expected.images[0].get_array())
    for own, other in zip(ax.collections, expected.collections):
        np.testing.assert_array_equal(own.get_offsets(), other.get_offsets())
        assert own.get_label() == other.get_label()


NOTES = {
    "no boundary here: the output is 0.5 everywhere": (lambda x: 0.0 * x[0] + 0.5, XOR),
    "no boundary here: the output is at least 0.5 everywhere": (lambda x: 0.0 * x[0] + 0.75, XOR),
    "no boundary here: the output is at most 0 everywhere": (lambda x: -(x[0] * x[0]), MOONS),
    "no boundary here: output 1 is the largest everywhere": (lambda x: [x[0], x[0] + 1.0, x[0]], THREE),
    "no boundary here: the outputs are equal everywhere": (lambda x: [x[0], x[0]], XOR),
    "100 of 100 outputs are nan or inf, and left blank": (lambda x: x[0] * NAN, XOR),
    "50 of 100 outputs are nan or inf, and left blank": (
        lambda x: ag.sqrt(x[0] - 0.5) - 0.5,
        [((0.0, 0.0), -1), ((1.0, 1.0), 1)],
    ),
    "the line is at 0.5; for logits write level=0": (lambda x: 20.0 * (x[0] - 0.5), XOR),
}


@pytest.mark.parametrize("note", NOTES)
def test_the_title_tells_what_is_not_to_be_seen(note):
    model, data = NOTES[note]
    ax = drawn(plot_boundary(model, data, resolution=10, ax=axes()))
    assert ax.get_title().splitlines()[0] == note
    assert bool(lines(ax)) == (not note.startswith(("no", "100")))


EXTREMES = {
    "huge outputs": (lambda x: 1.7e308 * x[0], MOONS),
    "tiny outputs": (lambda x: 5e-324 * x[0], MOONS),
    "both infinite": (lambda x: x[0] / (0.0 * x[1]), MOONS),
    "huge inputs": (lambda x: x[0], [((1e150 * a, 1e150 * b), y) for (a, b), y in MOONS]),
    "one row": (lambda x: x[0] - 0.5, XOR[:1]),
    "in a line": (lambda x: x[0] - 0.5, [((i, 2.0), i) for i in (0.0, 1.0)]),
    "far away": (lambda x: x[0], [((1e17, y), y) for y in (0.0, 1.0)]),
    "nan of one output": (lambda x: [x[0], x[0] * NAN], XOR),
    "nan here and there": (lambda x: [x[0], ag.log(x[1]), x[0] / (x[0] - x[0])], XOR),
    "nan in a half": (lambda x: [x[0], ag.log(x[1] - 0.5), -x[0]], XOR),
    "infinite logits": (lambda x: [x[0], ag.exp(3_000.0 * x[1]), -x[0]], XOR),
    "ten classes": (
        lambda x: [ag.cos(x[0] - 0.6 * i) for i in range(10)],
        [((0.6 * i, 1.0), i) for i in range(10)],
    ),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("margin", [0.0, 0.15])
def test_extremes_are_drawn_without_a_warning(name, margin):
    model, data = EXTREMES[name]
    assert len(drawn(plot_boundary(model, data, margin=margin, resolution=20)).images) <= 1


def test_what_is_not_finite_is_blank():
    model, data = EXTREMES["nan in a half"]
    ax = plot_boundary(model, data, margin=0.0, resolution=4, ax=axes())
    image = ax.images[0].get_array()
    assert image.mask.tolist() == [[True] * 4] * 2 + [[False] * 4] * 2  # where the logarithm is nan
    assert image[2:].tolist() == [[0] * 4] * 2


def test_ten_classes_have_ten_looks():
    _, data = EXTREMES["ten classes"]
    ax = plot_boundary(*EXTREMES["ten classes"], resolution=9, ax=axes())
    points = ax.collections[-len(data) :]
    looks = {(to_hex(p.get_facecolor()), p.get_paths()[0].vertices.tobytes()) for p in points}
    assert len(looks) == len(data)


@pytest.mark.parametrize(("margin", "low", "high"), [(0.0, 0.0, 1.0), (0.5, -0.5, 1.5), (1, -1.0, 2.0)])
def test_the_margin_is_a_share_of_the_range(margin, low, high):
    ax = plot_boundary(lambda x: x[0], XOR, margin=margin, resolution=3, ax=axes())
    assert (*ax.get_xlim(), *ax.get_ylim()) == (low, high, low, high)
    np.testing.assert_allclose(ax.images[0].get_array(), [[low, (low + high) / 2.0, high]] * 3)


def test_a_boundary_changes_nothing_of_the_model():
    model = Noisy()
    model.layer.layers[0].eval().freeze()
    mse([model(x) for x, _ in XOR], [y for _, y in XOR]).backward()
    state, drawn_next = model.state_dict(), Random(0)
    drawn_next.setstate(model.random.getstate())
    gradients = [p.grad for p in model.layer.parameters()]
    modes = [(vars(part).get("training"), part.training, part.frozen) for part in model.modules()]
    attributes = vars(model).copy()
    plot_boundary(model, XOR, ax=axes())
    assert model.state_dict() == state
    assert [p.grad for p in model.layer.parameters()] == gradients
    assert [(vars(part).get("training"), part.training, part.frozen) for part in model.modules()] == modes
    assert model.random.random() == drawn_next.random()
    assert vars(model) == attributes


class Failing(Noisy):
    def __call__(self, x):
        raise ZeroDivisionError(f"training is {self.training}")


def test_a_model_that_fails_says_so_and_stays_as_it_was():
    model = Failing()
    with pytest.raises(ZeroDivisionError, match="training is False"):
        plot_boundary(model, XOR)
    assert model.training
    assert "training" not in vars(model)
    assert not pyplot.get_fignums()


# Gradients


def with_gradients(activation="tanh"):
    model = MLP(2, [3, 1], activation, seed=0)
    mse([model(x) for x, _ in MOONS], [y for _, y in MOONS]).backward()
    return model


def rms(numbers):
    return math.sqrt(sum(x * x for x in numbers) / len(numbers))


def sizes_of(ax):
    """Return the numbers of weights, of gradients, and of ratios, by row."""
    return [dict(zip(labels(ax), line.get_xdata())) for line in ax.lines]


def labels(ax):
    return [label.get_text().partition("\n")[0] for label in ax.get_yticklabels()]


def notes(ax):
    return [label.get_text().partition("\n")[2] for label in ax.get_yticklabels()]


def test_sizes_are_those_of_weights_and_gradients():
    model = with_gradients()
    model.layers[0].neurons[0].b.data = 0.25
    ax = drawn(plot_gradients(model))
    assert labels(ax) == ["layers.0.w", "layers.0.b", "layers.1.w", "layers.1.b"]
    rows = {
        f"layers.{i}.{kind}": [
            p for neuron in layer.neurons for p in (neuron.w if kind == "w" else [neuron.b])
        ]
        for i, layer in enumerate(model.layers)
        for kind in "wb"
    }
    weights, gradients, ratios = sizes_of(ax)
    for name, parameters in rows.items():
        weight, gradient = rms([p.data for p in parameters]), rms([p.grad for p in parameters])
        assert close(gradients[name], gradient)
        assert close(weights[name], weight or NAN)
        assert close(ratios[name], gradient / weight if weight else NAN)
    reach = ax.collections[1].get_segments()[0][:, 0].tolist()
    sizes = [abs(p.grad) for p in rows["layers.0.w"]]
    assert reach == [min(sizes), max(sizes)]
    assert ax.get_xscale() == "log"
    assert notes(ax) == [""] * 4
    bottom, top = ax.get_ylim()
    assert bottom > top  # the first layer is the uppermost


class Odd(Module):
    def __init__(self):
        self.scale = Value(0.5)
        self.table = {"a": [Value(1.0), Value(2.0)], "b$_^": Value(3.0)}
        self.layers = [MLP(1, [2, 1], "tanh", seed=0), MLP(1, [1], seed=0)]


class Plain:
    """A model that is no Module."""

    def __init__(self):
        self.w = [Value(1.0), Value(2.0)]

    def parameters(self):
        return self.w


ODD = ["scale", "table.a", r"table.b\$_^"]
ODD += [f"layers.{i}.layers.{j}.{kind}" for i, j in ((0, 0), (0, 1), (1, 0)) for kind in "wb"]
MADE_OF = {
    "a neuron": (lambda: ag.Neuron(2, "tanh", seed=0), ["w", "b"]),
    "a layer": (lambda: ag.Layer(2, 2, "tanh", seed=0), ["w", "b"]),
    "own parts": (Odd, ODD),
    "no module": (Plain, ["w"]),
}


@pytest.mark.parametrize("name", MADE_OF)
def test_rows_are_layers_and_attributes(name):
    make, rows = MADE_OF[name]
    model = make()
    for p in model.parameters():
        p.grad = 1.0
    ax = drawn(plot_gradients(model, ax=axes()))
    assert labels(ax) == rows
    assert [*sizes_of(ax)[1].values()] == [1.0] * len(rows)


def test_what_has_no_size_is_told():
    model = with_gradients()
    first, second = (layer.neurons for layer in model.layers)
    first[0].w[0].grad = 0.0
    first[0].w[1].grad = NAN
    first[1].w[0].grad = INF
    first[1].w[1].zero_grad()
    for neuron in first:
        neuron.b.grad = 0.0
    for weight in second[0].w:
        weight.zero_grad()
    ax = drawn(plot_gradients(model))
    told = ["1 zero, 2 nan or inf, 1 missing of 6 gradients", "3 zero of 3 gradients", "no gradient", ""]
    assert notes(ax) == told
    gradients = sizes_of(ax)[1]
    rest = [w.grad for w in first[2].w]
    assert close(gradients["layers.0.w"], rms([0.0, *rest]))
    assert math.isnan(gradients["layers.0.b"])
    assert math.isnan(gradients["layers.1.w"])


@pytest.mark.parametrize("weight", [0.0, NAN, 5e-324, 1e-149, 1e149, 1.7e308])
@pytest.mark.parametrize("grad", [0.0, NAN, 5e-324, 1e-149, 1e149, 1.7e308])
def test_extreme_gradients_are_drawn(grad, weight):
    model = MLP(1, [1], seed=0)
    for p in model.parameters():
        p.grad = grad
        p.data = weight
    ax = drawn(plot_gradients(model))
    for sizes, number in zip(sizes_of(ax), (weight, grad)):
        expected = number if 1e-150 <= number <= 1e150 else NAN
        assert all(close(size, expected) for size in sizes.values())


def test_frozen_parameters_are_left_out():
    model = with_gradients()
    model.layers[0].freeze()
    assert labels(plot_gradients(model, ax=axes())) == ["layers.1.w", "layers.1.b"]


def test_gradients_of_a_graph_are_numbers_too():
    model = MLP(2, [1], "tanh", "tanh", seed=0)
    model([1.0, 2.0]).backward(create_graph=True)
    assert (
        sizes_of(plot_gradients(model, ax=axes()))[1]["layers.0.b"]
        == model.layers[0].neurons[0].b.grad.data
    )
    model.zero_grad()


def test_many_layers_make_a_high_figure():
    model = MLP(2, [2] * 30, "tanh", seed=0)
    for p in model.parameters():
        p.grad = 1.0
    assert plot_gradients(model).figure.get_figheight() > 60 * 0.4
    assert plot_gradients(with_gradients()).figure.get_figheight() == mpl.rcParams["figure.figsize"][1]


# What is refused

MODEL = MLP(2, [2, 1], seed=0)
HISTORY = History([1.0, 0.0, -1.0])
REFUSED = [
    (lambda: HISTORY.plot(axes()), CallError, ["plot takes its arguments by name"]),
    (lambda: HISTORY.plot(logs=True), CallError, ["did you mean log=...?"]),
    (lambda: HISTORY.plot(save="a.png"), CallError, ['ax.figure.savefig("plot.png")']),
    (lambda: HISTORY.plot(log="x"), DataError, ["log is True or False", "'x'"]),
    (lambda: HISTORY.plot(log=True), RangeError, ["the loss of epoch 1, 0"]),
    (lambda: History([1.0], {"error": [-2.0]}).plot(log=True), RangeError, ["the error of epoch 0, -2"]),
    (lambda: HISTORY.plot(ax=Figure()), DataError, ["fig, ax = plt.subplots()", "Figure"]),
    (lambda: HISTORY.plot(ax=Figure().subplots(2)), DataError, ["one of them"]),
    (lambda: HISTORY.plot(ax=(Figure(), axes())), DataError, ["one of them", "tuple"]),
    (lambda: HISTORY.plot(ax=3), DataError, ["3 (int)"]),
    (lambda: plot_boundary(MODEL), CallError, ["lacks 'data'", "plot_boundary(model, X, y)"]),
    (lambda: plot_boundary(MODEL, XOR, threshold=0.5), CallError, ["did you mean level=0.5?"]),
    (lambda: plot_boundary(MODEL, XOR, padding=0.5), CallError, ["did you mean margin=0.5?"]),
    (lambda: plot_boundary(MODEL, XOR, n_points=9), CallError, ["did you mean resolution=9?"]),
    (lambda: plot_boundary(MODEL, XOR, ax="x"), DataError, ["axes of Matplotlib", "'x'"]),
    (lambda: plot_boundary(MLP, XOR), DataError, ["MLP is a class"]),
    (lambda: plot_boundary(XOR, MODEL), DataError, ["called with two inputs", "(tuple)"]),
    (lambda: plot_boundary(MODEL, XOR, resolution=1), DataError, ["from 2 on, not 1"]),
    (lambda: plot_boundary(MODEL, XOR, resolution=9.5), DataError, ["resolution", "9.5"]),
    (lambda: plot_boundary(MODEL, XOR, margin=-0.1), RangeError, ["margin", "not -0.1"]),
    (lambda: plot_boundary(MODEL, XOR, margin=NAN), RangeError, ["margin", "not nan"]),
    (lambda: plot_boundary(MODEL, XOR, margin="0"), DataError, ["margin", "'0'"]),
    (lambda: plot_boundary(MODEL, XOR, level="a"), DataError, ["level", "'a'"]),
    (lambda: plot_boundary(MODEL, XOR, level=INF), RangeError, ["level", "inf"]),
    (lambda: plot_boundary(MODEL, []), ShapeError, ["nothing to plot"]),
    (lambda: plot_boundary(MODEL, 3), DataError, ["plot_boundary(model, X, y, ...)", "3 (int)"]),
    (lambda: plot_boundary(MODEL, [[0.0, 1.0, 1.0]]), ShapeError, ["neither pairs", "plot_boundary(model"]),
    (lambda: plot_boundary(MODEL, ROWS, [1.0]), ShapeError, ["X has 30 rows, and y has 1"]),
    (
        lambda: plot_boundary(MODEL, [0.0, 1.0], [0.0, 1.0]),
        ShapeError,
        ["row 0 has one", "plt.scatter(X, y)"],
    ),
    (lambda: plot_boundary(MODEL, [[0.0], [1.0]], [0, 1]), ShapeError, ["row 0 has one", "plt.plot(xs"]),
    (lambda: plot_boundary(MODEL, [[0, 1, 2]], [0]), ShapeError, ["row 0 has 3", "lambda x: model("]),
    (lambda: plot_boundary(MODEL, [[0, 1], [0]], [0, 1]), ShapeError, ["row 1 has one"]),
    (lambda: plot_boundary(MODEL, [[0, NAN]], [0]), DataError, ["input of row 0 is not finite"]),
    (lambda: plot_boundary(MODEL, [[0, "b"]], [0]), DataError, ["an input of row 0", "'b'"]),
    (lambda: plot_boundary(MODEL, ROWS, [NAN] * 30), DataError, ["target of row 0 is not finite"]),
    (lambda: plot_boundary(MODEL, ROWS, ["a"] * 30), DataError, ["the target of row 0", "'a'"]),
    (lambda: plot_boundary(MODEL, ROWS, range(30)), DataError, ["30 different numbers", "level=0.5"]),
    (lambda: plot_boundary(MODEL, ROWS, [5.0] * 30), DataError, ["the targets are all 5,", "level=0.5"]),
    (lambda: plot_boundary(MODEL, ROWS, ONE_HOT), ShapeError, ["target of row 0 has 3 numbers"]),
    (lambda: plot_boundary(MLP(2, [3]), ROWS, [3] * 30), DataError, ["row 0 is 3", "classes 0 to 2"]),
    (lambda: plot_boundary(MLP(2, [3]), ROWS, [-1] * 30), DataError, ["row 0 is -1"]),
    (lambda: plot_boundary(MLP(2, [3]), ROWS, [0.5] * 30), DataError, ["row 0 is 0.5"]),
    (lambda: plot_boundary(MLP(2, [2]), ROWS, ONE_HOT), ShapeError, ["target of row 0 has 3 numbers"]),
    (lambda: plot_boundary(MLP(2, [3]), THREE, level=0.5), DataError, ["level divides one output", "3"]),
    (lambda: plot_boundary(MLP(3, [1]), XOR), ShapeError, ["expected 3 inputs for", "not 2"]),
    (lambda: plot_boundary(lambda x: [], XOR), ShapeError, ["outputs"]),
    (lambda: plot_boundary(lambda x: [0.0] * (1 + (x[0] > 0.5)), XOR), ShapeError, ["differ"]),
    (lambda: plot_boundary(lambda x: "a", XOR), DataError, ["an output", "'a'"]),
    (lambda: plot_boundary(lambda x: None, XOR), DataError, ["an output", "None"]),
    (lambda: plot_gradients(), CallError, ["lacks 'model'"]),
    (lambda: plot_gradients(MODEL), GraphError, ["no parameter of MLP has a gradient", "loss.backward()"]),
    (lambda: plot_gradients(MLP), DataError, ["MLP is a class"]),
    (lambda: plot_gradients(MODEL.parameters()), DataError, ["those of a model", "(list)"]),
    (lambda: plot_gradients(MLP(2, [1]).freeze()), GraphError, ["all parameters are frozen"]),
    (lambda: plot_gradients(Module()), GraphError, ["Module has no parameters"]),
    (lambda: plot_gradients(MODEL, ax="x"), DataError, ["axes of Matplotlib"]),
    (lambda: ag.plot, AttributeNameError, ["plot_boundary(model, X, y)"]),
]


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED)
def test_bad_input_is_one_clear_error_and_no_figure(call, kind, words):
    with saying(kind, *words):
        call()
    assert not pyplot.get_fignums()


def test_rows_that_were_taken_for_pairs_are_told():
    with pytest.raises(ShapeError) as told:
        plot_boundary(MODEL, [[0.0, 1.0], [1.0, 1.0]])
    assert "taken as pairs" in told.value.__notes__[0]
    assert "plot_boundary(model, X, y" in told.value.__notes__[0]


# What is loaded, and what is written

CALLS = ["History([1.0]).plot()", "plot_boundary(model, XOR)", "plot_gradients(model)"]
SET_UP = """
import sys
from autograd_scratch import MLP, plot_boundary, plot_gradients
from autograd_scratch.datasets import XOR
from autograd_scratch.training import History
model = MLP(2, [1], "tanh", seed=0)
model([1.0, 2.0]).backward()
"""


def run(program):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", SET_UP + program], capture_output=True, text=True
    )


@pytest.mark.parametrize("call", CALLS)
def test_without_matplotlib_the_package_to_install_is_named(call):
    program = f"""
assert "matplotlib" not in sys.modules and "numpy" not in sys.modules
sys.modules["matplotlib"] = sys.modules["matplotlib.axes"] = None
try:
    {call}
except ImportError as error:
    print(type(error).__name__, error)
"""
    told = run(program)
    assert told.stdout.startswith("MissingPackageError plots need Matplotlib"), told.stderr
    assert "pip install 'autograd-scratch[plot]'" in told.stdout
    assert issubclass(MissingPackageError, ImportError)


@pytest.mark.parametrize("call", CALLS)
def test_pyplot_is_loaded_only_for_a_new_figure(call):
    program = f"""
from matplotlib.figure import Figure
{call[:-1]}{", " if call[-2] != "(" else ""}ax=Figure().subplots())
assert "matplotlib.pyplot" not in sys.modules
ax = {call}
from matplotlib import pyplot
assert pyplot.gcf() is ax.figure
"""
    told = run(program)
    assert told.returncode == 0, told.stderr


def test_equal_plots_are_equal_bytes(tmp_path):
    written = []
    for _ in range(2):
        ax = plot_boundary(MODELS["linear"][0], MOONS, resolution=20, ax=axes())
        with mpl.rc_context({"svg.hashsalt": "salt"}):
            ax.figure.savefig(tmp_path / "plot.svg", metadata={"Date": None})
        written.append((tmp_path / "plot.svg").read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("style", ["default", "dark_background", "ggplot"])
def test_lines_and_edges_stand_out_in_every_style(style):
    with mpl.style.context(style):
        ax = drawn(plot_boundary(MODELS["linear"][0], MOONS, resolution=20, ax=axes()))
        ink = to_hex(mpl.rcParams["text.color"])
        (contour,) = [thing for thing in ax.get_children() if isinstance(thing, ContourSet)]
        assert to_hex(contour.get_edgecolor()[0]) == ink
        assert {to_hex(points.get_edgecolor()[0]) for points in ax.collections[-2:]} == {ink}
