"""Nests that run once for each batch of rows and for each epoch: training, as a loop around them.

What an update gives is written where the next round reads it (see `nests_of`), so nothing is copied and
nothing allocated. The rows of all batches stand one batch after the other.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from .loops import AddTo, Array, Axis, Nests, Place, Read, Write, statements


@dataclass(frozen=True)
class Epochs:
    """Nests that run for each batch, in each epoch.

    `loss` is the array of one entry with the loss of a batch, and `count` that which counts the batches.
    """

    nests: Nests
    batches: Axis
    loss: Array
    count: Array | None


def epochs_of(
    nests: Nests, varying: Collection[int], batches: int, loss: int = 0, count: int | None = None
) -> Epochs:
    """Return the loop over epochs and batches around nests for one batch.

    `varying` are the positions of the arguments that have other entries in each batch, and `loss` that of
    the result that is averaged over the batches of an epoch. The argument at `count` is one more in each
    batch.
    """
    axis = Axis(batches)
    stacked = {
        nests.arguments[i]: Array(nests.arguments[i].name, nests.arguments[i].size * batches)
        for i in varying
    }

    def of_batch(place: Place) -> Place:
        if place.array not in stacked:
            return place
        return place._replace(
            array=stacked[place.array], strides=(*place.strides, (axis, place.array.size))
        )

    for statement in statements(nests.body):
        if isinstance(statement, (Read, Write, AddTo)):
            statement.place = of_batch(statement.place)
    arguments = [stacked.get(array, array) for array in nests.arguments]
    array = nests.results[loss]
    if isinstance(array, float) or array.size != 1:
        raise ValueError("the loss is no single number that is computed")
    return Epochs(
        replace(nests, arguments=arguments), axis, array, None if count is None else arguments[count]
    )
