"""How the numbers of a file become those of a model: all of them, or none."""

from collections.abc import Mapping, Sequence
from math import isfinite, isnan
from os import PathLike
from typing import Any, TypeVar

from ..errors import ModelFileError, StateError
from ..nn.parameter import Parameter
from ..nn.states import Buffer
from ..nn.states import load as set_state
from ..node import set_data
from ..refusals import refuse_writing
from ..signatures import call_form
from ..value import Value
from .entries import Entries, entries_in, title
from .fitting import refuse_misfit
from .header import Tensor, quoted
from .kinds import EXACT, WHOLE
from .opening import arranged, opened

ModelT = TypeVar("ModelT")

_EXAMPLE = 'load(MLP(2, [4, 1]), "model.safetensors")'


@call_form(_EXAMPLE)
def load(model: ModelT, path: str | PathLike[str]) -> ModelT:
    """Set the weights of a model from a file of safetensors, and return the model.

    The model is made first, with the same layers and sizes: `model = load(MLP(2, [4, 1]), path)`. Files
    that `save` wrote come back to the last bit, in a model that is no Module, too. Those of PyTorch and
    others are read where names and shapes are the same: F64, F32, F16, BF16, whole numbers and BOOL. An
    array that is in two places may stand in the file once.

    All is looked at before the model is touched: a file that is not there, is damaged, is of another form,
    has other names or shapes, or a number that is infinite or nan (a buffer may be infinite), is a
    ModelFileError, and the model is as it was. Nothing in a file is ever run.

    >>> from autograd_scratch import MLP
    >>> load(MLP(2, [4, 1]), "nowhere.safetensors")
    Traceback (most recent call last):
    autograd_scratch.errors.ModelFileError: cannot load nowhere.safetensors: there is no such file; \
give the path under which save(model, path) wrote it
    """
    entries = entries_in(model, "load")
    if Value.is_traced():
        refuse_writing("the parameters of a model", "Write load(model, path) outside of the function")
    with opened(path) as weights:
        refuse_misfit(entries, weights.tensors, weights.called, title(model))
        numbers = weights.numbers()
    _refuse_numbers(entries, weights.tensors, numbers, weights.called)
    buffers = {name: entry for name, entry in entries.items() if isinstance(entry, Buffer)}
    shapes = {tensor.name: tensor.shape for tensor in weights.tensors if tensor.name in buffers}
    given = _by_leaf(entries, numbers, weights.called)
    try:
        set_state(buffers, {name: arranged(numbers[name], shape) for name, shape in shapes.items()})
    except StateError as fault:
        raise ModelFileError(f"cannot load {weights.called}: {fault}") from fault
    any(map(set_data, given, map(float, given.values())))
    return model


@call_form('read("model.safetensors")')
def read(path: str | PathLike[str]) -> dict[str, Any]:
    """Return the numbers in a file of safetensors by name, as `model.state_dict()` has them.

    `model.load_state_dict(state)` takes them, after names were changed, or with `strict=False` a part of
    them. Raises ModelFileError where the file is not there, is damaged or is of another form.
    """
    with opened(path) as weights:
        return weights.state()


@call_form('read_metadata("model.safetensors")')
def read_metadata(path: str | PathLike[str]) -> dict[str, str]:
    """Return the texts that go with the weights in a file, by name; raises what `read` does."""
    with opened(path) as weights:
        return weights.metadata


def _refuse_numbers(
    entries: Entries, tensors: Sequence[Tensor], numbers: Mapping[str, Sequence[float]], called: str
) -> None:
    """Refuse what would break the model, or would not come through."""
    for name, kind, *_ in tensors:
        row = numbers[name]
        if kind not in WHOLE:
            if all(map(isfinite, row)):
                continue
            is_wrong = isnan if isinstance(entries[name], Buffer) else _is_not_finite
            told = "and a model with it computes nothing; load weights of an earlier time"
        else:
            is_wrong = _is_inexact
            told = "a whole number that no float holds exactly"
        wrong = [*filter(is_wrong, row)]
        if wrong:
            raise ModelFileError(f"cannot load {called}: {quoted(name)} has {wrong[0]} in it, {told}")


def _is_not_finite(number: float) -> bool:
    return not isfinite(number)


def _is_inexact(number: float) -> bool:
    return abs(number) > EXACT


def _by_leaf(entries: Entries, numbers: Mapping[str, Sequence[float]], called: str) -> dict[Value, float]:
    """Return the number of each parameter; one that is in two arrays of the model cannot have two."""
    given: dict[Value, float] = {}
    for name, entry in entries.items():
        if isinstance(entry, Buffer) or name not in numbers:
            continue
        leaves = entry.leaves if isinstance(entry, Parameter) else [entry]
        for leaf, number in zip(leaves, numbers[name]):
            if given.setdefault(leaf, number) != number:
                raise ModelFileError(
                    f"cannot load {called}: numbers of {quoted(name)} are in another array of this model, "
                    "too, for which the file has other numbers; make a model in which they are two"
                )
    return given
