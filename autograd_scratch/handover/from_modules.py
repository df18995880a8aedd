"""A model of PyTorch as one of this package: `from_torch`."""

import copy
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from .. import nn
from ..errors import ModelError
from ..nn.batches import evaluating
from ..nn.parameter import Parameter
from ..nn.states import Buffer, entries_of
from ..signatures import call_form
from .agreement import refuse_disagreement
from .examples import example_of
from .flows import Calling, Flow
from .layers import ATTRIBUTES, arguments_of
from .packages import package
from .torch_models import answers_of_torch

CHAINS = {"Sequential": nn.Sequential, "Residual": nn.Residual}


@call_form("from_torch(module)")
def from_torch(module: Any, *examples: Any) -> Any:
    """Return a `torch.nn.Module` as a model of this package, with its weights.

    `torch.nn.Sequential`, and the layers that this package has by the same name, become its own; numbers
    of 32 or 16 bits become the same numbers in 64. A layer none of whose parameters requires a gradient is
    frozen; arrays and layers that are shared are shared here, too, and modes are kept. What a class of
    somebody's own does in its `forward` cannot be read: that is a ModelError, which says where it is.

    Both are run once, in evaluation mode and in floats of 64 bits, and give the same numbers, or a
    ProgramError is raised. `examples` are the tensors that the module is called with, batches; for a module
    whose first layer tells the size of a row they are made. The module stays as it is.

    Raises ModelError for what this package has no layer for, and MissingPackageError without PyTorch and
    NumPy.

    >>> import torch  # doctest: +SKIP
    >>> from_torch(torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Tanh()))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=1, bias=True)
      (1): Tanh()
    )
    """
    torch = package("torch", "from_torch")
    if not isinstance(module, torch.nn.Module):
        raise ModelError(
            f"from_torch takes a torch.nn.Module, not {type(module).__name__}; the numbers of a state_dict "
            "go into a model by model.load_state_dict(state)"
        )
    exact = _exactly(torch, module)
    made = Reader(torch).part(exact, "")
    with evaluating(made):
        calling = Calling.of(made)
        given = _given(torch, made, examples, calling)
        expected = calling.answers(made, given)
    found = answers_of_torch(torch, exact, [torch.tensor(flow.array) for flow in given])
    refuse_disagreement(made, expected, found, "PyTorch")
    return made


def _exactly(torch: Any, module: Any) -> Any:
    """Return a copy of a module that computes in float64, with the same numbers."""
    exact = copy.deepcopy(module)
    for part in exact.modules():
        if isinstance(part, torch.nn.RMSNorm) and part.eps is None:  # it is that of the type of numbers
            part.eps = torch.finfo(getattr(part.weight, "dtype", torch.get_default_dtype())).eps
    return exact.to("cpu").double()


def _given(torch: Any, made: Any, examples: tuple[Any, ...], calling: Calling) -> tuple[Flow, ...]:
    """Return the arrays that both are run on."""
    if not examples:
        return example_of(made, (), calling)
    numpy = package("numpy", "from_torch")
    flows = []
    for example in examples:
        tensor = torch.as_tensor(example).detach().cpu()
        array = numpy.array(tensor.double().tolist() if tensor.is_floating_point() else tensor.tolist())
        is_whole = array.dtype.kind in "iu"
        flows.append(Flow(array, calling.axis(array.ndim - 1, is_whole)))
    return tuple(flows)


class Reader:
    """Makes layers of PyTorch's, which share what arrays these share."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self._parameters: dict[int, Parameter] = {}
        self._layers: dict[int, Any] = {}

    def part(self, module: Any, place: str) -> Any:
        """Return the layer of a module, or say where one is that has none."""
        if id(module) not in self._layers:
            made = self._made(module, place)
            made.training = module.training
            self._layers[id(module)] = made
        return self._layers[id(module)]

    def _made(self, module: Any, place: str) -> Any:
        name = type(module).__name__
        if name in CHAINS and self._is_standard(module):
            parts = module._modules.items()
            return CHAINS[name]({key: self.part(each, f"{place}.{key}") for key, each in parts})
        if name not in ATTRIBUTES or not self._is_standard(module):
            where = f" at {place[1:]}" if place else ""
            raise ModelError(
                f"{name}{where} is no module that this package has: what its forward does in Python cannot "
                "be read. Write the model again, as a class with the layers of autograd_scratch.nn, and "
                "give that PyTorch's numbers by model.load_state_dict(module.state_dict())"
            )
        arguments = arguments_of(module, name)
        if "activation" in arguments:
            arguments["activation"] = self._activation(arguments["activation"], place)
        made = getattr(nn, name)(**arguments)
        self._fill(made, module)
        return made

    def _is_standard(self, module: Any) -> bool:
        """Say whether a module is one of PyTorch's own classes, or of those that `to_torch` makes."""
        kind = type(module)
        own = getattr(self.torch.nn, kind.__name__, None)
        return kind is own or kind.__module__.startswith(f"{__package__}.")

    def _fill(self, made: Any, module: Any) -> None:
        """Give a layer the numbers of a module."""
        tensors = dict(module.named_parameters(remove_duplicate=False))
        entry: Any
        for path, entry in entries_of(made).items():
            owner, _, own = path.rpartition(".")
            holder = attrgetter(owner)(made) if owner else made
            if isinstance(entry, Buffer):
                entry.held = module.get_buffer(path).tolist()
            elif id(tensors[path]) in self._parameters:
                vars(holder)[own] = self._parameters[id(tensors[path])]
            else:
                entry.data = tensors[path].tolist()
                self._parameters[id(tensors[path])] = entry
        if tensors and not any(tensor.requires_grad for tensor in tensors.values()):
            made.freeze()

    def _activation(self, function: Callable[..., Any], place: str) -> Any:
        """Return the activation of an encoder layer: a name, or a layer."""
        functional = self.torch.nn.functional
        names = {functional.relu: "relu", functional.gelu: "gelu"}
        return names.get(function) or self.part(function, f"{place}.activation")
