"""Whether what a file has is what a model needs: the same names, each in the same shape."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from ..errors import ModelFileError
from ..nn.parameter import Parameter
from ..nn.shapes import Shape, as_lists
from ..nn.states import Buffer
from .entries import Entries, leaves_in
from .header import Tensor, quoted

_NAMED = 3
_COMPARED = 200
_LONG = 100


def refuse_misfit(entries: Entries, tensors: Sequence[Tensor], called: str, model: str) -> None:
    """Raise ModelFileError where names or shapes are not those of the model."""
    names = {tensor.name for tensor in tensors}
    missing = sorted(entries.keys() - names)
    extra = sorted(names - entries.keys())
    if missing:  # arrays that have the numbers of others need no own
        given = leaves_in(entry for path, entry in entries.items() if path in names)
        missing = [path for path in missing if not _is_given(entries[path], given)]
    if missing or extra:
        lacks = f"; it lacks {_some(missing)}" if missing else ""
        knows = f"; nothing there is called {_some(extra)}" if extra else ""
        raise ModelFileError(f"{called} does not fit {model}{lacks}{knows}. {_advice(missing, extra)}")
    for tensor in tensors:
        shape = _shape_of(entries[tensor.name], tensor.name)
        if shape != tensor.shape:
            raise ModelFileError(
                f"{called} does not fit {model}: {quoted(tensor.name)} has the shape {_told(tensor.shape)} "
                f"in the file, and {_told(shape)} in the model. {_about_shapes(tensor.shape, shape)}"
            )


def _is_given(entry: Any, given: set[Any]) -> bool:
    """Say whether all numbers of a parameter come by other names."""
    return isinstance(entry, Parameter) and bool(entry.leaves) and given.issuperset(entry.leaves)


def _shape_of(entry: Any, name: str) -> Shape:
    if isinstance(entry, Buffer):
        return as_lists(entry.data, f"the buffer {quoted(name)}")[1]
    return entry.shape if isinstance(entry, Parameter) else ()


def _told(shape: Shape) -> str:
    return f"{shape}" if shape else "() of one number"


def _about_shapes(its: Shape, ours: Shape) -> str:
    """Return what to write where a shape is another one."""
    if len(its) == 2 and its[::-1] == ours:
        return (
            "It is turned: other libraries have the inputs first; write state = "
            "autograd_scratch.weights.read(path), turn it, and model.load_state_dict(state)"
        )
    return "Make the model of the same sizes as when it was saved"


def _advice(missing: list[str], extra: list[str]) -> str:
    """Return what to write where names are others."""
    prefix = _prefix(missing, extra)
    read = "autograd_scratch.weights.read(path).items()"
    if prefix:
        return (
            f"Each name there begins with {quoted(prefix)}: write model.load_state_dict("
            f"{{name.removeprefix({quoted(prefix)}): x for name, x in {read}}})"
        )
    prefix = _prefix(extra, missing)
    if prefix:
        return (
            f"Each name here begins with {quoted(prefix)}: write model.load_state_dict("
            f"{{{quoted(prefix)} + name: x for name, x in {read}}})"
        )
    if any(".neurons." in f".{path}" for path in missing) and any(
        path.endswith("weight") for path in extra
    ):
        return (
            "A Layer has single numbers for each neuron, and nn.Linear PyTorch's arrays: make the model of "
            "the latter"
        )
    close = _alike(missing, extra)
    if close:
        pairs = ", ".join(f"{quoted(its)} may be {quoted(ours)}" for its, ours in close)
        return (
            f"{pairs}: make the model with the names of the file, or write state = "
            "autograd_scratch.weights.read(path), rename there, and model.load_state_dict(state)"
        )
    return (
        "Make the model as it was when it was saved; a part of it is loaded by "
        "model.load_state_dict(autograd_scratch.weights.read(path), strict=False)"
    )


def _prefix(shorter: list[str], longer: list[str]) -> str:
    """Return the path that each of some names has before one of others; '' if there is no such."""
    if not shorter or len(shorter) != len(longer):
        return ""
    prefix = longer[0].removesuffix(shorter[0])
    return prefix if prefix.endswith(".") and [f"{prefix}{name}" for name in shorter] == longer else ""


def _alike(missing: list[str], extra: list[str]) -> list[tuple[str, str]]:
    """Return some names of a file, each with one of the model that is spelt alike."""
    ours = [path for path in missing[:_COMPARED] if len(path) <= _LONG]
    found = []
    for name in extra[:_NAMED]:
        close = get_close_matches(name, ours, n=1) if len(name) <= _LONG else []
        found += [(name, path) for path in close]
    return found


def _some(names: Iterable[str]) -> str:
    """Name the first three of some names, and count the others."""
    listed = [*names]
    more = len(listed) - _NAMED
    return ", ".join(map(quoted, listed[:_NAMED])) + (f" and {more:,} more" if more > 0 else "")
