"""Which numbers of a model go into a file, and by which names."""

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any

from ..errors import DataError, ModelError, StateError, refuse_class
from ..ieee import describe
from ..nn.parameter import Parameter
from ..nn.search import found, is_model, is_module
from ..nn.states import Buffer, entries_of
from ..value import Value
from ..wording import cut

_WIDTH = 80

Entries = Mapping[str, Value | Parameter | Buffer]


def entries_in(model: Any, call: str) -> Entries:
    """Return the parameters and buffers of a model by name; `call`, as `save`, is named in errors."""
    _refuse_what_is_no_model(model, call)
    entries = entries_of(model)
    lost = found(model, frozen=True).keys() - leaves_in(entries.values())
    if lost:
        path = min(found(model, frozen=True)[leaf] for leaf in lost)
        raise StateError(f"two parameters of {title(model)} have the path {path!r}; rename one")
    return {
        path: entry
        for path, entry in entries.items()
        if not isinstance(entry, Buffer) or entry.held is not None
    }


def leaves_in(entries: Iterable[Any]) -> set[Value]:
    """Return the leaves of parameters, each once; buffers have none."""
    leaves: set[Value] = set()
    for entry in entries:
        if isinstance(entry, Parameter):
            leaves.update(entry.leaves)
        elif not isinstance(entry, Buffer):
            leaves.add(entry)
    return leaves


def title(model: Any) -> str:
    """Return how a model is called in errors, with its arguments where it knows them."""
    return cut(str(model.signature()), _WIDTH) if is_module(model) else type(model).__name__


def _refuse_what_is_no_model(model: Any, call: str) -> None:
    """Say what was meant where a model should stand."""
    right = f'{call}(model, "model.safetensors")'
    refuse_class(model)
    if isinstance(model, (str, PathLike)):
        raise DataError(f"the model comes first, and then the path: write {right}")
    if isinstance(model, Mapping):
        raise DataError(f"{call} takes the model itself, whose state_dict() it knows: write {right}")
    if any(kind.__module__.partition(".")[0] == "torch" for kind in type(model).__mro__):
        raise ModelError(
            f"{type(model).__name__} is of PyTorch: write safetensors.torch.{call}_model(model, path), and "
            f"for the same layers of nn {right}"
        )
    if not is_model(model):
        raise ModelError(
            f"weights are those of a model, a Module or an object with parameters(), not "
            f"{describe(model)}; write {right}"
        )
