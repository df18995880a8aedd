"""Pages of models with data, in browsers: each row and each epoch has the numbers of the engine."""

import pytest

from autograd_scratch import MLP, SGD, Adam, Value, cross_entropy, draw, fit, mse, nn
from autograd_scratch.datasets import XOR
from autograd_scratch.nn.search import parameters_of
from tests.browsers import opened
from tests.explored import READY, close, differing, graph_in

pytestmark = pytest.mark.browser
pytest.importorskip("wasmtime")


class Own:
    """A model that is no Module."""

    def __init__(self):
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.125)

    def __call__(self, x):
        return self.w[0] * x[0] + self.w[1] * x[1] + self.b

    def parameters(self):
        return [*self.w, self.b]


def frozen():
    model = MLP(2, [4, 1], "tanh", seed=3)
    model.layers[0].freeze()
    return model


class Twice(nn.Module):
    """A model that uses one layer two times."""

    def __init__(self):
        self.inner, self.head = nn.Linear(2, 2, seed=0), nn.Linear(2, 1, seed=1)

    def forward(self, x):
        return self.head(self.inner(self.inner(x)))


LISTED = [(x, [y]) for x, y in XOR]
CLASSES = [(x, int(y)) for x, y in XOR]
LESSONS = {
    "own": (Own, XOR, "mse", mse),
    "frozen": (frozen, XOR, "mse", mse),
    "shared": (Twice, LISTED, "mse", mse),
    "classes": (lambda: MLP(2, [3, 2], "tanh", seed=0), CLASSES, "cross_entropy", cross_entropy),
}
LOSS = "String(explorer.graphs[0].values[explorer.graphs[0].root])"


@pytest.mark.parametrize("name", LESSONS)
def test_rows_and_epochs_have_the_numbers_of_the_engine(name, browser, tmp_path):
    make, rows, called, loss = LESSONS[name]
    asked = {"loss": called, "epochs": 40}
    path = draw(make(), data=rows, optimizer=Adam(0.05), **asked).save(tmp_path / "graph.html")
    graph = graph_in(path.read_text())
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        for epochs in (0, 25):
            model = make()
            if epochs:
                fit(model, rows, optimizer=Adam(0.05), **{**asked, "epochs": epochs})
                numbers = [p.data for p in parameters_of(model, frozen=True)]
                tab.evaluate(f"explorer.take('weights', {numbers})")
            for x, y in rows:
                flat = [*x, *(y if isinstance(y, list) else [y])]
                tab.evaluate(f"explorer.take('row', {flat})")
                root = loss([model(x)], [y])
                assert close(tab.evaluate(LOSS), root.data)
                SGD(0.1).zero_grad(model)
                root.backward()
                slopes = tab.evaluate("[...explorer.graphs[0].adjoints].map(String)")
                weights = zip(graph["weights"], parameters_of(model, frozen=True))
                pairs = [(float(slopes[i]), p.grad) for i, p in weights if i >= 0]
                assert differing(*zip(*pairs), 1e-9) == []
