"""Which example a model is run on: the rows that are given, or such as its first layer takes."""

from math import prod
from random import Random
from typing import Any

from .. import nn
from ..errors import ShapeError
from ..nn.activations import Elementwise
from ..nn.dense import MLP, Layer, Neuron
from ..nn.normalization import OverLastAxes
from ..nn.recurrence import Recurrent
from ..nn.recurrent import Layers
from ..nn.search import models_in
from ..nn.shapes import Shape, as_lists, nested
from .dense import layers_of
from .flows import Calling, Flow, refuse_no_rows
from .layers import name_of
from .packages import package

ROWS, STEPS = 3, 4  # of an example that is made: rows, and places of a sequence
SEED = 0


def example_of(model: Any, given: tuple[Any, ...], calling: Calling) -> tuple[Flow, ...]:
    """Return the example that a model is run on: `given` are the rows of each input, if any."""
    has_table = any(isinstance(part, nn.Embedding) for part in models_in(model))
    return tuple(
        calling.flow(_rows(rows, has_table, _takes_rows(model))) for rows in given or made_rows(model)
    )


def made_rows(model: Any) -> tuple[Any, ...]:
    """Return rows for a model, drawn from the standard normal distribution; each input's.

    >>> from autograd_scratch import MLP
    >>> (rows,) = made_rows(MLP(2, [1]))
    >>> len(rows), len(rows[0])
    (3, 2)
    """
    random = Random(SEED)
    if isinstance(model, nn.Sequential) and len(model):
        for part in model:
            if not isinstance(part, (Elementwise, nn.Dropout)):
                return made_rows(part)
    if isinstance(model, nn.Embedding):
        return ([random.randrange(model.num_embeddings) for _ in range(ROWS)],)
    return tuple(
        [nested([random.gauss(0.0, 1.0) for _ in range(prod(shape))], shape) for _ in range(ROWS)]
        for shape in _shapes(model)
    )


def _shapes(model: Any) -> tuple[Shape, ...]:
    """Return the shape of a row of each input of a model, where the model tells it."""
    if isinstance(model, (Neuron, Layer)):
        return ((model.nin,),)
    if isinstance(model, MLP):
        return _shapes(model.layers[0])
    if isinstance(model, nn.Linear):
        return ((model.in_features,),)
    if isinstance(model, Recurrent):
        return ((*[STEPS] * isinstance(model, Layers), model.input_size),)
    if isinstance(model, OverLastAxes):
        return (model.normalized_shape,)
    if isinstance(model, nn.TransformerEncoderLayer):
        return ((STEPS, model.self_attn.embed_dim),)
    if isinstance(model, nn.MultiheadAttention):
        return tuple((STEPS, width) for width in (model.embed_dim, model.kdim, model.vdim))
    raise ShapeError(
        f"{type(model).__name__} does not tell the shape of its rows: give some of them as an example, as "
        "to_torch(model, X[:2])"
    )


def _takes_rows(model: Any) -> bool:
    """Say whether a model begins with a layer, which in other libraries takes a number in a row of one."""
    if isinstance(model, nn.Sequential) and len(model):
        return _takes_rows(model[0])
    return name_of(model) is not None or layers_of(model) is not None


def _rows(rows: Any, has_table: bool, takes_rows: bool) -> list[Any]:
    """Return two rows or more, as arrays; whole numbers stay such for a table."""
    refuse_no_rows(rows)
    numpy = package("numpy", "an example")
    nested_rows, shape = as_lists(rows, "an example")
    given = rows.tolist() if hasattr(rows, "tolist") else rows
    is_whole = has_table and numpy.asarray(given).dtype.kind in "iu"
    array = numpy.array(given if is_whole else nested_rows)
    if len(shape) == 1 and not is_whole and takes_rows:
        array = array[:, None]
    return [*(array if len(array) > 1 else numpy.concatenate([array, array]))]
