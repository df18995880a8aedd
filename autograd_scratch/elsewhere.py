"""Names that other libraries have, and what stands in their place here.

>>> @named_elsewhere("a clock", {"hour": "it is `.time`"})
... class Clock:
...     time = 12
>>> Clock().hour
Traceback (most recent call last):
autograd_scratch.errors.AttributeNameError: a clock has no `hour`; it is `.time`
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from .errors import AttributeNameError
from .tab import Hidden, hiding

ClassT = TypeVar("ClassT", bound=type)

_NUMBERS = "a number with a gradient is Value(2.0), an array of them values(np.zeros(3))"
_ACTIVATION = (
    'an activation is a function, as in relu(x), or a name, as in MLP(2, [3, 1], activation="relu")'
)
_SOFTMAX = (
    "it is a function: write softmax(model(x)); for training, cross_entropy takes the logits themselves"
)
_WITH_LOGITS = "write cross_entropy(logits, target), which needs no softmax before it"
_SAVE = "write json.dump(model.state_dict(), file), and model.load_state_dict(json.load(file))"
_SEED = "write seed=0 where chance is used: MLP(2, [3, 1], seed=0)"
FUNCTIONS = {  # of modules, such as torch, torch.nn, jax, keras, numpy and math
    **dict.fromkeys(("Tensor", "tensor", "Variable", "Parameter", "array", "asarray"), _NUMBERS),
    **dict.fromkeys(("zeros", "ones", "full", "rand", "randn", "arange", "linspace"), _NUMBERS),
    **dict.fromkeys(
        ("Linear", "Dense"), 'write Layer(2, 3, "linear"), or Layer(2, 3, "relu") for both at once'
    ),
    "Sequential": "write MLP(2, [3, 1]), or a Module that calls its layers one after the other",
    **dict.fromkeys(
        ("ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Tanh", "Sigmoid", "Softplus"), _ACTIVATION
    ),
    "Softmax": _SOFTMAX,
    "MSELoss": "write mse(outputs, targets)",
    **dict.fromkeys(("CrossEntropyLoss", "NLLLoss", "nll_loss"), _WITH_LOGITS),
    "BCELoss": "write binary_cross_entropy(outputs, targets)",
    "BCEWithLogitsLoss": "write binary_cross_entropy_with_logits(outputs, targets)",
    **dict.fromkeys(("SmoothL1Loss", "HuberLoss", "huber_loss"), "write smooth_l1(outputs, targets)"),
    **dict.fromkeys(("L1Loss", "l1_loss"), "write mean([abs(p - t) for p, t in zip(outputs, targets)])"),
    **dict.fromkeys(("jacrev", "jacfwd"), "write jacobian(f)(x)"),
    **dict.fromkeys(
        ("jit", "compile"), "write derive(f, inputs=[0.5, 1.0]), which gives value and gradient as code"
    ),
    "vmap": "write [f(x) for x in xs]; functions of numbers take whole arrays",
    "stop_gradient": "write x.detach()",
    **dict.fromkeys(("manual_seed", "seed", "PRNGKey"), _SEED),
    **dict.fromkeys(("save", "load"), _SAVE),
    **dict.fromkeys(
        ("pi", "e", "tau", "inf", "nan"), "numbers are Python's: write math.pi, math.inf and so on"
    ),
    **dict.fromkeys(("draw_dot", "make_dot"), "write draw(loss), or draw(model, x)"),
    "plot": "write fit(...).plot(), plot_boundary(model, X, y), or draw(loss) for a graph",
    **dict.fromkeys(("StepLR", "lr_scheduler"), "set optimizer.lr between steps"),
    **{f"arc{name}": f"write a{name}(x)" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
    "Momentum": "write SGD(model.parameters(), lr=0.1, momentum=0.9)",
    "power": "write x ** y",
    "matmul": "write A @ B, with arrays that values(...) makes; dot(xs, ys) is of two lists",
    "argmax": "write max(range(len(xs)), key=lambda i: xs[i])",
    "make_moons": "write autograd_scratch.datasets.moons(100, noise=0.1, seed=0), a list of pairs",
}


class Elsewhere(Hidden):
    """An attribute that is not there: who reads it is told what is. Who sets it has it, as any other."""

    def __init__(self, what: str, name: str, instead: str) -> None:
        self.__doc__ = f"{what} has no `{name}`; {instead}"

    def __get__(self, thing: object, kind: type | None = None) -> NoReturn:
        raise AttributeNameError(self.__doc__)


class Refused(Elsewhere):
    """One that cannot be set either, since nobody here would look at it."""

    def __set__(self, thing: object, value: Any) -> NoReturn:
        raise AttributeNameError(self.__doc__)


def named_elsewhere(
    what: str, names: Mapping[str, str], kind_of: type[Elsewhere] = Refused
) -> Callable[[ClassT], ClassT]:
    """Answer the `names` of other libraries on the objects of a class, which is called `what`."""

    def decorate(kind: ClassT) -> ClassT:
        for name, instead in names.items():
            setattr(kind, name, kind_of(what, name, instead))
        return hiding()(kind)

    return decorate


def functions_elsewhere(module: str) -> Callable[[str], NoReturn]:
    """Make the `__getattr__` of a module, which answers the names of others' functions."""

    def getattr_of_module(name: str) -> NoReturn:
        what = f"module {module!r} has no attribute {name!r}"
        instead = FUNCTIONS.get(name)
        kind, told = (AttributeNameError, f"{what}; {instead}") if instead else (AttributeError, what)
        raise kind(told, name=name, obj=sys.modules[module])

    return getattr_of_module
