"""A model as one of PyTorch: `to_torch`."""

from collections.abc import Callable, Sequence
from typing import Any

from .. import nn
from ..errors import ModelError
from ..nn.batches import evaluating
from ..nn.dense import Layer, Neuron, linear
from ..nn.search import is_model, is_module, models_in
from ..nn.states import Buffer, entries_of
from ..signatures import call_form
from ..value import Value
from . import torch_modules
from .agreement import refuse_disagreement
from .dense import activation_of, layers_of
from .equations import answers_of, equations_of, equations_of_function, sizes_of
from .examples import example_of
from .flows import Calling, Flows, leaves_of
from .layers import ACTIVATIONS, CHAINS, arguments_of, like, name_of, named_parts
from .packages import package


@call_form("to_torch(model, X[:2])")
def to_torch(model: Any, *examples: Any) -> Any:
    """Return a model as a `torch.nn.Module` in float64, with its weights and in its mode.

    Layers become PyTorch's of the same name, `Sequential` too. `MLP` and `Layer` become Sequentials of
    `torch.nn.Linear` and activations, whose weights are put together. Any other model, with a `forward` of
    its own in Python, becomes a module that runs its equations, those of one row, on columns of all rows:
    its parameters are called as in `state_dict()`. That is right, but takes a tensor for each number, and
    shapes are those of the example. `if` on a number is a TracingError; both arms of `where` are computed,
    so PyTorch's gradient is nan where an arm that is not taken has an infinite one.

    What comes out takes batches, as is usual there: (N, ...) where the model takes a row, and gives (N, 1)
    for one number. Recurrent layers and attention without `batch_first` have N along the second axis.
    Layers by themselves answer like PyTorch's: an RNN gives the pair. Frozen parameters do not require
    gradients; those that two layers share are shared. Dropout draws PyTorch's random numbers.

    It is run once on an example, in evaluation mode, and gives what the model gives, or a ProgramError is
    raised. `examples` are some rows, as X[:2]; of attention those of query, key and value. A model whose
    first layer tells the size of a row is run on random ones.

    Raises ModelError for what cannot be handed over, such as a training mode inside of an own `forward`,
    and MissingPackageError without PyTorch and NumPy.

    >>> from autograd_scratch import MLP
    >>> to_torch(MLP(2, [4, 1], "tanh", seed=0))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=4, bias=True)
      (1): Tanh()
      (2): Linear(in_features=4, out_features=1, bias=True)
    )
    """
    refuse_no_model(model)
    torch = package("torch", "to_torch")
    trained = {id(leaf) for leaf in model.parameters()}
    modes = {id(part): getattr(part, "training", True) for part in models_in(model)}
    with evaluating(model):
        calling = Calling.of(model)
        given = example_of(model, examples, calling)
        made, expected = Carrier(torch, calling, trained, modes).part(model, given)
    found = answers_of_torch(torch, made, [torch.tensor(flow.array) for flow in given])
    refuse_disagreement(model, expected, found, "PyTorch")
    return made


def answers_of_torch(torch: Any, module: Any, tensors: Sequence[Any]) -> list[Any]:
    """Return the arrays that a module gives in evaluation mode; its parts stay in their modes."""
    modes = {part: part.training for part in module.modules()}
    try:
        module.eval()
        with torch.no_grad():
            return [each.numpy() for each in leaves_of(module(*tensors))]
    finally:
        for part, mode in modes.items():
            part.training = mode


def refuse_no_model(model: Any) -> None:
    """Refuse what is no Module."""
    if not (is_model(model) and is_module(model)):
        raise ModelError(
            f"what is handed over is a Module, with layers and parameters, not {type(model).__name__}; put "
            "a function into Sequential(...)"
        )


class Carrier:
    """Makes PyTorch's modules of the parts of a model, which share what parameters these share."""

    def __init__(self, torch: Any, calling: Calling, trained: set[int], modes: dict[int, bool]) -> None:
        self.torch = torch
        self.calling = calling
        self.trained = trained
        self.modes = modes
        self._parameters: dict[tuple[Any, ...], Any] = {}
        self._owners: dict[int, tuple[Any, ...]] = {}
        self._modules: dict[int, Any] = {}

    def part(self, part: Any, given: Sequence[Flows]) -> tuple[Any, Flows]:
        """Return the module of a part, and what the part gives for what it is given."""
        if like(part, CHAINS):
            return self._chain(part, given)
        answer = self.calling.answers(part, given)
        made = self._modules.get(id(part)) or self._made(part) or self._own(part, given, answer)
        return made, answer

    def _made(self, part: Any) -> Any:
        """Return the module of a layer, the same one for the same layer; None for anything else."""
        name, layers = name_of(part), layers_of(part)
        if name is None and layers is None:
            return None
        made = self._layer(part, name) if name is not None else self._dense(layers or [])
        self._modules[id(part)] = made.train(self.modes.get(id(part), True))
        return made

    def _chain(self, part: Any, given: Sequence[Flows]) -> tuple[Any, Flows]:
        is_residual = like(part, (nn.Residual,)) is not None
        made = torch_modules.Residual() if is_residual else self.torch.nn.Sequential()
        made.training = self.modes.get(id(part), True)
        flow = given[0]
        for name, each in named_parts(part):
            module, flow = self.part(each, [flow])
            made.add_module(name, module)
        return made, self.calling.answers(part, given) if is_residual else flow

    def _layer(self, part: Any, name: str) -> Any:
        arguments = self._shifted(arguments_of(part, name))
        function = arguments.get("activation")
        if function is not None:
            arguments["activation"] = ACTIVATIONS.get(function) or self._activation(function)
        made = getattr(self.torch.nn, name)(**arguments).to(self.torch.float64)
        entry: Any
        for path, entry in entries_of(part).items():
            owner, _, own = path.rpartition(".")
            holder = made.get_submodule(owner)
            if isinstance(entry, Buffer):
                like_it = getattr(holder, own)
                setattr(holder, own, self.torch.tensor(entry.data, dtype=like_it.dtype))
            else:
                setattr(holder, own, self._parameter(entry.leaves, entry.shape))
        return made

    def _shifted(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return arguments with the axes of rows counted with that of the batch before them."""
        if self.calling.is_batch:
            return arguments
        return {
            key: value + 1 if key in ("dim", "start_dim", "end_dim") and value >= 0 else value
            for key, value in arguments.items()
        }

    def _dense(self, layers: Sequence[Layer | Neuron]) -> Any:
        made = self.torch.nn.Sequential()
        for layer in layers:
            neurons = layer.neurons if isinstance(layer, Layer) else [layer]
            module = self.torch.nn.Linear(layer.nin, len(neurons), dtype=self.torch.float64)
            weights = [leaf for neuron in neurons for leaf in neuron.w]
            module.weight = self._parameter(weights, (len(neurons), layer.nin))
            module.bias = self._parameter([neuron.b for neuron in neurons], (len(neurons),))
            made.append(module)
            if neurons[0].activation is not linear:
                made.append(self._activation(neurons[0].activation))
        return made

    def _activation(self, function: Callable[..., Any]) -> Any:
        """Return the module of a function of a number."""
        module = activation_of(function)
        if module is not None:
            return self._layer(module, type(module).__name__)
        made = torch_modules.OfEach()
        made._equations = equations_of_function(function)
        self._put_numbers(made)
        return made

    def _own(self, part: Any, given: Sequence[Flows], answer: Flows) -> Any:
        """Return a module that runs the equations of a part."""
        refuse_modes(part, self.modes)
        made = torch_modules.OfRows()
        made._equations = equations_of(part, given, self.calling)
        made._answers, made._sizes = answers_of(answer), sizes_of(given)
        self._put_numbers(made)
        for path, entry in entries_of(part).items() if is_module(part) else ():
            if isinstance(entry, Buffer):  # its numbers are constants
                continue
            leaves, shape = ([entry], ()) if isinstance(entry, Value) else (entry.leaves, entry.shape)
            try:
                self._put(made, path, self._parameter(leaves, shape))
            except KeyError as fault:
                raise ModelError(
                    f"PyTorch's modules have something else in the path {path!r} of a parameter: {fault}; "
                    "rename the attribute"
                ) from fault
        return made.train(self.modes.get(id(part), True))

    def _put(self, module: Any, path: str, parameter: Any) -> None:
        """Put a parameter into a module, at a path through modules in it."""
        *holders, own = path.split(".")
        for name in holders:
            if name not in module._modules:
                module.add_module(name, self.torch.nn.Module())
            module = module._modules[name]
        module.register_parameter(own, parameter)

    def _put_numbers(self, made: Any) -> None:
        numbers = self.torch.tensor(made._equations.constants, dtype=self.torch.float64)
        made.register_buffer("_numbers", numbers, persistent=False)

    def _parameter(self, leaves: Sequence[Any], shape: tuple[int, ...]) -> Any:
        """Return the parameter of some leaves: the same one for the same leaves."""
        ids = [*map(id, leaves)]
        key = (*ids, shape)
        if key not in self._parameters:
            for leaf in ids:
                if self._owners.setdefault(leaf, key) != key or len({*ids}) < len(ids):
                    raise ModelError(
                        "two arrays of parameters have some of their Values in common, which PyTorch's "
                        "cannot; let layers share whole arrays, or none"
                    )
            numbers = self.torch.tensor([leaf.data for leaf in leaves], dtype=self.torch.float64)
            requires_grad = any(leaf in self.trained for leaf in ids)
            self._parameters[key] = self.torch.nn.Parameter(numbers.reshape(shape), requires_grad)
        return self._parameters[key]


def refuse_modes(part: Any, modes: dict[int, bool]) -> None:
    """Refuse equations of layers that do something else in training, unless these are in eval mode."""
    for each in models_in(part) if is_module(part) else []:
        if each is not part and getattr(each, "has_modes", False) and modes.get(id(each), True):
            raise ModelError(
                f"{each.signature()} does something else in training, and {type(part).__name__}, whose own "
                "forward it is in, is handed over as it is in evaluation mode: write model.eval() first if "
                "that is meant, or build the model as a Sequential"
            )
