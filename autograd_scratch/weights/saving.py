"""How the numbers of a model become a file."""

from collections.abc import Mapping, Sequence
from math import isfinite, isnan
from os import PathLike
from pathlib import Path
from typing import Any

from ..errors import DataError, ModelFileError, NonFiniteError
from ..files import write_whole
from ..ieee import describe
from ..nn.parameter import Parameter
from ..nn.shapes import Shape, as_lists, flattened
from ..nn.states import Buffer
from ..refusals import refuse_if_tracing
from ..signatures import call_form
from ..value import Value
from .entries import entries_in
from .header import METADATA, BrokenError, quoted, written
from .kinds import EXACT
from .opening import called_in_errors, path_of

_EXAMPLE = 'save(model, "model.safetensors")'
_OTHERS = {  # suffixes of files that this is not, and who reads them
    **dict.fromkeys((".pt", ".pth", ".ckpt"), "torch.load"),
    **dict.fromkeys((".pkl", ".pickle"), "pickle.load"),
    **dict.fromkeys((".npz", ".npy"), "numpy.load"),
    **dict.fromkeys((".h5", ".hdf5", ".keras"), "Keras"),
    **dict.fromkeys((".json", ".onnx", ".zip", ".gguf"), "others"),
}


@call_form(_EXAMPLE)
def save(model: Any, path: str | PathLike[str], *, metadata: Mapping[str, str] | None = None) -> Path:
    """Write the weights of a model into a file of safetensors, and return its path.

    The file has what `model.state_dict()` has, parameters and buffers, frozen ones too: floats of 64 bits
    (F64), counts as I64, sorted by name. The same weights give the same bytes. `metadata` are texts by name
    that go with them: `{"loss": "0.02"}`. The file is there whole or not at all; `load(model, path)` reads
    it, and so do safetensors' `load_file` for PyTorch, NumPy and JAX.

    A parameter that is infinite or nan is a NonFiniteError; a buffer may be infinite, as masks are. A name
    or suffix that the file cannot have is a ModelFileError, and where nothing can be written there is an
    OutputError. Then a file that was there stays as it was.

    >>> from autograd_scratch import Neuron
    >>> save(Neuron(2).state_dict(), "neuron.safetensors")
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: save takes the model itself, whose state_dict() it knows: \
write save(model, "model.safetensors")
    """
    refuse_if_tracing("save()", "Write save(model, path) outside of the function")
    entries = entries_in(model, "save")
    file = path_of(path, _EXAMPLE)
    _refuse_suffix(file)
    texts = _texts(metadata)
    tensors = {name: _numbers(name, entry) for name, entry in entries.items()}
    if METADATA in tensors:
        raise ModelFileError(f"{METADATA!r} is no name for a parameter in a file of safetensors; rename it")
    try:
        content = written(tensors, texts)
    except UnicodeEncodeError as fault:
        raise ModelFileError(
            f"cannot save into {called_in_errors(file)}: a name or text of metadata has half a sign "
            f"in it, {quoted(ascii(fault.object[fault.start]))}; leave it out"
        ) from fault
    except BrokenError as fault:
        raise ModelFileError(f"cannot save into {called_in_errors(file)}: {fault}") from fault
    write_whole(file, content)
    return file


def _refuse_suffix(file: Path) -> None:
    """Refuse a name under which other libraries look for something else."""
    reader = _OTHERS.get(file.suffix.lower())
    if reader:
        raise ModelFileError(
            f"what is written is safetensors, which {reader} cannot read under the name "
            f"{quoted(file.name)}; write save(model, {quoted(file.with_suffix('.safetensors').name)})"
        )


def _texts(metadata: Any) -> dict[str, str]:
    """Return texts by name, or say that they are none."""
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise DataError(f'metadata are texts by name, as {{"loss": "0.02"}}, not {describe(metadata)}')
    for key, text in metadata.items():
        if not isinstance(key, str) or not isinstance(text, str):
            wrong = text if isinstance(key, str) else key
            raise DataError(
                f"metadata are texts by name, and {describe(wrong)} is no text; write str(...) or "
                "json.dumps(...) of it"
            )
    return dict(metadata)


def _numbers(name: str, entry: Any) -> tuple[Sequence[float], Shape]:
    """Return the numbers of a parameter or buffer in one row, and their shape."""
    if isinstance(entry, Buffer):
        return _carried(name, entry)
    numbers = [leaf.data for leaf in entry.leaves] if isinstance(entry, Parameter) else [entry.data]
    if not all(map(isfinite, numbers)):
        wrong = next(number for number in numbers if not isfinite(number))
        raise NonFiniteError(
            f"{quoted(name)} has {wrong} in it, and weights that are not finite are not saved; "
            "explain_nonfinite(loss) says which operation made them so"
        )
    return numbers, entry.shape if isinstance(entry, Parameter) else ()


def _carried(name: str, buffer: Buffer) -> tuple[Sequence[float], Shape]:
    """Return the numbers of a buffer; of whole numbers as Python's ints."""
    data = buffer.data
    rows, shape = as_lists(data, f"the buffer {quoted(name)}")
    numbers = [entry.data if isinstance(entry, Value) else entry for entry in flattened(rows, shape)]
    if any(map(isnan, numbers)):
        raise NonFiniteError(
            f"{quoted(name)}, a buffer, has nan in it, and such weights are not saved; compute it anew"
        )
    whole: list[Any] = flattened(data, shape)
    if {*map(type, whole)} == {int}:
        if any(abs(count) > EXACT for count in whole):
            raise ModelFileError(
                f"{quoted(name)} has a whole number over 2**53, which no float holds exactly"
            )
        return whole, shape
    return numbers, shape
