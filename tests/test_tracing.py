"""What is recorded of a traced function holds for all inputs, and what would not is refused."""

import itertools
import math
import pickle
import random

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, cross_entropy, data, grad, graph, modes, where
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import AutogradError, DataError, TracingError

INF, NAN = math.inf, math.nan
NUMBERS = (-2.0, -0.0, 0.0, 0.5, 1.0, 3.0, INF, NAN)


def traced(function, point):
    """Call a function with Values at `point`; return what it gives, in a list, and the Values."""
    leaves = [Value(x, f"x{i}") for i, x in enumerate(point)]
    with modes.tracing():
        out = function(*leaves)
    return flat(out), leaves


def flat(out):
    if isinstance(out, np.ndarray):
        return out.ravel().tolist()
    return list(out) if isinstance(out, (list, tuple)) else [out]


def replayed(outs, leaves, point):
    """Compute what was recorded again, with other numbers for the leaves."""
    numbers = dict(zip(leaves, point, strict=True))

    def number(thing):
        return numbers.get(thing, thing._data) if isinstance(thing, Value) else float(thing)

    for node in graph.toposort(*(out for out in outs if isinstance(out, Value))):
        numbers[node] = node.primitive.evaluate(*map(number, node.parents))
    return [number(out) for out in outs]


def eager(function, point):
    with np.errstate(all="ignore"):
        outs = flat(function(*(Value(x, f"x{i}") for i, x in enumerate(point))))
    return [out.data if isinstance(out, Value) else float(out) for out in outs]


def agree(some, others):
    return len(some) == len(others) and all(
        x == y or (x != x and y != y) or math.isclose(x, y, rel_tol=1e-13) for x, y in zip(some, others)
    )


def under_no_grad(x, y):
    with ag.no_grad():
        scale = ag.maximum(abs(x), abs(y)) + 1.0
    return x / scale


def by_array(function):
    """Make a function of two numbers from one of an array of three entries."""
    return lambda x, y: function(ag.values([1.0, 1.0, 0.5]) * [x, y, x])


model = MLP(2, [3, 2], "relu", seed=3)

PROGRAMS = {
    "less": lambda x, y: [x < y, x < 0.5, x > 0.5],
    "less_equal": lambda x, y: [x <= y, x <= 0.5, x >= 0.5],
    "greater": lambda x, y: [x > y, x > 1, x < 1],
    "greater_equal": lambda x, y: [x >= y, x >= 1, x <= 1],
    "equal": lambda x, y: [x == 0.5, x == 0, x == NAN, x == y, x == x],
    "not_equal": lambda x, y: [x != 0.5, x != 0, x != NAN, x != y, x != x],
    "where": lambda x, y: where(x > y, x * y, x - y),
    "where, plain arms": lambda x, y: [where(x > 0, 1, -1), where(y == 0.5, x, 0.0)],
    "where, nested": lambda x, y: where(x > 0, where(y > 0, 1.0, 2.0), where(y > 0, 3.0, x)),
    "where, a number": lambda x, y: where(x, y, 1.0),
    "where, a plain condition": lambda x, y: where(True, x, y),
    "where, infinite arm": lambda x, y: where(x > 0, ag.log(x), y),
    "and": lambda x, y: where((x > 0) & (y > 0), x, y),
    "or": lambda x, y: where((x > 0) | (y > 0), x, y),
    "not": lambda x, y: where((x > 0) == 0, x, y),
    "with booleans": lambda x, y: [where((x > 0) & True, x, y), where(False | (x > 0) | (y < 0), x, y)],
    "of conditions": lambda x, y: where(((x > 0) == 1.0) & (((y > 0) | (x >= y)) == 0), x, y),
    "a product": lambda x, y: x.relu() + y * (y < 1.0),
    "extremes": lambda x, y: [ag.max(x, y, 0.0), ag.min([x, y]), ag.maximum(x, 1.0), ag.clamp(x, 0.0, 1.0)],
    "activations": lambda x, y: [ag.elu(x), ag.hard_tanh(y), ag.gelu(x), ag.leaky_relu(y)],
    "norms": lambda x, y: [ag.norm(x, y), ag.norm(x, y, p=1), ag.norm(x, y, p=3), ag.norm([x, y], p=INF)],
    "rounding": lambda x, y: [ag.round(x, 1), x // 2, y % 2.0, abs(x), math.floor(y)],
    "softmax": lambda x, y: [*ag.softmax([x, y]), *ag.log_softmax([x, y]), ag.logsumexp([x, y])],
    "losses": lambda x, y: [
        loss([ag.sigmoid(x)], [ag.sigmoid(y)])
        for loss in (ag.mse, ag.smooth_l1, ag.binary_cross_entropy, ag.binary_cross_entropy_with_logits)
    ],
    "detach": lambda x, y: x * y.detach() + x.detach(),
    "no_grad": under_no_grad,
    "a model": lambda x, y: model([x, y]),
    "functional_call": lambda x, y: ag.functional_call(model, {"layers.0.neurons.1.b": x}, [x, y]),
    "np.where": by_array(lambda z: np.where(z > 0, z, 0.0)),
    "np.where of a Value": lambda x, y: np.where(x > y, ag.values([1.0, 2.0]) * x, 0.0),
    "np.where of conditions": by_array(lambda z: np.where((z > 0) & (z < 1) | ~(z == 0.5), z, -z)),
    "np.logical": by_array(
        lambda z: np.where(np.logical_and(z > 0, np.logical_not(z < 1)) | np.logical_or(z, z < 0), z, 1.0)
    ),
    "np.logical_xor": by_array(lambda z: np.where(np.logical_xor(z > 0, z < 1), z, 1.0)),
    "np.any": by_array(lambda z: [where(np.any(z > 0), z[0], 2.0), where((z >= 0).all(), z[1], 2.0)]),
    "np.isnan": by_array(lambda z: np.where(np.isnan(z) | np.isinf(z), 0.0, z)),
    "np.isfinite": by_array(lambda z: np.where(np.isfinite(z), z, 0.0)),
    "np.not_equal": by_array(lambda z: np.where(z != z, 1.0, z)),
    "np.equal": by_array(lambda z: np.where(z == z[::-1], 1.0, z)),
    "a product of arrays": by_array(lambda z: z * (z > 0)),
    "ufuncs": by_array(lambda z: np.maximum(z, 0) + np.abs(z) + np.clip(z, -1, 1) + np.sign(z)),
    "np.fmax": by_array(lambda z: [*np.fmax(z, 0.0), *np.fmin(z, z[::-1])]),
    "extremes of arrays": by_array(lambda z: [z.max(), z.min(), np.ptp(z), np.linalg.norm(z, 3)]),
    "gradient": lambda x, y: grad(lambda u: where(u > y, u * u * y, -u))(x),
    "gradient past an infinite arm": lambda x, y: grad(
        lambda u: where(u > 0, ag.log(u), 2.0 * u) + where(u >= 1, ag.log(u), 0.0)
    )(x),
    "second gradient": lambda x, y: grad(grad(lambda u: where(u > 0, u**3, u * u) * ag.relu(u)))(x),
    "gradient of a norm": lambda x, y: grad(lambda u: ag.norm(u, p=3))([x, y]),
    "gradient by closure": lambda x, y: grad(lambda u: where(x > y, u * x, u * y))(2.0),
    "gradient past detach": lambda x, y: grad(lambda u: u * u.detach() + y)(x),
    "gradient in no_grad": lambda x, y: ag.no_grad()(grad(lambda u: u * u * y))(x),
    "jvp": lambda x, y: ag.jvp(lambda u: where(u > 0, ag.sqrt(u), u * y), x, 1.0),
    "hessian": lambda x, y: np.ravel(ag.hessian(lambda u: where(u[0] > 0, u[0] * u[1] ** 2, u[1]))([x, y])),
    "value_and_grad": lambda x, y: ag.value_and_grad(lambda u: ag.maximum(u * y, 0.0) + abs(u))(x),
}


@pytest.mark.parametrize("function", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("start", [(0.7, 2.0), (-1.0, 0.3)])
def test_what_is_recorded_holds_for_all_inputs(function, start):
    outs, leaves = traced(function, start)
    numbers = (
        NUMBERS[:-1] if function is PROGRAMS["hessian"] else NUMBERS
    )  # by hand, 2 x is not lost in nan
    for point in itertools.product(numbers, repeat=2):
        assert agree(replayed(outs, leaves, point), eager(function, point)), point


def test_gradients_stop_where_they_were_stopped():
    outs, leaves = traced(
        lambda x, y: grad(lambda u: where(u > y, u * u.detach(), under_no_grad(u, y)))(x), (1, 2)
    )
    assert replayed(outs, leaves, (3.0, 2.0)) == [3.0]
    assert replayed(outs, leaves, (1.0, 4.0)) == [0.2]


@pytest.mark.parametrize("target", [0.0, 1.0, 2.0])
def test_a_target_may_be_an_input(target):
    logits = [0.5, -1.0, 2.0]

    def loss(y, *terms):
        return cross_entropy([terms, terms[::-1]], [y, y])

    outs, leaves = traced(
        lambda *at: [loss(*at), *grad(lambda ts: loss(at[0], *ts))(list(at[1:]))], (1, *logits)
    )
    found = replayed(outs, leaves, (target, *logits))
    known = ag.value_and_grad(lambda ts: cross_entropy([ts, ts[::-1]], [int(target)] * 2))(logits)
    assert agree(found, [known[0], *known[1]])


def test_a_target_that_is_a_value_outside_of_a_trace():
    logits = [Value(x) for x in (1.0, 2.0, -40.0)]
    loss, known = cross_entropy(logits, Value(1.0)), cross_entropy(data(logits), 1)
    loss.backward()
    assert loss.data == known
    assert [x.grad for x in logits] == grad(lambda ts: cross_entropy(ts, 1))(data(logits))
    for outside in (-1.0, 3.0, NAN, INF):
        lost = cross_entropy(logits, Value(outside))
        assert all(map(math.isnan, (lost.data, *lost.partials[1:])))


def branches(x, y):
    if x > 0:
        return y
    return x


def loops(x, y):
    while x > 0:
        x = x - 1.0
    return x


def asserts(x, y):
    assert x > 0
    return x


def writes(x, y):
    z = ag.values([1.0, 2.0]) * x
    z[z < 0] = np.ones(2)
    return z


def steps(x, y):
    x.data = 3.0
    return x


def shifts(x, y):
    W = ag.values([1.0, 2.0])
    with ag.no_grad():
        W -= 0.1
    return W


def of_array(function):
    return lambda x, y: function(ag.values([1.0, 2.0]) * x)


REFUSED = [
    (lambda x, y: x if x > 0 else y, "where(x > 0, x, y)"),
    (
        lambda x, y: 1.0 if 0 < x < 1 and not y > 2 else y,
        "where((0 < x) & (x < 1) & ((y > 2) == 0), 1.0, y)",
    ),
    (branches, "at test_tracing.py:"),
    (branches, "`if x > 0:`, by whether less(0, x0) is true"),
    (branches, "Compute what both branches give, and write where(x > 0, ..., ...)"),
    (loops, "Loop a number of times that is the same for all inputs"),
    (asserts, "Leave the assert out"),
    (lambda x, y: x > 0 and y > 0, "(x > 0) & (y > 0)"),
    (lambda x, y: x > 0 or y > 0, "(x > 0) | (y > 0)"),
    (lambda x, y: not x, "x == 0"),
    (lambda x, y: max(x, y), "autograd_scratch.max(x, y)"),
    (lambda x, y: min([x, y]), "autograd_scratch.min([x, y])"),
    (lambda x, y: sorted([x, y]), "take max, min or where"),
    (lambda x, y: any(z > 0 for z in (x, y)), "Combine the conditions by |"),
    (lambda x, y: x in (1.0, 2.0), "Write where(condition, a, b)"),
    (lambda x, y: eval("1.0 if x > 0 else 2.0"), "Write where(condition, a, b)"),
    (lambda x, y: x.data, "reads the number of a Value at test_tracing.py:"),
    (lambda x, y: x.data, "to look at a number, print it"),
    (lambda x, y: x.grad, "Write grad(f)(x)"),
    (lambda x, y: round(x, 2), "autograd_scratch.round(x, digits)"),
    (lambda x, y: float(x), "by float"),
    (lambda x, y: math.exp(x), "Write autograd_scratch.exp(x)"),
    (lambda x, y: pickle.dumps(x), "by a copy"),
    (lambda x, y: data([x]), "data(...)"),
    (lambda x, y: ag.gradients([x]), "gradients(...)"),
    (lambda x, y: (x * y).backward(), "changes gradients by backward()"),
    (steps, "changes the number of a Value"),
    (shifts, "changes an array inside no_grad()"),
    (lambda x, y: model.state_dict(), "dict(model.named_parameters(frozen=True))"),
    (lambda x, y: model.load_state_dict(STATE), "changes the number of a Value"),
    (of_array(lambda z: z[z]), "z = np.where(z < 0, 0.0, z)"),
    (of_array(lambda z: z[None][:, z > 0]), "np.where(z > 0, z, 0.0)"),
    (of_array(lambda z: len(z[z > 0])), "Its `.size` is a Value"),
    (of_array(lambda z: np.sort(z[z > 0])), "for np.sort; that differs from input to input"),
    (of_array(lambda z: z[z > 0][0]), "for an index"),
    (of_array(lambda z: z[z > 0] @ [1.0, 2.0]), "for a product of matrices"),
    (of_array(lambda z: z[z > 0] * np.ones(2)), "an array of shape (2,) beside them"),
    (of_array(lambda z: np.cumsum(z[z > 0])), "for np.cumsum"),
    (of_array(lambda z: z[z > 0] + z[z > 1]), "what another one has chosen"),
    (writes, "for an array of shape (2,) to write there"),
    (of_array(lambda z: len(np.where(z > 0)[0])), "Give it both arms"),
    (of_array(lambda z: list(np.where(z > 0)[0])), "for an index of np.where(condition)"),
    (of_array(lambda z: z[None][np.where(z[None] > 0)[1]]), "for a part of np.where(condition)"),
    (of_array(lambda z: z[None][np.where(z[None] > 0)[0]]), "for a part of np.where(condition)"),
    (of_array(lambda z: np.argwhere(z > 0)), "by np.argwhere"),
    (of_array(np.argmax), "by np.argmax"),
    (of_array(lambda z: z.argsort()), "by argsort()"),
    (of_array(lambda z: np.unique(z)), "by np.unique"),
    (of_array(lambda z: np.isclose(z, 1.0)), "by np.isclose"),
    (of_array(lambda z: np.linalg.norm(z, 0)), "np.where(x != 0, 1.0, 0.0).sum()"),
    (lambda x, y: np.array([x, y]) > 0, "[where(x > 0, x, 0.0) for x in z]"),
]
STATE = model.state_dict()


@pytest.mark.parametrize(("function", "message"), REFUSED)
def test_what_would_freeze_a_number_is_refused(function, message):
    with pytest.raises(TracingError) as refused:
        traced(function, (2.0, 1.0))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda z: np.arange(2)[z > 0].sum() * z[0], r"np\.where\(condition, X, 0\.0\) for X\[condition\]"),
        (
            lambda z: np.zeros(z[z > 0].shape).sum() * z[0],
            r"at test_tracing\.py:\d+, `.*leave it to the closure",
        ),
        (lambda z: z[z > 0].reshape(2, 1).sum(), r"has no `reshape`.* which keeps every entry"),
        (lambda z: z.lenght * z[0], "lenght"),
    ],
)
def test_what_derive_cannot_keep_is_told_with_its_line(function, message):
    with pytest.raises(AutogradError, match=message):
        ag.derive(function, inputs=[np.array([1.0, 2.0])])


def test_optimizers_are_refused():
    w = Value(1.0)
    (w * w).backward()
    with pytest.raises(TracingError), modes.tracing():
        SGD(0.1, [w]).step()
    assert w.data == 1.0


@pytest.mark.parametrize("tracing", [True, False])
@pytest.mark.parametrize(
    "combine",
    [
        lambda x: x & True,
        lambda x: True | x,
        lambda x: ~x,
        lambda x: 0 < x & x < 1,
        lambda x: ag.values([1.0, 2.0]) & (x > 0),
    ],
)
def test_only_conditions_are_combined(combine, tracing):
    with pytest.raises(DataError, match=r"is for conditions, such as x > 0, and the Value .* is none"):
        traced(combine, (2.0,)) if tracing else combine(Value(2.0))


def test_conditions_are_combined_with_conditions_alone():
    with pytest.raises(DataError, match=r"and 1\.0 \(float\) is none"):
        traced(lambda x: (x > 0) & 1.0, (2.0,))


def test_printing_is_allowed():
    def text(x):
        return f"{x:.2f} {x} {ag.values([1.0]) * x} {[ag.values([1.0]) * x]} {model}"

    with modes.tracing():
        assert text(Value(2.0)).startswith("2.00 Value(data=2.0) [2.] [values([2.])] MLP(2, [3, 2])")


def test_strict_goes_with_tracing():
    with ag.strict():
        outs, leaves = traced(lambda x: grad(lambda u: where(u > 0, u * u, u))(x), (2.0,))
        with pytest.raises(AutogradError, match=r"log\(x0\) is -inf, though x0 = 0.0 is finite"):
            traced(lambda x: x.log(), (0.0,))
    assert replayed(outs, leaves, (-3.0,)) == [1.0]


def test_outside_of_a_trace_nothing_has_changed():
    x, y = Value(2.0), Value(-1.0)
    z = ag.values([1.0, -2.0])
    assert [type(c) for c in (x < y, x > 1, x <= 1, x == 2, x != 2, x == y)] == [bool] * 6
    assert (x == 2.0, x != 2.0, x == x, x != y, x == NAN, bool(x)) == (True, False, True, True, False, True)
    assert (z > 0).dtype == bool
    assert z[z > 0].tolist() == [z[0]]
    assert type(z * 1.0) is type(z)
    assert x.detach().primitive is None
    assert where(x > 0, x, y) is x
    with ag.no_grad():
        assert (x * y).parents == ()
    assert round(x, 1) == x.item() == 2.0
    assert (x == "2") is False
    assert (x != "2") is True


def test_the_other_way_round_of_a_boolean_is_no_condition():
    x = Value(2.0)
    with pytest.raises(DataError, match=r"write \(x > 0\) == 0 instead of ~\(x > 0\)"):
        where(~int(x > 0), x, 0.0)
    assert traced(lambda x: where(~(x > 0), x, 0.0), (2.0,))[0][0].data == 0.0


def test_nan_is_passed_over_by_fmax():
    z = ag.values([NAN, 1.0])
    assert (
        data(np.fmax(z, -1.0)).tolist() == data(np.fmin(z[::-1], [3.0, -1.0])).tolist()[::-1] == [-1.0, 1.0]
    )


def drawing(random):
    """A mask of one entry, which two calls may well draw alike."""
    return lambda x: x * (2.0 if random.random() < 0.5 else 0.0)


class Dropout:
    """One unit dropped by NumPy's random numbers."""

    def __init__(self, seed):
        self.generator = np.random.default_rng(seed)

    def __call__(self, x):
        return x * (self.generator.random() < 0.5)


def legacy(seed):
    np.random.seed(seed)
    return lambda x: x * (2.0 if np.random.rand() < 0.5 else 0.0)


def running():
    """What a batch norm does: it remembers what it was given."""
    mean = [0.0]

    def normed(x):
        mean[0] = 0.9 * mean[0] + 0.1 * x
        return x - mean[0]

    return normed


def counting(function):
    """Give the function the number of the call, too."""
    calls = itertools.count()
    return lambda x: function(x, next(calls))


def consuming(numbers):
    return lambda x: x * next(numbers)


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (counting(lambda x, n: x * n), r"0\.0 in mul the first time is 1\.0 .*, test_tracing\.py:"),
        (counting(lambda x, n: (x, {"n": x + n})), r"0\.0 in add the first time is 1\.0"),
        (counting(lambda x, n: (x, x.exp())[n % 2]), "operations is 0 the first time and 1 the second"),
        (counting(lambda x, n: (x.sin, x.exp)[n % 2]()), "sin the first time is exp"),
        (counting(lambda x, n: float(n)), r"it gives 0\.0, then 1\.0"),
        (consuming(iter([1.0])), "the second time it raises StopIteration"),
        *((drawing(random.Random(seed)), "random numbers|is [02]") for seed in range(8)),
        *((drawing(np.random.default_rng(seed)), "random numbers|is [02]") for seed in range(8)),
        *((drawing(np.random.RandomState(seed)), "random numbers|is [02]") for seed in range(8)),
        *((Dropout(seed), "random numbers|is [01]") for seed in range(8)),
        (running(), "the first time is"),
        (
            counting(lambda x, n: ag.sum([x] * (n + 1))),
            "operands of sum is 1 the first time and 2 the second",
        ),
    ],
)
def test_what_differs_from_call_to_call_is_refused(function, what):
    with pytest.raises(TracingError, match=what) as caught:
        ag.derive(function, inputs=[0.5])
    assert "give them as arguments" in str(caught.value)


@pytest.mark.parametrize("seed", range(8))
def test_random_numbers_of_numpy_are_refused(seed):
    function = legacy(seed)
    with pytest.raises(TracingError, match=r"random numbers|is [02]"):
        ag.derive(function, inputs=[0.5])


def test_what_is_the_same_in_each_call_is_not_refused():
    seen, known = [], {}

    def function(x):
        seen.append(x)
        noise = random.Random(7).random() + np.random.default_rng(1).random()
        hidden = known.setdefault("hidden", x * noise)
        return hidden + Value(0.25) * x

    slope = random.Random(7).random() + np.random.default_rng(1).random() + 0.25
    assert ag.derive(function, inputs=[0.5])(2.0) == pytest.approx((2.0 * slope, slope), rel=1e-15)


def test_a_model_that_drops_out_is_refused_by_the_derived_engine():
    class Dropping(ag.Module):
        def __init__(self):
            self.inner = MLP(2, [3, 1], seed=0)
            self.random = random.Random(0)

        def __call__(self, x):
            return self.inner([entry * (self.random.random() < 0.5) for entry in x])

    with pytest.raises(TracingError, match='engine="eager"'):
        ag.fit(Dropping(), XOR, optimizer=SGD(0.1), epochs=1, engine="derived")
