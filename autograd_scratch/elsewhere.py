"""Names that other libraries have, and what stands in their place here.

>>> @named_elsewhere("a clock", {"hour": "it is `.time`"})
... class Clock:
...     time = 12
>>> Clock().hour
Traceback (most recent call last):
autograd_scratch.errors.AttributeNameError: a clock has no `hour`; it is `.time`
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from opcode import opname
from threading import RLock
from types import FrameType, MappingProxyType, ModuleType
from typing import Any, NoReturn, TypeVar

from .errors import AttributeNameError, ImportNameError, UnknownNameError, look_up
from .tab import Hidden, hiding

T = TypeVar("T")
ClassT = TypeVar("ClassT", bound=type)

_IMPORTING = RLock()

_NUMBERS = "a number with a gradient is Value(2.0), an array of them values(np.zeros(3))"
_WITH_LOGITS = "write cross_entropy(logits, target), which needs no softmax before it"
_SAVE = 'write save(model, "model.safetensors"), of autograd_scratch itself'
_LOAD = 'write load(model, "model.safetensors"), of autograd_scratch itself'
_SEED = "write seed=0 where chance is used: MLP(2, [3, 1], seed=0)"
_TRAIN = (
    "write fit(model, X, y, optimizer=SGD(lr=0.1), epochs=100), with validation=0.2, metrics=['accuracy'], "
    "callbacks=[...]"
)
_OWN_CALLBACK = (
    "write a class of a Callback, with def on_epoch_end(self, training): training.loss is the loss, "
    "training.history['val_loss'][-1] that of held-out rows, and training.model the model"
)
_FOLDS = (
    "write for k in range(5): fit(MLP(2, [4, 1], seed=0), [row for i, row in enumerate(data) if i % 5 != k]"
    ", validation=data[k::5], optimizer=Adam(0.1), epochs=100)"
)
_GRID = (
    "write sweep(lambda seed, hidden: MLP(2, [hidden, 1], seed=seed), data, "
    "grid={'hidden': [2, 4], 'lr': [0.1, 1.0]}, optimizer=SGD, epochs=100)"
)
_BATCHES = "write fit(..., batch_size=32, seed=0), or autograd_scratch.datasets.batches(data, 32)"
_SPLIT = "write train, held_out = autograd_scratch.datasets.split(data, 0.8, seed=0)"
_GRADIENT = "write y.backward(), which leaves gradients in x.grad; of a function f, grad(f)(x)"
_AVERAGE = (
    "write average = copy.deepcopy(model), and after each step "
    "for a, b in zip(average.parameters(), model.parameters()): a.data += 0.01 * (b.data - a.data)"
)
_OF_NUMPY = {  # functions of NumPy that arrays of Values go through, by the names that they have elsewhere
    **dict.fromkeys(("cat", "concat"), "write np.concatenate([a, b], axis=0)"),
    "stack": "write np.stack([a, b])",
    "einsum": 'write np.einsum("ij,jk->ik", a, b)',
    "pad": "write np.pad(x, 1)",
    "normalize": "write x / np.linalg.norm(x, axis=1, keepdims=True)",
    **dict.fromkeys(
        ("matmul", "mm", "bmm"),
        "write A @ B, with arrays that values(...) makes; dot(xs, ys) is of two lists",
    ),
}
FUNCTIONS = {  # of modules, such as torch, torch.nn, jax, keras, numpy and math
    **dict.fromkeys(("Tensor", "tensor", "from_numpy", "Variable", "array", "asarray"), _NUMBERS),
    **dict.fromkeys(("zeros", "ones", "full", "rand", "randn", "arange", "linspace"), _NUMBERS),
    "Dense": 'write Layer(2, 3, "relu"), or Linear(2, 3) without an activation',
    **{
        f"Conv{n}D": f"write Conv{n}d(1, 4, kernel_size=3), with in_channels before out_channels"
        for n in (1, 2)
    },
    **{f"MaxPooling{n}D": f"write MaxPool{n}d(2)" for n in (1, 2)},
    **{f"AveragePooling{n}D": f"write AvgPool{n}d(2)" for n in (1, 2)},
    **{f"GlobalAveragePooling{n}D": f"write AdaptiveAvgPool{n}d(1)" for n in (1, 2)},
    **dict.fromkeys(("categorical_crossentropy", "sparse_categorical_crossentropy"), _WITH_LOGITS),
    "binary_crossentropy": "write binary_cross_entropy(outputs, targets)",
    "mean_squared_error": "write mse(outputs, targets)",
    "mean_absolute_error": "write l1_loss(outputs, targets)",
    **dict.fromkeys(("jacrev", "jacfwd"), "write jacobian(f)(x)"),
    **dict.fromkeys(
        ("jit", "compile"), "write derive(f, inputs=[0.5, 1.0]), which gives value and gradient as code"
    ),
    "vmap": "write [f(x) for x in xs]; functions of numbers take whole arrays",
    "stop_gradient": "write x.detach()",
    **dict.fromkeys(("manual_seed", "seed", "seed_everything", "set_random_seed", "PRNGKey"), _SEED),
    **dict.fromkeys(("Trainer", "train", "train_model"), _TRAIN),
    **dict.fromkeys(("CSVLogger", "LambdaCallback", "SummaryWriter", "TensorBoard"), _OWN_CALLBACK),
    "ModelCheckpoint": (
        'write fit(..., checkpoint="run.json", resume=True) to go on later, and '
        "callbacks=[EarlyStopping(patience=10)], which gives the best weights back, for save(model, path)"
    ),
    "LearningRateScheduler": "write fit(..., schedule=optim.LambdaLR(lr_lambda=lambda epoch: 0.9**epoch))",
    "ProgbarLogger": "write fit(..., progress=True)",
    **dict.fromkeys(("KFold", "StratifiedKFold", "cross_val_score", "cross_validate"), _FOLDS),
    **dict.fromkeys(("GridSearchCV", "RandomizedSearchCV", "ParameterGrid", "grid_search"), _GRID),
    "evaluate": "write mse([model(x) for x in X], y), or fit(..., validation=0.2, metrics=['accuracy'])",
    "predict": "write [model(x) for x in X]",
    **dict.fromkeys(
        ("accuracy_score", "binary_accuracy"),
        "write fit(..., metrics=['accuracy']), or training.accuracy([model(x) for x in X], y)",
    ),
    "to_categorical": "write [autograd_scratch.datasets.one_hot(k, classes=3) for k in y]",
    **dict.fromkeys(("save_file", "save_model", "save_weights", "savez"), _SAVE),
    **dict.fromkeys(("load_file", "load_model", "load_weights"), _LOAD),
    **dict.fromkeys(
        ("pi", "e", "tau", "inf", "nan"), "numbers are Python's: write math.pi, math.inf and so on"
    ),
    **dict.fromkeys(("draw_dot", "make_dot"), "write draw(loss), or draw(model, x)"),
    "plot": "write fit(...).plot(), plot_boundary(model, X, y), or draw(loss) for a graph",
    **dict.fromkeys(
        ("MultiplicativeLR", "ChainedScheduler", "CyclicLR"),
        "write LambdaLR(optimizer, lambda step: ...), a factor for each count of steps",
    ),
    **{f"arc{name}": f"write a{name}(x)" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
    "Momentum": "write SGD(model.parameters(), lr=0.1, momentum=0.9)",
    "power": "write x ** y",
    **_OF_NUMPY,
    **dict.fromkeys(("autograd", "GradientTape"), _GRADIENT),
    "utils": "write clip_grad_norm_(model, 1.0), of the package itself; of data, fit(..., batch_size=8)",
    **dict.fromkeys(("set_grad_enabled", "inference_mode"), "write with no_grad():"),
    **dict.fromkeys(("device", "set_default_dtype"), "numbers are Python's: leave it out"),
    **dict.fromkeys(("LBFGS", "SparseAdam"), "write Adam(model.parameters(), lr=0.01)"),
    **dict.fromkeys(("swa_utils", "AveragedModel"), _AVERAGE),
    "TransformerEncoder": (
        "write nn.Sequential(*[nn.TransformerEncoderLayer(8, 2, dim_feedforward=16) for _ in range(2)])"
    ),
    "summary": "write print(model), which shows its layers and counts its parameters",
    "argmax": "write max(range(len(xs)), key=lambda i: xs[i])",
    "make_moons": "write autograd_scratch.datasets.moons(100, noise=0.1, seed=0), a list of pairs",
    "make_circles": "write autograd_scratch.datasets.circles(100, noise=0.1, seed=0), a list of pairs",
    "make_blobs": "write autograd_scratch.datasets.blobs(90, centers=3, seed=0), a list of pairs",
    "make_friedman1": "write autograd_scratch.datasets.friedman(200, seed=0), a list of pairs",
    "MNIST": "write autograd_scratch.datasets.digits(1_000, seed=0), images of 8 by 8",
    "load_digits": 'write autograd_scratch.datasets.from_sklearn("digits"), or digits(1_000, seed=0)',
    "load_iris": 'write autograd_scratch.datasets.from_sklearn("iris")',
    **dict.fromkeys(("train_test_split", "random_split"), _SPLIT),
    "StandardScaler": "write autograd_scratch.datasets.standardize(held_out, like=train)",
    **dict.fromkeys(("DataLoader", "TensorDataset"), _BATCHES),
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


def look_up_elsewhere(name: str, known: Mapping[str, T], what: str, names: Mapping[str, str]) -> T:
    """Return `known[name]`, or say what is written for one of the `names`, in small letters, of others.

    >>> look_up_elsewhere("hr", {"hour": 3600}, "span", {"hr": "'hour'"})
    Traceback (most recent call last):
    autograd_scratch.errors.UnknownNameError: no span is called 'hr'; write 'hour'
    """
    if isinstance(name, str) and name not in known and name.lower() in names:
        raise UnknownNameError(f"no {what} is called {name!r}; write {names[name.lower()]}")
    return look_up(name, known, what)


def tell_elsewhere(
    module: str, *rooms: str, later: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> None:
    """Have a module answer the names of others' functions.

    It tells, too, in which of its `rooms` a name is to be had. Rooms that are for `later` are imported when
    they, or the names that they hold for the module, are first asked for. Type checkers see nothing of it:
    to a module with a `__getattr__` of its own any name would be one.
    """
    homes = {name: room for room, names in later.items() for name in (room, *names)}

    def getattr_of_module(name: str) -> Any:
        if name in homes:
            room = _room(module, homes[name])
            found = vars(sys.modules[module])[name] = room if name in later else getattr(room, name)
            return found
        what = f"module {module!r} has no attribute {name!r}"
        home = None if name.startswith("_") else next((r for r in rooms if _holds(module, r, name)), None)
        instead = FUNCTIONS.get(name) or (home and f"write {home}.{name}, with from {module} import {home}")
        if instead and _is_imported(sys._getframe(1)):
            raise ImportNameError(f"cannot import name {name!r} from {module!r}; {instead}")
        kind, told = (AttributeNameError, f"{what}; {instead}") if instead else (AttributeError, what)
        raise kind(told, name=name, obj=sys.modules[module])

    vars(sys.modules[module])["__getattr__"] = getattr_of_module


def _holds(module: str, room: str, name: str) -> bool:
    return name in vars(_room(module, room))


def _room(module: str, name: str) -> ModuleType:
    """Import a room of a module: by one thread at a time, since rooms that share others meet half-way."""
    with _IMPORTING:
        return import_module(f"{module}.{name}")


def _is_imported(frame: FrameType) -> bool:
    """Say whether a line is about to import a name: there Python swallows what an AttributeError tells.

    Of `from package import name` that is the opcode that gets the name.
    """
    return opname[frame.f_code.co_code[frame.f_lasti]] == "IMPORT_FROM"
